import { expect, test } from "bun:test"
import { runPile, runPileSet, type SetRange } from "@suyuan/protocol/trace/pile"
import { Dice } from "./dice"
import { type Includes, oracleRange, type RandomPile, randomPile, SOURCES } from "./random-pile"

/** Machines are shared; this only says when a test hangs. */
const HANGS_MS = 60_000

/** Every source alone, and some sets of several. */
function setsToAsk(dice: Dice): Includes[] {
  const alone = SOURCES.map((one) => (sourceId: string) => sourceId === one)
  const several = [0, 1].map(() => {
    const chosen = new Set<string>(SOURCES.filter(() => dice.happens(0.5)))
    return (sourceId: string) => chosen.has(sourceId)
  })
  return [...alone, ...several]
}

interface Comparison {
  compared: number
  exact: number
  /** Outflows whose true range, by the oracle, sticks out of ours. */
  readonly false: object[]
}

function compare(
  dice: Dice,
  { happenings, events }: RandomPile,
  run: (includes: Includes) => ReadonlyMap<string, SetRange>,
  into: Comparison,
): void {
  for (const includes of setsToAsk(dice)) {
    for (const [key, { mustGrams, mayGrams }] of run(includes)) {
      const oracle = oracleRange(happenings, includes, key)
      into.compared += 1
      if (mustGrams === oracle.mustGrams && mayGrams === oracle.mayGrams) into.exact += 1
      if (mustGrams > oracle.mustGrams || mayGrams < oracle.mayGrams) {
        into.false.push({ key, ours: { mustGrams, mayGrams }, oracle, events })
      }
    }
  }
}

function comparison(): Comparison {
  return { compared: 0, exact: 0, false: [] }
}

test(
  "[RG-11] ranges on one level are exactly those of a max-flow oracle, for every source and for sets",
  () => {
    const dice = new Dice(20211210)
    const result = comparison()
    for (let i = 0; i < 1050; i += 1) {
      const pile = randomPile(dice, { mixes: i % 2 === 1 })
      compare(dice, pile, (includes) => runPileSet(pile.events, includes), result)
    }
    expect(result.false).toEqual([])
    expect(result.exact).toBe(result.compared)
    expect(result.compared).toBeGreaterThan(12_000)
  },
  HANGS_MS,
)

test("[RG-12] a source's own range is the range of the set that holds only it", () => {
  const dice = new Dice(7)
  for (let pile = 0; pile < 200; pile += 1) {
    const { events } = randomPile(dice, { mixes: true, returns: true })
    const { outflows } = runPile(events)
    for (const one of SOURCES) {
      const alone = [...runPileSet(events, (sourceId) => sourceId === one)]
      const own = [...outflows].map(([key, { grams, sources }]) => {
        const found = sources.find(({ sourceId }) => sourceId === one)
        return [key, { grams, mustGrams: found?.mustGrams ?? 0, mayGrams: found?.mayGrams ?? 0 }]
      })
      expect<unknown>(own).toEqual(alone)
    }
  }
})

test(
  "[RG-13] with returns the oracle's range always lies within ours, and mostly is ours",
  () => {
    const dice = new Dice(99)
    const result = comparison()
    for (let i = 0; i < 300; i += 1) {
      const pile = randomPile(dice, { returns: true })
      compare(dice, pile, (includes) => runPileSet(pile.events, includes), result)
    }
    expect(result.false).toEqual([])
    expect(result.exact / result.compared).toBeGreaterThan(0.99)
  },
  HANGS_MS,
)

test(
  "[RG-2] ranges with a clock error hold in whatever order it leaves open",
  () => {
    const dice = new Dice(123)
    const clockErrorMs = 1300
    const result = comparison()
    for (let i = 0; i < 300; i += 1) {
      const pile = randomPile(dice)
      if (pile.happenings.some(({ kind }) => kind === "loss")) continue
      const told = pile.events.map((event) => {
        return { ...event, effectiveAtMs: event.effectiveAtMs + dice.between(-clockErrorMs, clockErrorMs) }
      })
      compare(dice, pile, (includes) => runPileSet(told, includes, { clockErrorMs }), result)
    }
    expect(result.false).toEqual([])
  },
  HANGS_MS,
)
