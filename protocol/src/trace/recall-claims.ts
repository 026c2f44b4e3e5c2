/**
 * What sellers said was of a recalled lot, beyond what the books had of it where they sold it (RC-21): goods that were never
 * entered, or an entry that is late. The books make no range of it; the seller signed it with the sale.
 */
import type { PileHistory } from "./origin-range"
import { outflowKey, type PileEvent } from "./pile-event"
import { pileOrder } from "./pile-order"
import type { RecalledPile } from "./recall-scope"

/** By pile and `outflowKey`; those of which the books had all are left out. */
export type ClaimedGrams = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * @param histories of piles whose sellers chose some of these lots (RG-25), each in any portions: sales, and what of them was
 * never handed over (RG-4). All else in them says nothing here.
 * @param scope what the books say that the same sales may hold.
 */
export function claimedGrams(
  histories: readonly PileHistory[],
  lots: ReadonlySet<string>,
  scope: readonly RecalledPile[],
): ClaimedGrams {
  const isClaim = (event: PileEvent) => event.kind === "out" && event.chosen !== undefined && lots.has(event.chosen)
  const eventsOf = new Map<string, PileEvent[]>()
  for (const { pileId, events } of histories) {
    const own = events.filter((event) => isClaim(event) || event.kind === "void")
    eventsOf.set(pileId, [...(eventsOf.get(pileId) ?? []), ...own])
  }
  const rangesOf = new Map(scope.map(({ pileId, outflows }) => [pileId, outflows]))
  const claimed = new Map<string, Map<string, number>>()
  for (const [pileId, events] of eventsOf) {
    const ofPile = new Map<string, number>()
    for (const { event } of pileOrder(events).placed) {
      const key = outflowKey(event)
      const grams = event.grams - (rangesOf.get(pileId)?.get(key)?.mayGrams ?? 0)
      if (grams > 0) ofPile.set(key, grams)
    }
    if (ofPile.size > 0) claimed.set(pileId, ofPile)
  }
  return claimed
}
