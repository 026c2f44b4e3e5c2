import { expect, setDefaultTimeout, test } from "bun:test"
import { recallScope } from "@suyuan/protocol/trace/recall-scope"
import { gramsOf } from "../../../bench/trace/items"
import type { Teller } from "../../../bench/trace/judge-methods"
import { isStatementTrue, judgeStatements } from "../../../bench/trace/judge-ranges"
import { judgeHabit, saysTheSame } from "../../../bench/trace/judge-world"
import { keepBooks } from "../../../bench/trace/keep-books"
import { playWorld } from "../../../bench/trace/play-world"
import { isTrue, knownOf, RangedBooks } from "../../../bench/trace/range-books"
import { committedWorld, HABITS, type Habit, parseWorld } from "../../../bench/trace/world"
import { openDice } from "../../../scripts/demo/dice"

// Eight worlds are played and ranged by one test, beside others.
setDefaultTimeout(60_000)

const SEED = 7

const world = {
  ...committedWorld,
  days: 5,
  commodities: committedWorld.commodities.slice(0, 2),
  stalls: { ...committedWorld.stalls, count: 3 },
}

const reports = new Map(HABITS.map((habit) => [habit, judgeHabit(world, habit, SEED)]))

function sumOf(habit: Habit, method: Teller) {
  return reports.get(habit)!.methods.find((one) => one.method === method)!
}

test.each(HABITS)(
  "[RG-15] [RG-12] in a world of single items, %s, every bag holds what whole books say of it, and no recall misses one",
  (habit) => {
    const { complete } = reports.get(habit)!
    expect(complete.covered).toBe(complete.bags)
    expect(complete.byLevel.stall.bags).toBeGreaterThan(400)
    expect(sumOf(habit, "ours").missedSales).toBe(0)
  },
)

test("[RG-19] [RG-20] what buyers read of their bags is so of every one, in every habit", () => {
  const more = { ...committedWorld, days: 6, stalls: world.stalls }
  const read = HABITS.flatMap((habit) => {
    const played = playWorld(more, habit, SEED)
    return (["complete", "missing"] as const).map((kind) => {
      const books = new RangedBooks(keepBooks(played, kind, more, openDice(SEED)), played.lots)
      return judgeStatements(played.bags, books)
    })
  })
  expect(read.map(({ wrong }) => wrong)).toEqual(read.map(() => 0))
  expect(read.reduce((sum, { atLeast }) => sum + atLeast, 0)).toBeGreaterThan(50)
  const kinds = new Set(read.flatMap(({ counts }) => Object.keys(counts)))
  for (const kind of [
    "all-from base",
    "all-from county",
    "all-from province",
    "partly-from lot",
    "one-or-several lot",
  ]) {
    expect(kinds).toContain(kind)
  }
})

test("the judge sees a statement that claims what the bag does not hold", () => {
  const played = playWorld(world, "random", SEED)
  const books = new RangedBooks(keepBooks(played, "complete", world, openDice(SEED)), played.lots)
  const bag = played.bags.find(({ level, gramsByLot }) => level === "stall" && gramsByLot.size === 1)!
  const [lotId = ""] = bag.gramsByLot.keys()
  const [other = ""] = [...played.lots.keys()].filter((id) => id !== lotId)
  const whole = { level: "lot", mustGrams: bag.grams, mayGrams: bag.grams } as const
  const none = { mustGrams: 0, mayGrams: 0 }
  const said = {
    kind: "all-from",
    grams: bag.grams,
    inside: [],
    atLeast: undefined,
    unknown: none,
    tested: none,
  } as const
  expect(isStatementTrue({ ...said, places: [{ ...whole, place: lotId }] }, bag, books)).toBe(true)
  expect(isStatementTrue({ ...said, places: [{ ...whole, place: other }] }, bag, books)).toBe(false)
  const several = { ...said, kind: "one-or-several", places: [{ ...whole, mustGrams: 0, place: lotId }] } as const
  expect(isStatementTrue({ ...several, atLeast: { ...whole, place: other } }, bag, books)).toBe(false)
})

test("every shelf life of the committed world says where it is from", () => {
  for (const { shelfLifeSource } of committedWorld.commodities) expect(shelfLifeSource ?? "").not.toBe("")
})

test.each(HABITS)("[RG-3] records late, twice, in parts and in any order say the same, %s", (habit) => {
  expect(reports.get(habit)!.late.isSame).toBe(true)
})

test.each(HABITS)("[RG-8] goods that left without a record only widen the ranges, %s", (habit) => {
  const { missing } = reports.get(habit)!
  expect(missing.lostRecords).toBeGreaterThan(0)
  expect(missing.covered).toBe(missing.bags)
  expect(missing).toMatchObject({ narrowerSales: 0, recalls: { missedSales: 0 } })
})

test("first in first out and last in first out miss affected sales, most where sellers do the opposite", () => {
  expect(sumOf("newest-first", "fifo").missedSales).toBeGreaterThan(sumOf("oldest-first", "fifo").missedSales)
  expect(sumOf("oldest-first", "lifo").missedSales).toBeGreaterThan(sumOf("newest-first", "lifo").missedSales)
  expect(sumOf("random", "fifo").missedSales).toBeGreaterThan(0)
  expect(sumOf("random", "lifo").missedSales).toBeGreaterThan(0)
})

test("shares dealt out equally or multiplied are wrong about many bags", () => {
  expect(sumOf("random", "equal-in-window").rightShare).toBeLessThan(0.5)
  expect(sumOf("random", "proportional").rightShare).toBeLessThan(0.9)
  expect(sumOf("random", "proportional").expectedShareError).toBeGreaterThan(0)
})

