/**
 * What becomes of the records on their way into the books. What happened is the same in all of them: so the same bags
 * are judged by books that are whole, late, full of holes, or bought past.
 */
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import type { Dice } from "../../scripts/demo/dice"
import type { Entry, Played } from "./journal"
import type { World } from "./world"

/**
 * - `complete`: every record, in its order;
 * - `late`: every record, in any order, some of them twice and in several parts;
 * - `missing`: waste that nobody wrote down, sales for cash that nobody entered: goods leave without a record;
 * - `off-book`: purchases that nobody entered: goods come without a record;
 * - `careless`: both.
 */
export type BooksKind = "complete" | "late" | "missing" | "off-book" | "careless"

export function keepBooks(played: Played, kind: BooksKind, world: World, dice: Dice): readonly PileHistory[] {
  const { entries } = played
  if (kind === "complete") return historiesOf(entries)
  if (kind === "late") return lateHistories(entries, world, dice)
  const returned = returnedSales(entries)
  const rates = world.books
  const loses = (entry: Entry): boolean => {
    const isReturned = returned.has(saleOf(entry))
    if (kind !== "off-book" && entry.role === "waste") return dice.isLucky(rates.missingWasteShare)
    if (kind !== "off-book" && entry.role === "retail") return !isReturned && dice.isLucky(rates.missingSalesShare)
    if (kind !== "missing" && entry.role === "hand-entered") return dice.isLucky(rates.offBookShare)
    return false
  }
  return historiesOf(entries.filter((entry) => !loses(entry)))
}

function historiesOf(entries: readonly Entry[]): PileHistory[] {
  return [...eventsByPile(entries)].map(([pileId, events]) => ({ pileId, events }))
}

function eventsByPile(entries: readonly Entry[]): Map<string, PileEvent[]> {
  const byPile = new Map<string, PileEvent[]>()
  for (const { pileId, event } of entries) {
    const events = byPile.get(pileId)
    if (events) events.push(event)
    else byPile.set(pileId, [event])
  }
  return byPile
}

/** The late ones come after all others, in no order; each part is a history of its own. */
function lateHistories(entries: readonly Entry[], { books }: World, dice: Dice): PileHistory[] {
  const isLate = entries.map(() => dice.isLucky(books.lateShare))
  const late = entries.filter((_, index) => isLate[index])
  const twice = entries.filter(() => dice.isLucky(books.duplicatedShare))
  const inTime = entries.filter((_, index) => !isLate[index])
  return [inTime, dice.several(twice, twice.length), dice.several(late, late.length)].flatMap(historiesOf)
}

function saleOf({ pileId, event }: Entry): string {
  return `${pileId}/${event.recordId}`
}

/** A return without its sale would be goods that came from nowhere: these sales are never missing. */
function returnedSales(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap(({ pileId, event }) =>
      event.kind === "in" && event.returnOf ? [`${pileId}/${event.returnOf.recordId}`] : [],
    ),
  )
}
