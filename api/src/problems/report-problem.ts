import { type problemKinds, purchaseProblems } from "@suyuan/drizzle/schema/buyers"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { hasPaid } from "../payments/has-paid"

export type ProblemKind = (typeof problemKinds)[number]
export type ProblemRow = typeof purchaseProblems.$inferSelect

export type ProblemReport = {
  /** Made by the caller and kept before it is sent: the same again is the same report. */
  readonly id: string
  readonly terminalId: number
  readonly counter: number
  readonly kind: ProblemKind
  readonly said: string
}

/**
 * Something is wrong with what the buyer paid for. Each kind once a purchase; what was said stands, and the market's
 * office answers it.
 */
export async function reportProblem(ctx: Context, actor: Actor, report: ProblemReport): Promise<ProblemRow> {
  requireBuyer(actor)
  const { id, terminalId, counter, kind, said } = report
  return ctx.db.transaction(async (tx) => {
    const [sale] = await tx
      .select()
      .from(sales)
      .where(and(eq(sales.terminalId, terminalId), eq(sales.counter, counter)))
    const isPayer = sale?.state === "paid" && (await hasPaid(tx, sale, actor.id))
    if (!sale || !isPayer) throw new ServiceError("problem/purchase-unknown", { field: "counter" })
    const [stored] = await tx
      .insert(purchaseProblems)
      .values({
        ...{ id, buyerId: actor.id, siteId: sale.siteId, merchantId: sale.merchantId, terminalId, counter },
        ...{ day: sale.day, kind, said, state: "open", createdAt: new Date(ctx.clock.nowMs()) },
      })
      .onConflictDoNothing()
      .returning()
    if (stored) {
      await writeAudit(ctx, tx, actor, {
        ...{ verb: "problems/report", subject: id, siteId: sale.siteId },
        detail: { kind },
      })
      return stored
    }
    const [known] = await tx.select().from(purchaseProblems).where(eq(purchaseProblems.id, id))
    const isSame =
      known !== undefined &&
      [known.buyerId, known.terminalId, known.counter, known.kind, known.said].join() ===
        [actor.id, terminalId, counter, kind, said].join()
    if (!isSame) throw new ServiceError("problem/reported-already", { field: "kind" })
    return known
  })
}
