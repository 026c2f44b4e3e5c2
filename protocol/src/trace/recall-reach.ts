/**
 * Which parts of which piles the goods of a set can have come to (RC-2), before any weight is looked at: a pile's events
 * fall apart where it was counted as sold out, and goods come into a part by a source of the set or by a purchase from a
 * part that they came to. What they cannot have come to need not be ranged, and most of what a market does is that.
 */
import type { PileHistory } from "./origin-range"
import type { Inflow, PileEvent } from "./pile-event"
import { inOrder } from "./recall-steps"

/** Between two stock-takes of nothing: what was there before is gone, whatever it was. */
interface Part {
  readonly pileId: string
  /** Of the stock-take that it begins with: the end of the part before. */
  readonly start: PileEvent | undefined
  readonly events: PileEvent[]
  readonly bought: Purchase[]
}

type Purchase = NonNullable<Inflow["upstream"]>

/**
 * The same histories without the parts that can hold none of the set; ranges of all others stay as they are. Purchases of
 * goods of a part that is left out find no outflow, and are of unknown goods: that is no source of the set either.
 */
export function reachedHistories(
  histories: readonly PileHistory[],
  isSource: (pileId: string, inflow: Inflow) => boolean,
): PileHistory[] {
  const piles = byPile(histories)
  const parts = [...piles].flatMap(([pileId, some]) =>
    partsOf(
      pileId,
      some.flatMap(({ events }) => events),
    ),
  )
  const buyers = buyersOf(parts)
  const reached = new Set<Part>()
  const next = parts.filter(({ pileId, events }) =>
    events.some((event) => event.kind === "in" && isSource(pileId, event)),
  )
  for (let part = next.pop(); part !== undefined; part = next.pop()) {
    if (reached.has(part)) continue
    reached.add(part)
    const ofPile = buyers.get(part.pileId)
    if (ofPile === undefined) continue
    for (const event of part.events) if (event.kind === "out") next.push(...(ofPile.get(event.recordId) ?? []))
  }
  const left = byPile(parts.filter((part) => reached.has(part)))
  return [...left].map(([pileId, own]) => ({ pileId, events: own.flatMap(withStart) }))
}

/** In the order of the parts: a start that ended a part that is there too comes once. */
function withStart({ start, events }: Part, index: number, own: readonly Part[]): readonly PileEvent[] {
  const isThere = start === undefined || lastOf(own[index - 1]?.events ?? []) === start
  return isThere ? events : [start, ...events]
}

function partsOf(pileId: string, events: readonly PileEvent[]): Part[] {
  let part: Part = { pileId, start: undefined, events: [], bought: [] }
  const parts = [part]
  // What is taken back, or comes back, is of another time: such a pile stays whole.
  const isWhole = events.some((event) => event.kind === "void" || (event.kind === "in" && event.returnOf !== undefined))
  for (const event of isWhole ? events : [...events].sort(inOrder)) {
    part.events.push(event)
    if (event.kind === "in" && event.upstream !== undefined) part.bought.push(event.upstream)
    const isSoldOut = event.kind === "count" && event.grams === 0
    if (!isSoldOut || isWhole) continue
    part = { pileId, start: event, events: [], bought: [] }
    parts.push(part)
  }
  return parts
}

/** In the order in which they first come. */
function byPile<Of extends { readonly pileId: string }>(these: readonly Of[]): Map<string, Of[]> {
  const piles = new Map<string, Of[]>()
  for (const one of these) {
    const known = piles.get(one.pileId)
    if (known) known.push(one)
    else piles.set(one.pileId, [one])
  }
  return piles
}

function lastOf(events: readonly PileEvent[]): PileEvent | undefined {
  return events[events.length - 1]
}

/** By pile and record: whoever bought a line of it. */
function buyersOf(parts: readonly Part[]): Map<string, Map<string, Part[]>> {
  const buyers = new Map<string, Map<string, Part[]>>()
  for (const part of parts) {
    for (const { pileId, recordId } of part.bought) {
      const ofPile = buyers.get(pileId) ?? new Map<string, Part[]>()
      buyers.set(pileId, ofPile)
      const known = ofPile.get(recordId)
      if (known) known.push(part)
      else ofPile.set(recordId, [part])
    }
  }
  return buyers
}
