/** Random books of one pile, in the order in which things happened, as events and as the oracle's flow network. */
import type { PileEvent, SourceGrams } from "@suyuan/protocol/trace/pile-event"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import type { Dice } from "./dice"
import { FlowNetwork } from "./max-flow"

export const SOURCES = ["apple-1", "apple-2", "apple-3", "unknown"] as const

/** What happened, in order; `loss` is a stock-take that found less, `back` the return of part of an outflow. */
export type Happening =
  | { readonly kind: "in"; readonly grams: number; readonly sources: readonly SourceGrams[] }
  | { readonly kind: "out"; readonly key: string; readonly grams: number }
  | { readonly kind: "loss"; readonly grams: number }
  | { readonly kind: "back"; readonly key: string; readonly grams: number }

export interface RandomPile {
  readonly events: PileEvent[]
  readonly happenings: Happening[]
}

export interface RandomPileOptions {
  readonly returns?: boolean
  /** Some arrivals are a mix: of each source only a range is known, as in a purchase from another pile. */
  readonly mixes?: boolean
}

function mixedSources(dice: Dice, grams: number): SourceGrams[] {
  const truth = new Map<string, number>()
  for (let i = 0; i < grams; i += 1) {
    const sourceId = dice.one(SOURCES)
    truth.set(sourceId, (truth.get(sourceId) ?? 0) + 1)
  }
  const ranges = [...truth].map(([sourceId, own]) => {
    const lowGrams = Math.max(0, own - dice.between(0, 3))
    return { sourceId, lowGrams, highGrams: Math.min(grams, own + dice.between(0, 3)) }
  })
  return ranges
}

export function randomPile(dice: Dice, options: RandomPileOptions = {}): RandomPile {
  const events: PileEvent[] = []
  const happenings: Happening[] = []
  const sold: { key: string; recordId: string; leftGrams: number }[] = []
  let stockGrams = 0
  const happeningCount = dice.between(3, 14)
  for (let i = 0; i < happeningCount; i += 1) {
    // Record ids in random order, so that nothing rests on them.
    const recordId = `${dice.between(100, 999)}-${i}`
    const at = { effectiveAtMs: i * 1000, recordId }
    const back = options.returns && dice.happens(0.25) ? sold.find((sale) => sale.leftGrams > 0) : undefined
    if (back) {
      const grams = dice.between(1, back.leftGrams)
      back.leftGrams -= grams
      stockGrams += grams
      events.push({ kind: "in", ...at, grams, returnOf: { recordId: back.recordId } })
      happenings.push({ kind: "back", key: back.key, grams })
    } else if (stockGrams === 0 || dice.happens(0.45)) {
      const grams = dice.between(1, 12)
      const sourceId = dice.one(SOURCES)
      const pure = [{ sourceId, lowGrams: grams, highGrams: grams }]
      const sources = options.mixes && dice.happens(0.4) ? mixedSources(dice, grams) : pure
      const isUnknown = sources === pure && sourceId === "unknown"
      events.push({ kind: "in", ...at, grams, ...(isUnknown ? {} : { sources }) })
      happenings.push({ kind: "in", grams, sources })
      stockGrams += grams
    } else if (dice.happens(0.1)) {
      const grams = dice.between(0, stockGrams)
      events.push({ kind: "count", ...at, grams: stockGrams - grams })
      happenings.push({ kind: "loss", grams })
      stockGrams -= grams
    } else {
      const grams = dice.happens(0.15) ? stockGrams : dice.between(1, stockGrams)
      const key = outflowKey({ recordId })
      events.push({ kind: "out", ...at, grams })
      happenings.push({ kind: "out", key, grams })
      sold.push({ key, recordId, leftGrams: grams })
      stockGrams -= grams
    }
  }
  return { events, happenings }
}

export type Includes = (sourceId: string) => boolean

/** The range of a set within a mix whose parts are ranges that add up to `grams`. */
function setInMix(sources: readonly SourceGrams[], grams: number, includes: Includes): { low: number; high: number } {
  const sum = (end: "lowGrams" | "highGrams", inSet: boolean) =>
    sources.filter((s) => includes(s.sourceId) === inSet).reduce((total, s) => total + s[end], 0)
  return {
    low: Math.max(sum("lowGrams", true), grams - sum("highGrams", false)),
    high: Math.min(sum("highGrams", true), grams - sum("lowGrams", false)),
  }
}

function mostOf(happenings: readonly Happening[], includes: Includes, key: string): number {
  const network = new FlowNetwork()
  const source = network.node()
  const sink = network.node()
  const backs = happenings.filter((happening) => happening.kind === "back")
  const bags = new Map<string, number>()
  let state = network.node()
  let stockGrams = 0
  let asked = -1
  for (const happening of happenings) {
    const before = state
    state = network.node()
    const { grams, kind } = happening
    const isIn = kind === "in" || kind === "back"
    network.edge(before, state, 0, isIn ? stockGrams : stockGrams - grams)
    stockGrams += isIn ? grams : -grams
    if (kind === "in") {
      const { low, high } = setInMix(happening.sources, grams, includes)
      network.edge(source, state, low, high)
    } else if (kind === "back") network.edge(bags.get(happening.key)!, state, 0, grams)
    else if (kind === "loss") network.edge(before, sink, 0, grams)
    else {
      const bag = network.node()
      bags.set(happening.key, bag)
      const backGrams = backs.filter((back) => back.key === happening.key).reduce((sum, back) => sum + back.grams, 0)
      const edge = network.edge(before, bag, 0, grams)
      network.edge(bag, sink, 0, grams - backGrams)
      if (happening.key === key) asked = edge
    }
  }
  network.edge(state, sink, 0, stockGrams)
  return network.mostThrough(asked, source, sink)
}

/** How much of the set an outflow must and may hold, by the oracle. */
export function oracleRange(
  happenings: readonly Happening[],
  includes: Includes,
  key: string,
): { mustGrams: number; mayGrams: number } {
  const out = happenings.find((happening) => happening.kind === "out" && happening.key === key)!
  const mayGrams = mostOf(happenings, includes, key)
  return { mustGrams: out.grams - mostOf(happenings, (sourceId) => !includes(sourceId), key), mayGrams }
}

/** Random books in which more is sold than had come in. Stock-takes with a loss, a surplus or neither cut them up. */
export function randomShortPile(dice: Dice): PileEvent[] {
  const events: PileEvent[] = []
  const happeningCount = dice.between(4, 10)
  for (let i = 0; i < happeningCount; i += 1) {
    const at = { effectiveAtMs: i * 1000, recordId: `${dice.between(100, 999)}-${i}` }
    const grams = dice.between(1, 9)
    const sources = [{ sourceId: dice.one(SOURCES), lowGrams: grams, highGrams: grams }]
    if (dice.happens(0.12)) events.push({ kind: "count", ...at, grams: dice.between(0, 4) })
    else if (dice.happens(0.4)) events.push({ kind: "in", ...at, grams, sources })
    else events.push({ kind: "out", ...at, grams })
  }
  return events
}
