import { recallPiles, recalls } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import { type Actor, gatewayActor, requireScope } from "../actor"
import type { Context, Transaction } from "../context"
import { reasonOf, ServiceError } from "../errors"
import { inTransaction } from "../transaction"
import { enlistBuyers, type FrozenScope, freezeScope, markOf, requireEveryReached, wholeScope } from "./freeze-scope"
import { refreshHolds } from "./holds"
import { lockRecall } from "./lock-recall"
import type { RecallScopeAnswer } from "./recall-scope"
import { type Recall, recordStep } from "./record-step"

/**
 * Puts an approved recall in force: stalls hold what may be of it, and its buyers are told. The scope is read once more,
 * for what arrived since the approval. A drill goes the same way, without holds and without buyers.
 */
export function activateRecall(ctx: Context, actor: Actor, id: string): Promise<void> {
  requireScope(actor, "recalls:write")
  return inTransaction(ctx, async (tx) => {
    const recall = await lockRecall(tx, id)
    if (actor.kind === "machine") throw new ServiceError("request/forbidden")
    if (recall.state === "active") return
    if (recall.state !== "approved") throw new ServiceError("recall/wrong-state")
    const scope = await wholeScope(ctx, tx, recall)
    requireEveryReached(actor, recall, scope)
    await freezeScope(tx, recall, scope)
    const activatedAt = new Date(ctx.clock.nowMs())
    await tx.update(recalls).set({ state: "active", activatedAt }).where(eq(recalls.id, id))
    const siteIds = scope.piles.map((pile) => pile.siteId)
    await recordStep(ctx, tx, actor, recall, { action: "activated", scope: markOf(scope), siteIds })
    await reachOut(ctx, tx, recall)
  })
}

/**
 * Records that came later may reach further: another pile, another sale. Returns whether they did; the recall is then
 * extended, with a step. What only narrowed it is shown as a difference, and nobody is let go for it.
 */
export function extendRecall(ctx: Context, actor: Actor, id: string): Promise<boolean> {
  requireScope(actor, "recalls:write")
  return inTransaction(ctx, async (tx) => {
    const recall = await lockRecall(tx, id)
    if (recall.state !== "active") throw new ServiceError("recall/wrong-state")
    const scope = await wholeScope(ctx, tx, recall)
    requireEveryReached(actor, recall, scope)
    const frozen = recall.frozen as FrozenScope | null
    if (frozen?.digest === scope.digest) return false
    const told = recall.isDrill ? 0 : await enlistBuyers(ctx, tx, recall)
    if (told === 0 && !(await reachesFurther(tx, recall, scope))) return false
    await freezeScope(tx, recall, scope)
    const siteIds = scope.piles.map((pile) => pile.siteId)
    await recordStep(ctx, tx, actor, recall, { action: "extended", scope: markOf(scope), siteIds })
    await reachOut(ctx, tx, recall)
    return true
  })
}

/** Every recall in force is looked at again; one that cannot be holds up no other. */
export async function extendActiveRecalls(ctx: Context): Promise<void> {
  const active = await ctx.db.select({ id: recalls.id }).from(recalls).where(eq(recalls.state, "active"))
  for (const { id } of active) {
    await extendRecall(ctx, gatewayActor, id).catch((error: unknown) => {
      ctx.log.error({ recall: id, error: reasonOf(error) }, "a recall could not be extended")
    })
  }
}

/** More sales, a pile more, or more to hold in one, by the books or by the seller's word: fewer of one thing hide no other. */
async function reachesFurther(tx: Transaction, recall: Recall, { totals, piles }: RecallScopeAnswer): Promise<boolean> {
  const frozen = recall.frozen as FrozenScope | null
  if (frozen === null || totals.sales > frozen.totals.sales) return true
  const before = await tx.select().from(recallPiles).where(eq(recallPiles.recallId, recall.id))
  const known = new Map(before.map((pile) => [pile.pileId, pile]))
  return piles.some(({ pileId, stock, claimedGrams }) => {
    const held = known.get(pileId)
    return held === undefined || stock.mayGrams > held.stockMayGrams || claimedGrams > held.claimedGrams
  })
}

async function reachOut(ctx: Context, tx: Transaction, recall: Recall): Promise<void> {
  const reached = await tx
    .select({ merchantId: recallPiles.merchantId })
    .from(recallPiles)
    .where(eq(recallPiles.recallId, recall.id))
  const merchantIds = reached.map(({ merchantId }) => merchantId)
  await refreshHolds(ctx, tx, recall.id, merchantIds)
  if (!recall.isDrill) await enlistBuyers(ctx, tx, recall)
}
