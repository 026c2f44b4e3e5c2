import { recallNotices, recallPiles, recalls } from "@suyuan/drizzle/schema/recalls"
import { and, eq, inArray } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { inTransaction } from "../transaction"
import { refreshHolds } from "./holds"
import { lockRecall } from "./lock-recall"
import { type Recall, recordStep } from "./record-step"

/** The goods are dealt with: stalls may sell again. Buyers who were not told yet are told all the same. */
export function closeRecall(ctx: Context, actor: Actor, id: string): Promise<void> {
  return endRecall(ctx, actor, id, "closed")
}

/** It should not have been, or need not be: holds are lifted, and nobody else is told. */
export function withdrawRecall(ctx: Context, actor: Actor, id: string): Promise<void> {
  return endRecall(ctx, actor, id, "withdrawn")
}

const endsFrom = { closed: ["active"], withdrawn: ["draft", "approved", "active"] } as const

function endRecall(ctx: Context, actor: Actor, id: string, end: "closed" | "withdrawn"): Promise<void> {
  requireScope(actor, "recalls:write")
  return inTransaction(ctx, async (tx) => {
    const recall = await lockRecall(tx, id)
    const reached = await tx.select().from(recallPiles).where(eq(recallPiles.recallId, id))
    const siteIds = reached.map(({ siteId }) => siteId)
    if (actor.kind === "machine") throw new ServiceError("request/forbidden")
    requireMayEnd(actor, recall, siteIds)
    if (recall.state === end) return
    const from: readonly string[] = endsFrom[end]
    if (!from.includes(recall.state)) throw new ServiceError("recall/wrong-state")
    await tx
      .update(recalls)
      .set({ state: end, endedAt: new Date(ctx.clock.nowMs()) })
      .where(eq(recalls.id, id))
    if (end === "withdrawn") await stopNotices(tx, id)
    await recordStep(ctx, tx, actor, recall, { action: end, siteIds })
    if (recall.state === "active") {
      await refreshHolds(
        ctx,
        tx,
        id,
        reached.map(({ merchantId }) => merchantId),
      )
    }
  })
}

/** One's own proposal may be taken back before others are concerned. */
function requireMayEnd(actor: Actor, { siteId, state, proposedBy }: Recall, siteIds: readonly string[]): void {
  if (state === "draft" && proposedBy === actor.id) return
  for (const site of new Set([siteId, ...siteIds])) requireScope(actor, "recalls:write", site)
}

async function stopNotices(tx: Transaction, id: string): Promise<void> {
  await tx
    .update(recallNotices)
    .set({ nextTryAt: null })
    .where(and(eq(recallNotices.recallId, id), inArray(recallNotices.state, ["waiting", "unknown"])))
}