test("the shelf-life window misses none and is wider than the ranges, from the harvest and more so from each arrival", () => {
  const { window } = reports.get("random")!
  expect(window.fromHarvest.missedSales + window.fromArrival.missedSales).toBe(0)
  expect(sumOf("random", "ours").scopeSales).toBeLessThan(window.fromHarvest.scopeSales)
  expect(window.fromHarvest.scopeSales).toBeLessThan(window.fromArrival.scopeSales)
})

test.each(HABITS)("[RC-1] the recall of all lots of a county reaches every sale that held some of one, %s", (habit) => {
  const played = playWorld(world, habit, SEED)
  const histories = keepBooks(played, "complete", world, openDice(SEED))
  const lotsOfCounty = Map.groupBy(played.lots.keys(), (lotId) => played.lots.get(lotId)!.county)
  for (const lots of lotsOfCounty.values()) {
    const recalled = new Set(lots)
    const scope = recallScope(histories, { lots: recalled, inflows: new Set() }, knownOf(played.lots))
    if (!scope.ok) throw new Error("a market has no goods that are their own origin")
    const inScope = new Map(scope.value.map(({ pileId, outflows }) => [pileId, outflows]))
    for (const { pileId, key, gramsByLot } of played.bags) {
      const grams = lots.reduce((sum, lotId) => sum + (gramsByLot.get(lotId) ?? 0), 0)
      const { mustGrams = 0, mayGrams = 0 } = inScope.get(pileId)?.get(key) ?? {}
      expect({ pileId, key, isInside: mustGrams <= grams && grams <= mayGrams }).toEqual({
        pileId,
        key,
        isInside: true,
      })
    }
  }
})

test.each(HABITS)(
  "[RC-3] the recall of one lot, as the gateway asks for it, reaches every sale that held some, %s",
  (habit) => {
    const played = playWorld(world, habit, SEED)
    const histories = keepBooks(played, "complete", world, openDice(SEED))
    const lotGrams = new Map([...played.lots].map(([id, { grams }]) => [id, grams]))
    let held = 0
    for (const lotId of [...played.lots.keys()].filter((_, index) => index % 4 === 0)) {
      const lots = new Set([lotId])
      const scope = recallScope(histories, { lots, inflows: new Set() }, { lotGrams, clockErrorMs: 1000 })
      if (!scope.ok) continue
      const inScope = new Map(scope.value.map(({ pileId, outflows }) => [pileId, outflows]))
      for (const { pileId, key, gramsByLot } of played.bags) {
        const grams = gramsByLot.get(lotId) ?? 0
        const { mustGrams = 0, mayGrams = 0 } = inScope.get(pileId)?.get(key) ?? {}
        expect({ lotId, pileId, key, isInside: mustGrams <= grams && grams <= mayGrams }).toMatchObject({
          isInside: true,
        })
        held += grams > 0 ? 1 : 0
      }
    }
    expect(held).toBeGreaterThan(100)
  },
)

test("the judge sees a bag that holds more than it may, less than it must, or what nobody named", () => {
  const range = { grams: 300, segmentStartMs: 0, sources: [{ sourceId: "a", mustGrams: 100, mayGrams: 300 }] }
  expect(isTrue(range, new Map([["a", 300]]))).toBe(true)
  expect(isTrue(range, new Map([["a", 301]]))).toBe(false)
  expect(isTrue(range, new Map([["a", 99]]))).toBe(false)
  expect(
    isTrue(
      range,
      new Map([
        ["a", 299],
        ["b", 1],
      ]),
    ),
  ).toBe(false)
})

test("the judge sees books that say something else", () => {
  const played = playWorld(world, "random", SEED)
  const books = new RangedBooks(keepBooks(played, "complete", world, openDice(SEED)), played.lots)
  expect(saysTheSame(keepBooks(played, "complete", world, openDice(1)), played, books)).toBe(true)
  expect(saysTheSame(keepBooks(played, "missing", world, openDice(1)), played, books)).toBe(false)
})

test("[RG-14] grams are kept to the gram: what came in has left, or lies there", () => {
  const played = playWorld(world, "mixed", SEED)
  const { piles } = new RangedBooks(keepBooks(played, "complete", world, openDice(SEED)), played.lots).byLot
  for (const [pileId, goods] of played.stocks) {
    const { stockGrams, shortfallGrams, segments } = piles.get(pileId) ?? {
      stockGrams: 0,
      shortfallGrams: 0,
      segments: [],
    }
    expect(stockGrams).toBe(gramsOf(goods))
    expect(shortfallGrams).toBe(0)
    for (const { surplusGrams, lossGrams } of segments) expect(surplusGrams + lossGrams).toBe(0)
  }
  for (const { grams, gramsByLot } of played.bags) {
    expect([...gramsByLot.values()].reduce((sum, own) => sum + own, 0)).toBe(grams)
  }
})

test("the same seed plays the same days, another one others", () => {
  expect(playWorld(world, "mixed", 1).entries).toEqual(playWorld(world, "mixed", 1).entries)
  expect(playWorld(world, "mixed", 1).entries).not.toEqual(playWorld(world, "mixed", 2).entries)
})

test("a world with a share above one, or a base that is nowhere, is refused", () => {
  expect(() => parseWorld({ ...committedWorld, testedShare: 1.5 })).toThrow()
  expect(() => parseWorld({ ...committedWorld, bases: committedWorld.bases.slice(1) })).toThrow("not in the list")
})
