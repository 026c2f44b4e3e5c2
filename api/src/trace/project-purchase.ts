import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { and, eq, gte, inArray, or } from "drizzle-orm"
import type { Transaction } from "../context"
import { utcDay } from "../day"
import { wantBoughtOrigins } from "./bought-origins"
import { noteEvents, noteRevision } from "./note-events"
import { cameBack, clearReturned, type ReturnedGoods, readReturned, sentBack } from "./returned-goods"

export type PurchaseRow = typeof purchases.$inferSelect
type PileRow = typeof pileEvents.$inferSelect

/**
 * Writes what a purchase is in the piles by all that is known of it now: the sale, the buyer's newest answer, what the
 * seller says was never handed over, what went back. Computed from what is stored, so that it does not matter which of
 * them came first. The caller holds the purchase's row.
 */
export async function projectPurchase(tx: Transaction, purchase: PurchaseRow): Promise<void> {
  const upstream = await readUpstream(tx, purchase)
  const returned = await readReturned(tx, purchase.saleRecordId, purchase.line)
  await clearProjected(tx, purchase, returned)
  const outflow = upstream.find(({ source }) => source === "outflow")
  if (!outflow) return
  const takenBack = upstream.filter(({ source, recordId }) => source === "void" && recordId !== purchase.answerRecordId)
  const inflow = inflowOf(purchase, outflow, takenBack)
  const rows = [
    ...refused(purchase, outflow),
    ...(inflow
      ? [inflow, ...sentBack(inflow, outflow, returned)]
      : returned.flatMap((back) => cameBack(outflow, back))),
  ]
  if (rows.length === 0) return
  await noteEvents(tx, await tx.insert(pileEvents).values(rows).onConflictDoNothing().returning())
  // The seller bought them back: somebody will ask what they were.
  const boughtBack = rows.filter((row) => row.source === "purchase" && row !== inflow)
  await wantBoughtOrigins(tx, boughtBack.flatMap(outflowNamed))
}

function outflowNamed(row: PileRow) {
  const { upstreamPileId: pileId, upstreamRecordId: recordId, upstreamLine } = row
  return pileId && recordId ? [{ pileId, recordId, line: upstreamLine ?? 0 }] : []
}

/** The seller's rows about this line: its outflow, and what takes it back. They are of the sale's own time. */
async function readUpstream(tx: Transaction, purchase: PurchaseRow): Promise<PileRow[]> {
  const { saleRecordId, line, upstreamPileId } = purchase
  const isOutflow = and(
    eq(pileEvents.recordId, saleRecordId),
    eq(pileEvents.line, line),
    eq(pileEvents.source, "outflow"),
  )
  const namesIt = and(
    eq(pileEvents.upstreamRecordId, saleRecordId),
    eq(pileEvents.upstreamLine, line),
    eq(pileEvents.source, "void"),
  )
  return tx
    .select()
    .from(pileEvents)
    .where(
      and(
        eq(pileEvents.pileId, upstreamPileId),
        eq(pileEvents.day, utcDay(purchase.effectiveAt)),
        or(isOutflow, namesIt),
      ),
    )
}

async function clearProjected(
  tx: Transaction,
  purchase: PurchaseRow,
  returned: readonly ReturnedGoods[],
): Promise<void> {
  const { pileId, line, saleRecordId } = purchase
  const gone = await tx
    .delete(pileEvents)
    .where(
      and(
        ...[eq(pileEvents.pileId, pileId), eq(pileEvents.line, line)],
        ...[eq(pileEvents.recordId, saleRecordId), eq(pileEvents.source, "purchase")],
        // Nothing arrives before it was sold.
        gte(pileEvents.day, utcDay(purchase.effectiveAt)),
      ),
    )
    .returning({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt })
  await noteRevision(tx, [...gone, ...(await clearReturned(tx, purchase, returned))])
}

/** The buyer says that the goods never came: to the seller's pile they never left. */
function refused({ state, answerRecordId }: PurchaseRow, outflow: PileRow): PileRow[] {
  return state === "refused" && answerRecordId !== null ? [voidOf(outflow, answerRecordId)] : []
}

/** Takes an outflow back, or `grams` of it: a row beside it, so that a pile can be recomputed from its records. */
export function voidOf(outflow: PileRow, byRecordId: string, grams?: number) {
  return {
    ...outflow,
    direction: 0,
    recordId: byRecordId,
    gramsLow: Math.min(grams ?? outflow.gramsLow, outflow.gramsLow),
    gramsHigh: Math.min(grams ?? outflow.gramsHigh, outflow.gramsHigh),
    source: "void" as const,
    upstreamPileId: outflow.pileId,
    upstreamRecordId: outflow.recordId,
    upstreamLine: outflow.line,
  }
}

function inflowOf(purchase: PurchaseRow, outflow: PileRow, takenBack: readonly PileRow[]) {
  if (purchase.state === "private" || purchase.state === "refused") return undefined
  const voidedGrams = takenBack.reduce((sum, row) => sum + row.gramsHigh, 0)
  const soldGrams = outflow.gramsHigh - voidedGrams
  const grams = purchase.state === "accepted" ? Math.min(purchase.acceptedGrams ?? soldGrams, soldGrams) : soldGrams
  if (grams <= 0) return undefined
  const effectiveAt = (purchase.state === "accepted" && purchase.decidedAt) || purchase.effectiveAt
  return {
    pileId: purchase.pileId,
    day: utcDay(effectiveAt),
    effectiveAt,
    direction: 0,
    recordId: purchase.saleRecordId,
    line: purchase.line,
    siteId: purchase.siteId,
    merchantId: purchase.buyerMerchantId,
    commodity: purchase.commodity,
    gramsLow: Math.max(0, Math.min(outflow.gramsLow - voidedGrams, grams)),
    gramsHigh: grams,
    source: "purchase" as const,
    lotId: null,
    upstreamPileId: purchase.upstreamPileId,
    upstreamRecordId: purchase.saleRecordId,
    upstreamLine: purchase.line,
    leftAt: purchase.effectiveAt,
  }
}

/** Purchases of these lines of a sale, locked, in line order; all lines when none is named. */
export async function lockPurchases(tx: Transaction, saleRecordId: string, lines?: readonly number[]) {
  return tx
    .select()
    .from(purchases)
    .where(
      and(
        eq(purchases.saleRecordId, saleRecordId),
        ...(lines === undefined ? [] : [inArray(purchases.line, [...lines])]),
      ),
    )
    .orderBy(purchases.line)
    .for("update")
}
