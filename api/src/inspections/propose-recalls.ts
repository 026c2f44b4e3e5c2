import { inspections } from "@suyuan/drizzle/schema/trace"
import { and, asc, eq, isNull, lte, or, sql } from "drizzle-orm"
import { gatewayActor } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { reasonOf, ServiceError } from "../errors"
import { draftRecallIn } from "../recalls/draft-recall"
import { inTransaction } from "../transaction"
import type { Inspection } from "./find-retested"
import { nextLook } from "./find-sources"

const groupMax = 20

/**
 * Drafts a recall of what each failed test may cover: everything that may have been in the pile when the sample was
 * taken. Nothing happens by it before two persons decide. The draft has the test's id, so it is made once.
 */
export async function proposeRecalls(ctx: Context): Promise<number> {
  const due = await ctx.db
    .select()
    .from(inspections)
    .where(
      and(
        // Literal, as the partial index has it.
        sql`${inspections.recallDue}`,
        or(isNull(inspections.recallTryAt), lte(inspections.recallTryAt, new Date(ctx.clock.nowMs()))),
      ),
    )
    .orderBy(asc(inspections.testedAt))
    .limit(groupMax)
  let done = 0
  for (const test of due) {
    try {
      await propose(ctx, test)
      done += 1
    } catch (error) {
      ctx.log.error({ inspection: test.id, error: reasonOf(error) }, "a recall could not be proposed")
    }
  }
  return done
}

async function propose(ctx: Context, test: Inspection): Promise<void> {
  try {
    await inTransaction(ctx, async (tx) => {
      const set = { kind: "inspection", inspectionId: test.id } as const
      const order = { id: test.id, set, reason: reasonFor(test), proposedBy: test.enteredBy ?? gatewayActor.id }
      await draftRecallIn(ctx, tx, gatewayActor, order)
      await tx.update(inspections).set({ recallDue: false, recallId: test.id }).where(eq(inspections.id, test.id))
    })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const again = error.code === "recall/set-empty" ? nextLook(test.sampledAt, ctx.clock.nowMs()) : null
    // What was in the pile may not have been told yet: it is looked at again, as what the test speaks for is.
    if (again) await ctx.db.update(inspections).set({ recallTryAt: again }).where(eq(inspections.id, test.id))
    else await noteThatNoneWas(ctx, test, error)
  }
}

/** By the books nothing was in the pile: somebody has to go there. The audit says so, and it is not tried again. */
async function noteThatNoneWas(ctx: Context, test: Inspection, refusal: ServiceError): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await tx.update(inspections).set({ recallDue: false }).where(eq(inspections.id, test.id))
    const line = { verb: "inspections/no-recall", subject: test.id, siteId: test.siteId }
    await writeAudit(ctx, tx, gatewayActor, { ...line, detail: { refusal: refusal.code } })
  })
  ctx.log.warn({ inspection: test.id, refusal: refusal.code }, "a failed test proposed no recall")
}

/** Shown to stalls and buyers, once it is in force. */
function reasonFor({ sampleNumber, inhibitionPermille, limitPermille, standard }: Inspection): string {
  return `快检不合格：样品 ${sampleNumber}，抑制率 ${inhibitionPermille / 10}%，限值 ${limitPermille / 10}%（${standard}）`
}
