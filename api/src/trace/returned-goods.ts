import { pileEvents, returnedGoods } from "@suyuan/drizzle/schema/trace"
import { and, eq, gte, inArray, or } from "drizzle-orm"
import type { Transaction } from "../context"
import { utcDay } from "../day"

export type ReturnedGoods = typeof returnedGoods.$inferSelect
type PileRow = typeof pileEvents.$inferSelect

/** Above every line that a sale can have (255): goods of a refund that were thrown away leave under a line of their own. */
export const discardedLineOffset = 1000

/** What refunds say of this line of a sale, in the order in which the goods came back. */
export async function readReturned(tx: Transaction, saleRecordId: string, line: number): Promise<ReturnedGoods[]> {
  const rows = await tx
    .select()
    .from(returnedGoods)
    .where(and(eq(returnedGoods.saleRecordId, saleRecordId), eq(returnedGoods.line, line)))
  return rows.toSorted(
    (a, b) => a.effectiveAt.getTime() - b.effectiveAt.getTime() || (a.refundRecordId < b.refundRecordId ? -1 : 1),
  )
}

/** Goods that a consumer brought back: they come in again with the range of what had left (RG-5). */
export function cameBack(outflow: PileRow, back: ReturnedGoods): PileRow[] {
  const row = {
    ...cameIn(outflow, back, back.effectiveAt),
    source: "return" as const,
    ...{ upstreamPileId: outflow.pileId, upstreamRecordId: outflow.recordId, upstreamLine: outflow.line },
  }
  return [row, ...thrownAway(row, back)]
}

/**
 * Goods that a merchant gave back (RG-24): out of the pile that they had come into, as far as it had got them, and into
 * the seller's with the range of that pile. What that pile never got is of unknown origin.
 * @param inflow what the purchase is in the buyer's pile.
 */
export function sentBack(inflow: PileRow, outflow: PileRow, returned: readonly ReturnedGoods[]): PileRow[] {
  let leftGrams = inflow.gramsHigh
  return returned.flatMap((back) => {
    // Goods cannot go back before they came, nor come back before they went, whatever a clock says.
    const at = new Date(Math.max(back.effectiveAt.getTime(), inflow.effectiveAt.getTime()))
    const grams = Math.min(back.gramsHigh, leftGrams)
    leftGrams -= grams
    const gone = {
      ...inflow,
      ...{ recordId: back.refundRecordId, effectiveAt: at, day: utcDay(at), direction: 1, source: "outflow" as const },
      ...{ gramsLow: Math.min(back.gramsLow, grams), gramsHigh: grams },
      ...{ upstreamPileId: null, upstreamRecordId: null, upstreamLine: null, leftAt: null },
    }
    const here = { ...cameIn(outflow, back, at), lotId: null }
    const known = {
      ...{ upstreamPileId: inflow.pileId, upstreamRecordId: back.refundRecordId, upstreamLine: back.line, leftAt: at },
    }
    const came = grams === 0 ? { ...here, source: "unknown" as const } : { ...here, ...known }
    return [...(grams === 0 ? [] : [gone]), came, ...thrownAway(came, back)]
  })
}

/** Takes away what refunds of this line are in these piles so far. Returns those rows, as revised since the sale. */
export async function clearReturned(
  tx: Transaction,
  { pileId, upstreamPileId, effectiveAt }: { pileId: string; upstreamPileId: string; effectiveAt: Date },
  returned: readonly ReturnedGoods[],
): Promise<{ pileId: string; effectiveAt: Date }[]> {
  if (returned.length === 0) return []
  const named = returned.map((back) =>
    and(
      eq(pileEvents.recordId, back.refundRecordId),
      inArray(pileEvents.line, [back.line, back.line + discardedLineOffset]),
    ),
  )
  const gone = await tx
    .delete(pileEvents)
    .where(
      and(
        inArray(pileEvents.pileId, [pileId, upstreamPileId]),
        inArray(pileEvents.source, ["return", "purchase", "unknown", "outflow"]),
        or(...named),
        gte(pileEvents.day, utcDay(new Date(Math.min(...[{ effectiveAt }, ...returned].map(timeOf))))),
      ),
    )
    .returning({ pileId: pileEvents.pileId })
  return gone.map((row) => ({ pileId: row.pileId, effectiveAt }))
}

function timeOf({ effectiveAt }: { readonly effectiveAt: Date }): number {
  return effectiveAt.getTime()
}

function cameIn(outflow: PileRow, back: ReturnedGoods, at: Date): PileRow {
  return {
    ...outflow,
    ...{ recordId: back.refundRecordId, effectiveAt: at, day: utcDay(at), direction: 0, source: "purchase" as const },
    ...{ gramsLow: back.gramsLow, gramsHigh: back.gramsHigh },
    ...{ upstreamPileId: null, upstreamRecordId: null, upstreamLine: null },
  }
}

/** A return and what is thrown away of it are two events of one record line in one pile at one instant. */
function thrownAway(came: PileRow, { isDiscarded }: ReturnedGoods): PileRow[] {
  if (!isDiscarded) return []
  const nothing = { upstreamPileId: null, upstreamRecordId: null, upstreamLine: null, leftAt: null }
  return [{ ...came, direction: 1, line: came.line + discardedLineOffset, source: "outflow" as const, ...nothing }]
}
