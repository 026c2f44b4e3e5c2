import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

/** From when to when goods that are asked about lay in a pile. */
export type Stay = { readonly pileId: string; readonly sinceMs: number; readonly untilMs: number }

/**
 * Since when goods that are in the pile at `untilMs` can have been there: what came in before it was last sold out is
 * gone. Undefined while it is empty. `before` says how it was before these rows.
 */
export function presenceIn(rows: readonly PileRow[], untilMs: number, before: Presence = nothing): Presence {
  const known = rows.filter((row) => row.effectiveAt.getTime() <= untilMs)
  const counts = known.filter((row) => row.source === "count").sort(compareCounts)
  let presence = before
  let left = known.filter((row) => row.source !== "count")
  for (const count of counts) {
    const isLater = (row: PileRow) => row.effectiveAt > count.effectiveAt
    const between = left.filter((row) => !isLater(row))
    presence = countedPresence(presence, between, count)
    left = left.filter(isLater)
  }
  return passing(left, presence)
}

/** What a stock-take says. Goods that it finds beyond the book may have been there since the one before (RG-7). */
function countedPresence(start: Presence, between: readonly PileRow[], count: PileRow): Presence {
  const { gramsHigh: stockGrams, effectiveAt } = count
  if (stockGrams === 0) return nothing
  const end = passing(between, start)
  if (stockGrams <= end.stockGrams) return { stockGrams, sinceMs: end.sinceMs }
  const firstMs = Math.min(...[effectiveAt, ...between.map((row) => row.effectiveAt)].map((at) => at.getTime()))
  return { stockGrams, sinceMs: start.sinceMs ?? firstMs }
}

function compareCounts(a: PileRow, b: PileRow): number {
  return a.effectiveAt.getTime() - b.effectiveAt.getTime() || (a.recordId < b.recordId ? -1 : 1)
}

/** Between two stock-takes. */
function passing(rows: readonly PileRow[], before: Presence): Presence {
  // As the clocks allow at most: goods came before others left (RG-2).
  const orderMs = ({ effectiveAt, direction }: PileRow) =>
    effectiveAt.getTime() + (direction === 0 ? -openOrderMs : openOrderMs)
  const inOrder = rows.toSorted((a, b) => orderMs(a) - orderMs(b) || a.direction - b.direction)
  let { stockGrams, sinceMs } = before
  for (const row of inOrder) {
    stockGrams += row.direction === 0 ? row.gramsHigh : -row.gramsLow
    if (stockGrams <= 0) {
      stockGrams = 0
      sinceMs = undefined
    } else sinceMs ??= row.effectiveAt.getTime()
  }
  return { stockGrams, sinceMs }
}

/** By the book, with nothing below nothing. */
export type Presence = { readonly stockGrams: number; readonly sinceMs: number | undefined }

const nothing: Presence = { stockGrams: 0, sinceMs: undefined }
