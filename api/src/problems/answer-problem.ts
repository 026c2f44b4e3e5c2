import { purchaseProblems } from "@suyuan/drizzle/schema/buyers"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/** The office of the stall's site answers, once, and the buyer reads it. The same again is success. */
export async function answerProblem(
  ctx: Context,
  actor: Actor,
  { id, answer }: { readonly id: string; readonly answer: string },
): Promise<void> {
  requireScope(actor, "problems:write")
  // A machine answers nobody.
  if (actor.kind !== "operator" && actor.kind !== "inspector") throw new ServiceError("request/forbidden")
  await ctx.db.transaction(async (tx) => {
    const [problem] = await tx.select().from(purchaseProblems).where(eq(purchaseProblems.id, id)).for("update")
    if (!problem) throw new ServiceError("problem/unknown")
    requireScope(actor, "problems:write", problem.siteId)
    if (problem.state === "answered") {
      if (problem.answer === answer && problem.answeredBy === actor.id) return
      throw new ServiceError("problem/answered-already")
    }
    const answeredAt = new Date(ctx.clock.nowMs())
    await tx
      .update(purchaseProblems)
      .set({ state: "answered", answer, answeredBy: actor.id, answeredAt })
      .where(eq(purchaseProblems.id, id))
    await writeAudit(ctx, tx, actor, {
      ...{ verb: "problems/answer", subject: id, siteId: problem.siteId },
      detail: { kind: problem.kind },
    })
  })
}
