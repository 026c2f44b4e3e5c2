import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { and, eq, inArray, or } from "drizzle-orm"
import type { Transaction } from "../context"
import { utcDay } from "../day"
import { noteEvents, noteRevision } from "./note-events"

export type PurchaseRow = typeof purchases.$inferSelect
type PileRow = typeof pileEvents.$inferSelect

/**
 * Writes what a purchase is in the piles by all that is known of it now: the sale, the buyer's newest answer, what the
 * seller says was never handed over, what went back. Computed from what is stored, so that it does not matter which of
 * them came first. The caller holds the purchase's row.
 */
export async function projectPurchase(tx: Transaction, purchase: PurchaseRow): Promise<void> {
  const upstream = await readUpstream(tx, purchase)
  const returns = upstream.filter(({ source }) => source === "return")
  await clearProjected(tx, purchase, returns)
  const outflow = upstream.find(({ source }) => source === "outflow")
  const takenBack = upstream.filter(({ source, recordId }) => source === "void" && recordId !== purchase.answerRecordId)
  if (outflow && purchase.state === "refused") await refuse(tx, purchase, outflow)
  const inflow = outflow && inflowOf(purchase, outflow, takenBack)
  if (!inflow) return
  const rows = [inflow, ...givenBack(inflow, returns)]
  await noteEvents(tx, await tx.insert(pileEvents).values(rows).returning())
}

/** The seller's rows about this line: its outflow, and what names it. */
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
    inArray(pileEvents.source, ["void", "return"]),
  )
  return tx
    .select()
    .from(pileEvents)
    .where(and(eq(pileEvents.pileId, upstreamPileId), or(isOutflow, namesIt)))
}

async function clearProjected(tx: Transaction, purchase: PurchaseRow, returns: readonly PileRow[]): Promise<void> {
  const inPile = eq(pileEvents.pileId, purchase.pileId)
  const ofLine = eq(pileEvents.line, purchase.line)
  const gone = await tx
    .delete(pileEvents)
    .where(and(inPile, ofLine, eq(pileEvents.recordId, purchase.saleRecordId), eq(pileEvents.source, "purchase")))
    .returning({ pileId: pileEvents.pileId, effectiveAt: pileEvents.effectiveAt })
  await noteRevision(tx, gone)
  if (returns.length === 0) return
  const records = returns.map(({ recordId }) => recordId)
  await tx
    .delete(pileEvents)
    .where(and(inPile, ofLine, inArray(pileEvents.recordId, records), eq(pileEvents.source, "outflow")))
}

/** The buyer says that the goods never came: to the seller's pile they never left. */
async function refuse(tx: Transaction, purchase: PurchaseRow, outflow: PileRow): Promise<void> {
  if (purchase.answerRecordId === null) return
  const row = voidOf(outflow, purchase.answerRecordId)
  await noteEvents(tx, await tx.insert(pileEvents).values(row).onConflictDoNothing().returning())
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
  }
}

/** What the seller took back has left the buyer's pile; never more than came into it. */
function givenBack(inflow: NonNullable<ReturnType<typeof inflowOf>>, returns: readonly PileRow[]) {
  let leftGrams = inflow.gramsHigh
  const inOrder = returns.toSorted(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || (a.recordId < b.recordId ? -1 : 1),
  )
  return inOrder.flatMap(({ recordId, effectiveAt, gramsLow, gramsHigh }) => {
    const grams = Math.min(gramsHigh, leftGrams)
    leftGrams -= grams
    if (grams === 0) return []
    const at = new Date(Math.max(effectiveAt.getTime(), inflow.effectiveAt.getTime()))
    return [
      {
        ...inflow,
        ...{ recordId, effectiveAt: at, day: utcDay(at), direction: 1, source: "outflow" as const },
        ...{ gramsLow: Math.min(gramsLow, grams), gramsHigh: grams },
        ...{ upstreamPileId: null, upstreamRecordId: null, upstreamLine: null },
      },
    ]
  })
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
