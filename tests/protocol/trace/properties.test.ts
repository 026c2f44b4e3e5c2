import { expect, test } from "bun:test"
import { resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { type PileRanges, runPile } from "@suyuan/protocol/trace/pile"
import { outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "./dice"
import { Market } from "./item-simulation"
import { type Happening, oracleRange, randomPile, randomShortPile, SOURCES } from "./random-pile"

function gramsOf(events: readonly PileEvent[], kind: "in" | "out"): number {
  return events.reduce((sum, event) => sum + (event.kind === kind ? event.grams : 0), 0)
}

function sumOf<K extends string>(items: readonly Record<K, number>[], ...keys: K[]): number {
  return items.reduce((sum, item) => sum + keys.reduce((own, key) => own + item[key], 0), 0)
}

test("[RG-3] the result depends on the set of events: not on their order, nor on copies", () => {
  const dice = new Dice(11)
  for (let pile = 0; pile < 300; pile += 1) {
    const events = pile % 2 === 0 ? randomShortPile(dice) : randomPile(dice, { returns: true, mixes: true }).events
    const arrived = dice.shuffled([...events, ...events.filter(() => dice.happens(0.3))])
    expect(runPile(arrived)).toEqual(runPile(events))
  }
})

test("[RG-3] over several piles neither the order of piles nor of events matters", () => {
  const dice = new Dice(12)
  for (let i = 0; i < 40; i += 1) {
    const market = new Market(dice, { offBook: i % 2 === 0 })
    market.play(2)
    const inOrder = resolveOrigins(market.histories, { lotGrams: market.lotGrams })
    // A pile's events may come in several portions.
    const portions = market.histories.flatMap(({ pileId, events }) => {
      const shuffled = dice.shuffled(events)
      const cut = dice.between(0, shuffled.length)
      return [shuffled.slice(0, cut), shuffled.slice(cut)].map((some) => ({ pileId, events: some }))
    })
    const mixed = resolveOrigins(dice.shuffled(portions), { lotGrams: market.lotGrams })
    if (!inOrder.ok || !mixed.ok) throw new Error("an honest market is well founded")
    expect(mixed.value.unresolved).toEqual(inOrder.value.unresolved)
    for (const [pileId, ranges] of inOrder.value.piles) expect(mixed.value.piles.get(pileId)).toEqual(ranges)
  }
})

test("[RG-14] weights are conserved to the gram, and the ranges of every outflow can fill it", () => {
  const dice = new Dice(13)
  for (let pile = 0; pile < 600; pile += 1) {
    const events = pile % 2 === 0 ? randomShortPile(dice) : randomPile(dice, { returns: true }).events
    const { outflows, stockGrams, segments, shortfallGrams, live } = runPile(events)
    const cameGrams = gramsOf(events, "in") + sumOf(segments, "shortfallGrams", "surplusGrams")
    expect(cameGrams).toBe(gramsOf(events, "out") + sumOf(segments, "lossGrams") + stockGrams)
    expect(shortfallGrams).toBe(sumOf(segments, "shortfallGrams"))
    for (const { grams, sources } of [...outflows.values(), { grams: stockGrams, sources: live }]) {
      expect(sumOf(sources, "mustGrams")).toBeLessThanOrEqual(grams)
      expect(sumOf(sources, "mayGrams")).toBeGreaterThanOrEqual(grams)
      for (const { mustGrams, mayGrams } of sources) {
        expect(Number.isSafeInteger(mustGrams) && mustGrams >= 0 && mustGrams <= mayGrams).toBe(true)
        expect(mayGrams <= grams).toBe(true)
      }
    }
  }
})

test("[RG-14] without a keeper for an outflow the others keep their ranges", () => {
  const dice = new Dice(14)
  for (let pile = 0; pile < 100; pile += 1) {
    const { events } = randomPile(dice, { returns: true })
    const all = runPile(events).outflows
    const kept = [...all.keys()].filter(() => dice.happens(0.5))
    const some = runPile(events, { keep: (key) => kept.includes(key) }).outflows
    expect([...some]).toEqual([...all].filter(([key]) => kept.includes(key)))
  }
})

/** The books told again with the unknown goods of each segment arriving at times chosen by `chooseIndex`. */
function retold(
  events: readonly PileEvent[],
  { segments }: PileRanges,
  chooseIndex: (most: number) => number,
): Happening[] | undefined {
  const told: Happening[] = []
  let rest = events
  let stockGrams = 0
  for (const { shortfallGrams, surplusGrams, lossGrams } of segments) {
    const end = rest.findIndex(({ kind }) => kind === "count")
    const part = end === -1 ? rest : rest.slice(0, end)
    rest = end === -1 ? [] : rest.slice(end + 1)
    const happenings = part.flatMap((event): Happening[] => {
      if (event.kind === "out") return [{ kind: "out", key: outflowKey(event), grams: event.grams }]
      return event.kind === "in" ? [{ kind: "in", grams: event.grams, sources: event.sources ?? [] }] : []
    })
    const unknownGrams = shortfallGrams + surplusGrams
    const early = chooseIndex(unknownGrams)
    for (const grams of [early, unknownGrams - early]) {
      const sources = [{ sourceId: "unknown", lowGrams: grams, highGrams: grams }]
      happenings.splice(chooseIndex(happenings.length), 0, { kind: "in", grams, sources })
    }
    for (const { kind, grams } of happenings) {
      stockGrams += kind === "in" ? grams : -grams
      if (stockGrams < 0) return undefined
    }
    stockGrams -= lossGrams
    told.push(...happenings, { kind: "loss", grams: lossGrams })
  }
  return told
}

interface GramRange {
  readonly mustGrams: number
  readonly mayGrams: number
}

test("[RG-6] whenever the unknown goods of a shortfall came, the ranges hold; at the segment's start they are exact", () => {
  const dice = new Dice(15)
  const wrong: object[] = []
  let later = 0
  for (let pile = 0; pile < 250; pile += 1) {
    const events = randomShortPile(dice)
    const ranges = runPile(events)
    const atStart = retold(events, ranges, () => 0)!
    const elsewhere = retold(events, ranges, (most) => dice.between(0, most))
    for (const [key, { sources }] of ranges.outflows) {
      for (const one of SOURCES) {
        const ours: GramRange = sources.find(({ sourceId }) => sourceId === one) ?? { mustGrams: 0, mayGrams: 0 }
        const isOne = (sourceId: string) => sourceId === one
        const start = oracleRange(atStart, isOne, key)
        const isExact = start.mustGrams === ours.mustGrams && start.mayGrams === ours.mayGrams
        if (!isExact) wrong.push({ key, one, ours, start, events })
        if (elsewhere === undefined) continue
        const other = oracleRange(elsewhere, isOne, key)
        const isWithin = other.mustGrams >= ours.mustGrams && other.mayGrams <= ours.mayGrams
        if (!isWithin) wrong.push({ key, one, ours, other, events })
        later += 1
      }
    }
  }
  expect(wrong).toEqual([])
  expect(later).toBeGreaterThan(500)
}, 60_000)
