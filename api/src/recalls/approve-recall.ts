import { recalls } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import { areTwoPersons } from "../access/two-persons"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { inTransaction } from "../transaction"
import { freezeScope, markOf, requireEveryReached, wholeScope } from "./freeze-scope"
import { lockRecall } from "./lock-recall"
import { recordStep } from "./record-step"

/**
 * Another person than the proposer approves what they saw: `reachDigest` names its set and the piles that it reached, and
 * one that changed since is refused. Sales go on meanwhile: those are frozen as they are now. Nobody is told yet.
 */
export function approveRecall(ctx: Context, actor: Actor, id: string, reachDigest: string): Promise<void> {
  requireScope(actor, "recalls:write")
  return inTransaction(ctx, async (tx) => {
    const recall = await lockRecall(tx, id)
    if (!(await areTwoPersons(tx, recall.proposedBy, actor))) throw new ServiceError("recall/second-person-needed")
    if (recall.state === "approved" && recall.approvedBy === actor.id) return
    if (recall.state !== "draft") throw new ServiceError("recall/wrong-state")
    const scope = await wholeScope(ctx, tx, recall)
    requireEveryReached(actor, recall, scope)
    if (scope.reachDigest !== reachDigest) throw new ServiceError("recall/scope-changed", { field: "reachDigest" })
    await freezeScope(tx, recall, scope)
    const approvedAt = new Date(ctx.clock.nowMs())
    await tx.update(recalls).set({ state: "approved", approvedBy: actor.id, approvedAt }).where(eq(recalls.id, id))
    const siteIds = scope.piles.map((pile) => pile.siteId)
    await recordStep(ctx, tx, actor, recall, { action: "approved", scope: markOf(scope), siteIds })
  })
}
