import type { PileCarry } from "@suyuan/protocol/trace/pile"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"

/**
 * Lots of which some may be in a pile then. Of those whose shelf life is over none is, once fresh goods and unknown ones
 * can fill the book: traces take them as gone (RG-23). A lot without a known end is fresh.
 */
export function lotsLeft(carry: PileCarry, atMs: number, expiresAtMs: ReadonlyMap<string, number>): string[] {
  const held = carry.sources.filter(({ highGrams }) => highGrams > 0)
  const fresh = held.filter(({ sourceId }) => (expiresAtMs.get(sourceId) ?? Number.POSITIVE_INFINITY) > atMs)
  const freshGrams = fresh.reduce((sum, { highGrams }) => sum + highGrams, 0)
  const left = carry.grams > freshGrams ? held : fresh
  return left.map(({ sourceId }) => sourceId).filter((id) => id !== UNKNOWN_SOURCE)
}
