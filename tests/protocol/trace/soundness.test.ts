import { expect, test } from "bun:test"
import { type PileHistory, resolveOrigins, resolveSet } from "@suyuan/protocol/trace/origin-range"
import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import { Dice } from "./dice"
import { type Books, Market } from "./item-simulation"

/** Machines are shared; this only says when a test hangs. */
const HANGS_MS = 60_000

interface Tally {
  bags: number
  violations: number
  /** Bags of which something finer than "unknown" is certain. */
  certain: number
}

function resolved(histories: readonly PileHistory[], lotGrams: ReadonlyMap<string, number>) {
  const origins = resolveOrigins(histories, { lotGrams })
  if (!origins.ok) throw new Error("an honest market has no goods that are their own origin")
  return origins.value
}

function violationsOf(sources: readonly SourceRange[], gramsOf: ReadonlyMap<string, number>): number {
  const mayOf = new Map(sources.map(({ sourceId, mayGrams }) => [sourceId, mayGrams]))
  const tooMuch = [...gramsOf].filter(([source, grams]) => grams > (mayOf.get(source) ?? 0))
  const tooLittle = sources.filter(({ sourceId, mustGrams }) => mustGrams > (gramsOf.get(sourceId) ?? 0))
  return tooMuch.length + tooLittle.length
}

function checkSources(market: Market, books: Books, tally: Tally): void {
  const { piles } = resolved(market.histories, market.lotGrams)
  for (const { pileId, key, gramsOf } of market.bags) {
    const { sources } = piles.get(pileId)!.outflows.get(key)!
    tally.violations += violationsOf(sources, gramsOf)
    tally.bags += 1
    if (sources.some(({ sourceId, mustGrams }) => sourceId !== "unknown" && mustGrams > 0)) tally.certain += 1
  }
  for (const { pileId, gramsOf } of market.stocks) {
    const { live } = piles.get(pileId)!
    // What must be in a pile is said of the book's stock; silent losses make the true one smaller.
    const said = books.silentLosses ? live.map((range) => ({ ...range, mustGrams: 0 })) : live
    tally.violations += violationsOf(said, gramsOf)
  }
}

function checkSet(market: Market, dice: Dice, tally: Tally): void {
  const lots = new Set(["unknown", ...market.lotGrams.keys()].filter(() => dice.happens(0.5)))
  const includes = (sourceId: string) => lots.has(sourceId)
  const ranges = resolveSet(market.histories, includes, { lotGrams: market.lotGrams })
  if (!ranges.ok) throw new Error("a set of sources is resolved where its sources are")
  for (const { pileId, key, gramsOf } of market.bags) {
    const { mustGrams, mayGrams } = ranges.value.get(pileId)!.get(key)!
    const grams = [...gramsOf].reduce((sum, [source, own]) => sum + (includes(source) ? own : 0), 0)
    if (grams < mustGrams || grams > mayGrams) tally.violations += 1
    tally.bags += 1
  }
}

function play(seed: number, books: Books, markets: number): { sources: Tally; sets: Tally } {
  const dice = new Dice(seed)
  const sources = { bags: 0, violations: 0, certain: 0 }
  const sets = { bags: 0, violations: 0, certain: 0 }
  for (let i = 0; i < markets; i += 1) {
    const market = new Market(dice, books)
    market.play(4)
    checkSources(market, books, sources)
    checkSet(market, dice, sets)
  }
  return { sources, sets }
}

test(
  "[RG-15] over three levels and every picking habit no bag ever contradicts its ranges",
  () => {
    const { sources, sets } = play(1, {}, 200)
    expect(sources.violations).toBe(0)
    expect(sets.violations).toBe(0)
    expect(sources.bags).toBeGreaterThan(15_000)
    expect(sources.certain / sources.bags).toBeGreaterThan(0.2)
  },
  HANGS_MS,
)

test(
  "[RG-8] goods that leave without a record only widen the ranges",
  () => {
    const { sources, sets } = play(2, { silentLosses: true }, 120)
    expect(sources.violations).toBe(0)
    expect(sets.violations).toBe(0)
  },
  HANGS_MS,
)

test(
  "[RG-6] goods bought off the books are unknown in every bag they can be in, where stock-takes bring them out",
  () => {
    const { sources, sets } = play(3, { offBook: true }, 120)
    expect(sources.violations).toBe(0)
    expect(sets.violations).toBe(0)
  },
  HANGS_MS,
)

test(
  "[RG-9] weights declared as intervals keep the ranges true",
  () => {
    for (const books of [{ boxes: true }, { boxes: true, silentLosses: true }]) {
      const { sources, sets } = play(4, books, 80)
      expect(sources.violations).toBe(0)
      expect(sets.violations).toBe(0)
    }
  },
  HANGS_MS,
)

test(
  "[RG-25] a lot that the seller points at is all of the bag, and no other bag's range becomes false",
  () => {
    let [certain, plain] = [0, 0]
    for (const books of [{}, { silentLosses: true }, { boxes: true }]) {
      const { sources, sets } = play(25, { ...books, chosenLots: true }, 25)
      expect(sources.violations).toBe(0)
      expect(sets.violations).toBe(0)
      certain += sources.certain / sources.bags
      const without = play(25, books, 25).sources
      plain += without.certain / without.bags
    }
    expect(certain).toBeGreaterThan(1.5 * plain)
  },
  HANGS_MS,
)
