import { expect, test } from "bun:test"
import { runPile, runPileSet } from "@suyuan/protocol/trace/pile"
import { Dice } from "./dice"
import { type Includes, oracleRange, randomPile, SOURCES } from "./random-pile"

/** Every source alone, and some sets of several. */
function setsToAsk(dice: Dice): Includes[] {
  const alone = SOURCES.map((one) => (sourceId: string) => sourceId === one)
  const several = [0, 1].map(() => {
    const chosen = new Set<string>(SOURCES.filter(() => dice.happens(0.5)))
    return (sourceId: string) => chosen.has(sourceId)
  })
  return [...alone, ...several]
}

test("[RG-11] ranges on one level are exactly those of a max-flow oracle, for every source and for sets", () => {
  const dice = new Dice(20211210)
  let compared = 0
  for (let pile = 0; pile < 1200; pile += 1) {
    const { events, happenings } = randomPile(dice, { mixes: pile % 2 === 1 })
    for (const includes of setsToAsk(dice)) {
      for (const [key, range] of runPileSet(events, includes)) {
        const { mustGrams, mayGrams } = range
        expect({ pile, key, mustGrams, mayGrams }).toEqual({ pile, key, ...oracleRange(happenings, includes, key) })
        compared += 1
      }
    }
  }
  expect(compared).toBeGreaterThan(15_000)
})

test("[RG-11] a source's own range is the range of the set that holds only it", () => {
  const dice = new Dice(7)
  for (let pile = 0; pile < 300; pile += 1) {
    const { events } = randomPile(dice, { mixes: true, returns: true })
    const { outflows } = runPile(events)
    for (const one of SOURCES) {
      for (const [key, set] of runPileSet(events, (sourceId) => sourceId === one)) {
        const own = outflows.get(key)!.sources.find(({ sourceId }) => sourceId === one)
        expect([own?.mustGrams ?? 0, own?.mayGrams ?? 0]).toEqual([set.mustGrams, set.mayGrams])
      }
    }
  }
})

test("[RG-13] with returns the oracle's range always lies within ours, and mostly is ours", () => {
  const dice = new Dice(99)
  let compared = 0
  let exact = 0
  for (let pile = 0; pile < 400; pile += 1) {
    const { events, happenings } = randomPile(dice, { returns: true })
    for (const includes of setsToAsk(dice)) {
      for (const [key, { mustGrams, mayGrams }] of runPileSet(events, includes)) {
        const oracle = oracleRange(happenings, includes, key)
        expect(mustGrams).toBeLessThanOrEqual(oracle.mustGrams)
        expect(mayGrams).toBeGreaterThanOrEqual(oracle.mayGrams)
        compared += 1
        if (mustGrams === oracle.mustGrams && mayGrams === oracle.mayGrams) exact += 1
      }
    }
  }
  expect(exact / compared).toBeGreaterThan(0.99)
})

test("[RG-2] ranges with a clock error hold in whatever order it leaves open", () => {
  const dice = new Dice(123)
  const clockErrorMs = 1300
  for (let pile = 0; pile < 400; pile += 1) {
    const { events, happenings } = randomPile(dice)
    if (happenings.some(({ kind }) => kind === "loss")) continue
    const told = events.map((event) => {
      return { ...event, effectiveAtMs: event.effectiveAtMs + dice.between(-clockErrorMs, clockErrorMs) }
    })
    for (const includes of setsToAsk(dice)) {
      for (const [key, { mustGrams, mayGrams }] of runPileSet(told, includes, { clockErrorMs })) {
        const oracle = oracleRange(happenings, includes, key)
        expect(mustGrams).toBeLessThanOrEqual(oracle.mustGrams)
        expect(mayGrams).toBeGreaterThanOrEqual(oracle.mayGrams)
      }
    }
  }
})
