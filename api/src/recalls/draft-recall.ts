import { recalls } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import { type Actor, gatewayActor, requireScope } from "../actor"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { inTransaction } from "../transaction"
import { lockRecall } from "./lock-recall"
import { type FrozenSources, type RecallSet, resolveRecallSet, setDigestOf } from "./recall-set"
import { recordStep } from "./record-step"

export type RecallOrder = {
  /** UUID that the caller makes and keeps: the same again is the same draft. */
  readonly id: string
  readonly set: RecallSet
  /** For persons: why. Shown to stalls and buyers once it is active. */
  readonly reason: string
  /** The same path with a timer, touching no buyer and no terminal's selling. */
  readonly isDrill?: boolean
  /** When somebody began to look; now when left out. */
  readonly startedAt?: Date
  /** Whom a machine proposes it for; the actor when left out. */
  readonly proposedBy?: string
}

/**
 * Proposes a recall: the set is resolved to its sources and frozen with them. Nothing happens to anybody before another
 * person approves it. An actor of some sites may propose what reaches others: approving is for who may touch them all.
 * @throws ServiceError request/forbidden, request/conflict, recall/set-empty, recall/set-too-wide, recall/inspection-unknown.
 */
export function draftRecall(ctx: Context, actor: Actor, order: RecallOrder): Promise<{ id: string }> {
  return inTransaction(ctx, (tx) => draftRecallIn(ctx, tx, actor, order))
}

/** The same as part of the caller's transaction: a failed test and its proposal are stored together. */
export async function draftRecallIn(
  ctx: Context,
  tx: Transaction,
  actor: Actor,
  order: RecallOrder,
): Promise<{ id: string }> {
  requireScope(actor, "recalls:write")
  const { id, set, reason, isDrill = false, proposedBy = actor.id } = order
  if (await isKnown(tx, order)) return { id }
  const sources = await resolveRecallSet(ctx, tx, set)
  const siteId = siteOf(sources)
  const at = new Date(ctx.clock.nowMs())
  const draft = { id, siteId, isDrill, sources, setDigest: setDigestOf(sources), step: 0 }
  const added = await tx
    .insert(recalls)
    .values({
      ...draft,
      ...{ state: "draft", asked: asStored(set), reason, proposedBy },
      startedAt: order.startedAt !== undefined && order.startedAt < at ? order.startedAt : at,
    })
    .onConflictDoNothing()
    .returning({ id: recalls.id })
  // The same a moment ago: it is committed by now.
  if (added.length === 0 && (await isKnown(tx, order))) return { id }
  await recordStep(ctx, tx, actor, draft, { action: "drafted" })
  return { id }
}

/** @throws ServiceError request/conflict for another recall under this id. */
async function isKnown(tx: Transaction, { id, set, reason, isDrill = false }: RecallOrder): Promise<boolean> {
  const [known] = await tx.select().from(recalls).where(eq(recalls.id, id))
  if (!known) return false
  const isSame = Bun.deepEquals(known.asked, asStored(set)) && known.reason === reason && known.isDrill === isDrill
  if (!isSame) throw new ServiceError("request/conflict", { field: "id" })
  return true
}

/**
 * What a draft means, found out again: records that came since may say that other goods were there. Its step says so
 * once more. What somebody has approved stays as it was.
 */
export async function resolveDraftAgain(ctx: Context, id: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const recall = await lockRecall(tx, id)
    if (recall.state !== "draft") return
    const sources = await resolveRecallSet(ctx, tx, recall.asked as RecallSet).catch(keptIfEmpty)
    if (sources === undefined) return
    const setDigest = setDigestOf(sources)
    if (setDigest === recall.setDigest) return
    await tx.update(recalls).set({ sources, setDigest }).where(eq(recalls.id, id))
    await recordStep(ctx, tx, gatewayActor, { ...recall, sources, setDigest }, { action: "drafted" })
  })
}

function keptIfEmpty(error: unknown): undefined {
  if (!(error instanceof ServiceError && error.code === "recall/set-empty")) throw error
}

/** As JSON keeps it. */
function asStored(set: RecallSet): unknown {
  return JSON.parse(JSON.stringify(set))
}

/** Where the goods came from, or were found. */
function siteOf({ lots, inflows }: FrozenSources): string {
  const siteId = lots[0]?.siteId ?? inflows[0]?.siteId
  if (siteId === undefined) throw new Error("a set that was resolved has a source")
  return siteId
}
