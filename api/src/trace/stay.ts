import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"

/** From when to when goods that are asked about lay in a pile. */
export type Stay = { readonly pileId: string; readonly sinceMs: number; readonly untilMs: number }

/**
 * Since when goods that are in the pile at `untilMs` can have been there: what came in before it was last sold out is
 * gone. Undefined while it is empty. `before` says how it was before these rows.
 */
export function presenceIn(rows: readonly PileRow[], untilMs: number, before: Presence = nothing): Presence {
  // As the clocks allow at most: goods came before others left (RG-2).
  const orderMs = ({ effectiveAt, direction }: PileRow) =>
    effectiveAt.getTime() + (direction === 0 ? -openOrderMs : openOrderMs)
  const inOrder = rows
    .filter((row) => row.effectiveAt.getTime() <= untilMs)
    .sort((a, b) => orderMs(a) - orderMs(b) || a.direction - b.direction)
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
