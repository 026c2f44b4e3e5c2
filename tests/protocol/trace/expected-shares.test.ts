import { expect, test } from "bun:test"
import { Habit } from "@suyuan/protocol/trace/expected-habit"
import { expectedShares, expectedWalk } from "@suyuan/protocol/trace/expected-shares"
import { resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { runPile } from "@suyuan/protocol/trace/pile"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "./dice"
import { Market } from "./item-simulation"

const at = (seconds: number, recordId: string) => ({ effectiveAtMs: seconds * 1000, recordId })
const lot = (seconds: number, sourceId: string, grams: number): PileEvent => {
  return { kind: "in", ...at(seconds, sourceId), grams, sources: [{ sourceId, lowGrams: grams, highGrams: grams }] }
}

function sharesOf(events: readonly PileEvent[], key: string) {
  const range = runPile(events).outflows.get(key)
  const shares = range && expectedShares([{ pileId: "p", events }])("p", key, range)
  return shares && { ...shares, sources: Object.fromEntries(shares.sources.map((one) => [one.sourceId, one.grams])) }
}

test("[RG-26] by perfect mixing as long as nothing is known of a stall's habit", () => {
  const events = [lot(1, "a", 300), lot(2, "b", 100), { kind: "out", ...at(3, "x"), grams: 100 } as const]
  expect(sharesOf(events, "x#0")).toEqual({
    ...{ method: "mixing", firstInWeight: 0, lastInWeight: 0 },
    sources: { a: 75, b: 25 },
  })
})

/** Each day a lot comes while some of the one before is left, and the seller points at one of the two. */
function days(chooses: "older" | "newer" | "either"): PileEvent[] {
  return Array.from({ length: 20 }, (_, day) => {
    const isOlder = chooses === "older" || (chooses === "either" && day % 2 === 0)
    const chosen = `lot ${isOlder ? day : day + 1}`
    return [
      lot(day * 10, `lot ${day}`, 100),
      lot(day * 10 + 1, `lot ${day + 1}`, 100),
      { kind: "out", ...at(day * 10 + 2, `chosen ${day}`), grams: 50, chosen } as const,
      { kind: "count", ...at(day * 10 + 3, `count ${day}`), grams: 0 } as const,
    ]
  })
    .flat()
    .map((event, index) => ({ ...event, recordId: `${event.recordId} ${index}` }))
}

test("[RG-26] by first or last in first out as far as the lots that a stall chose say so", () => {
  const later = [
    lot(1000, "early", 100),
    lot(1001, "late", 100),
    { kind: "out", ...at(1002, "x"), grams: 100 } as const,
  ]
  expect(sharesOf([...days("older"), ...later], "x#0")).toMatchObject({
    ...{ method: "blend", lastInWeight: 0, sources: { early: 98, late: 2 } },
  })
  expect(sharesOf([...days("newer"), ...later], "x#0")).toMatchObject({
    ...{ method: "blend", firstInWeight: 0, sources: { early: 2, late: 98 } },
  })
  expect(sharesOf([...days("either"), ...later], "x#0")).toMatchObject({ sources: { early: 50, late: 50 } })
  // A few choices move it a little: 5 of 100 days' worth.
  const few = sharesOf([...days("newer").slice(0, 4), ...later], "x#0")
  expect(few?.sources).toMatchObject({ early: 22, late: 78 })
})

test("[RG-26] weights are those that leave the least error, and never more than 1 together", () => {
  const dice = new Dice(7)
  for (let times = 0; times < 300; times += 1) {
    const habit = new Habit()
    const noted = Array.from({ length: dice.between(1, 12) }, () => {
      const shares = [0, 0, 0].map(() => dice.between(0, 100)).map((one) => one / 100)
      const [first = 0, last = 0, mixing = 0] = shares
      habit.note(first, last, mixing)
      return { first, last, mixing }
    })
    const errorAt = (f: number, l: number) =>
      noted.reduce(
        (sum, { first, last, mixing }) => sum + (1 - mixing - f * (first - mixing) - l * (last - mixing)) ** 2,
        0.2 * (f ** 2 + l ** 2),
      )
    const { firstInWeight, lastInWeight } = habit.calibrated()
    expect(Math.min(firstInWeight, lastInWeight, 1.000001 - firstInWeight - lastInWeight)).toBeGreaterThanOrEqual(0)
    const found = errorAt(firstInWeight, lastInWeight)
    for (let f = 0; f <= 1; f += 0.05) {
      for (let l = 0; f + l <= 1; l += 0.05) expect(found).toBeLessThanOrEqual(errorAt(f, l) + 1e-9)
    }
  }
})

test("[RG-26] layers have an end, and what came first still leaves first", () => {
  const lots = Array.from({ length: 100 }, (_, index) => lot(index, `lot ${String(index).padStart(2, "0")}`, 100))
  const { firstIn, mixed } = expectedWalk([{ pileId: "p", events: lots }]).carryOf("p")!
  expect(firstIn).toHaveLength(16)
  expect(mixed).toHaveLength(1)
  expect(firstIn.reduce((sum, { grams }) => sum + grams, 0)).toBe(10_000)
  const order = firstIn.flatMap(({ shares }) => shares.map(([sourceId]) => sourceId))
  expect(order).toEqual(order.toSorted())
  expect(order).toHaveLength(100)
})

test("[RG-26] every share is inside its range, and together they are the outflow, to the gram", () => {
  let [bags, blended] = [0, 0]
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = new Dice(seed)
    const market = new Market(dice, { chosenLots: seed % 2 === 0, offBook: seed % 3 === 0, boxes: seed % 5 === 0 })
    market.play(4)
    const origins = resolveOrigins(market.histories, { lotGrams: market.lotGrams })
    if (!origins.ok) throw new Error("an honest market is well founded")
    const sharesFor = expectedShares(market.histories)
    const shuffled = expectedShares(
      dice.shuffled(market.histories).map((one) => ({ ...one, events: dice.shuffled(one.events) })),
    )
    for (const { pileId, key } of market.bags) {
      const range = origins.value.piles.get(pileId)!.outflows.get(key)!
      const shares = sharesFor(pileId, key, range)!
      expect(shuffled(pileId, key, range)).toEqual(shares)
      // Of boxes the most can be more than the book has.
      const most = range.sources.reduce((sum, { mayGrams }) => sum + mayGrams, 0)
      expect(shares.sources.reduce((sum, { grams }) => sum + grams, 0)).toBe(Math.min(range.grams, most))
      for (const [index, { sourceId, mustGrams, mayGrams }] of range.sources.entries()) {
        const share = shares.sources[index]!
        const isInside = share.sourceId === sourceId && mustGrams <= share.grams && share.grams <= mayGrams
        expect(isInside).toBe(true)
      }
      bags += 1
      blended += shares.method === "blend" ? 1 : 0
    }
  }
  expect(bags).toBeGreaterThan(3000)
  expect(blended).toBeGreaterThan(50)
})
