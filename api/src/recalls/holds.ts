import { recallPiles, recalls, stallHolds } from "@suyuan/drizzle/schema/recalls"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, eq, gt, inArray, ne, or } from "drizzle-orm"
import type { Context, Reader, Transaction } from "../context"
import { enqueue } from "../outbox"
import type { FrozenSources } from "./recall-set"

/**
 * Goods that a stall may not sell: those of a slot kept apart for a recalled lot, or, without a lot, those of the
 * commodity's slots that are poured together.
 */
export type Hold = {
  readonly recallId: string
  readonly commodity: number
  readonly lot: string | null
  readonly reason: string
}

/** The whole list of a stall under one version: its terminals keep the newest, so a lost message does no harm. */
export type StallHolds = { readonly version: number; readonly holds: readonly Hold[] }

/** Slots that are kept apart for a lot are few; a list stays far below what a message may weigh. */
const lotsHeldMax = 200

/** Topic `down/holds`. */
const topic = "holds"

/** What a stall's terminals are to hold now; none was ever told when the version is 0. */
export async function readHolds(reader: Reader, merchantId: string): Promise<StallHolds> {
  const [row] = await reader.select().from(stallHolds).where(eq(stallHolds.merchantId, merchantId))
  return { version: row?.version ?? 0, holds: (row?.holds as Hold[] | undefined) ?? [] }
}

/**
 * Makes the stalls' lists anew from the recalls that are active, and tells the terminals of those whose list changed. In
 * a drill the terminals are told too, of the list that they have: it is on its way as long, and changes nothing.
 */
export async function refreshHolds(
  ctx: Context,
  tx: Transaction,
  recallId: string,
  merchantIds: readonly string[],
): Promise<void> {
  const sorted = [...new Set(merchantIds)].sort()
  if (sorted.length === 0) return
  await tx
    .insert(stallHolds)
    .values(sorted.map((merchantId) => ({ merchantId, version: 0, holds: [] })))
    .onConflictDoNothing()
  // In id order, so that two transactions cannot wait in a ring.
  const known = await tx
    .select()
    .from(stallHolds)
    .where(inArray(stallHolds.merchantId, sorted))
    .orderBy(asc(stallHolds.merchantId))
    .for("update")
  const active = await tx
    .select({ pile: recallPiles, reason: recalls.reason, sources: recalls.sources })
    .from(recallPiles)
    .innerJoin(recalls, eq(recalls.id, recallPiles.recallId))
    .where(
      and(
        inArray(recallPiles.merchantId, sorted),
        or(gt(recallPiles.stockMayGrams, 0), gt(recallPiles.claimedGrams, 0)),
        eq(recalls.state, "active"),
        eq(recalls.isDrill, false),
      ),
    )
    .orderBy(asc(recallPiles.recallId), asc(recallPiles.pileId))
  for (const stall of known) {
    const holds = active
      .filter(({ pile }) => pile.merchantId === stall.merchantId)
      .flatMap(({ pile: { recallId: id, commodity, stockMayGrams }, reason, sources }): Hold[] => {
        const lots = (sources as FrozenSources).lots.slice(0, lotsHeldMax).map((lot) => lot.id)
        // Where only the seller says that it is there, it is in what they keep apart as that (RC-21).
        const merged = stockMayGrams > 0 ? [null] : []
        return [...merged, ...lots].map((lot) => ({ recallId: id, commodity, lot, reason }))
      })
    const isSame = Bun.deepEquals(stall.holds, holds)
    const version = isSame ? stall.version : stall.version + 1
    if (!isSame) await tx.update(stallHolds).set({ version, holds }).where(eq(stallHolds.merchantId, stall.merchantId))
    await tell(ctx, tx, stall.merchantId, recallId, { version, holds })
  }
}

async function tell(
  ctx: Context,
  tx: Transaction,
  merchantId: string,
  recallId: string,
  { version, holds }: StallHolds,
): Promise<void> {
  const own = await tx
    .select({ id: terminals.id })
    .from(terminals)
    .where(and(eq(terminals.merchantId, merchantId), ne(terminals.state, "revoked")))
  await enqueue(
    ctx,
    tx,
    own.map(({ id }) => ({
      ...{ channel: "terminal", recipient: terminalToHex(id), topic, version },
      // Names what it is about, for the gateway alone: until when it was on its way.
      payload: { v: 1, version, holds, about: recallId },
    })),
  )
}
