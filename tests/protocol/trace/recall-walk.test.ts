/** The quick walk of plain books says of a recall what the ranges and shares of all sources say, to the gram. */
import { expect, test } from "bun:test"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { inflowKey, type RecalledPile, rangedScope, recallScope } from "@suyuan/protocol/trace/recall-scope"
import { recallWalk } from "@suyuan/protocol/trace/recall-walk"
import { Dice } from "./dice"

const clockErrorMs = 1000

/** Three levels; many events lie so near each other that clocks leave their order open, and weights are intervals. */
function randomBooks(dice: Dice) {
  const piles = ["base", "hall", "hall two", "stall", "stall two"]
  const histories: (PileHistory & { readonly events: PileEvent[] })[] = piles.map((pileId) => ({ pileId, events: [] }))
  const lotGrams = new Map<string, number>()
  let [record, nowMs] = [0, 0]
  const next = () => {
    nowMs += dice.one([0, 0, 1, 500, 1999, 2000, 2001, 4000, 60_000])
    record += 1
    return { recordId: `${dice.between(10, 99)}-${record}`, effectiveAtMs: nowMs, line: dice.between(0, 1) }
  }
  const weight = () => {
    const grams = dice.between(0, 90)
    return dice.happens(0.25) ? { grams, lowGrams: dice.between(0, grams) } : { grams }
  }
  for (let round = 0; round < 60; round += 1) {
    const at = dice.between(0, piles.length - 1)
    const own = histories[at]!
    const level = Math.ceil(at / 2)
    const kind = dice.one(["in", "in", "buy", "buy", "out", "out", "out", "count"])
    if (kind === "in" && (level === 0 || dice.happens(0.2))) {
      const sourceId = `lot ${record}`
      const { grams, lowGrams } = { lowGrams: undefined, ...weight() }
      const isKnown = level === 0 && grams > 0 && dice.happens(0.8)
      if (isKnown) lotGrams.set(sourceId, grams + dice.between(-5, 5))
      own.events.push({
        ...{ kind: "in", ...next(), grams, ...(lowGrams !== undefined && { lowGrams }) },
        ...(isKnown && { sources: [{ sourceId, lowGrams: dice.between(0, grams), highGrams: grams }] }),
      })
    } else if (kind === "buy" && level > 0) {
      const seller = histories[dice.between(Math.max(0, 2 * level - 3), Math.max(0, 2 * level - 2))]!
      const sold = seller.events.filter((event) => event.kind === "out")
      const outflow = sold.length === 0 ? undefined : dice.one(sold)
      const named = outflow ?? { recordId: "nowhere", line: 0, grams: dice.between(1, 50) }
      const grams = dice.happens(0.7) ? named.grams : dice.between(0, named.grams + 5)
      const upstream = { pileId: seller.pileId, recordId: named.recordId, line: named.line ?? 0 }
      own.events.push({ kind: "in", ...next(), grams, upstream })
    } else if (kind === "count") {
      own.events.push({ kind: "count", ...next(), grams: dice.happens(0.6) ? 0 : dice.between(0, 60) })
    } else {
      // Some stand for many that left since the one before.
      const sinceMs = own.events.findLast(({ kind }) => kind !== "in")?.effectiveAtMs ?? 0
      const named = next()
      const fromMs = dice.between(sinceMs, named.effectiveAtMs)
      const run = dice.happens(0.2) && { recordId: `00-${record}`, fromMs }
      own.events.push({ kind: "out", ...named, ...weight(), ...run })
    }
  }
  return { histories, lotGrams }
}

/** In one order; of what holds none of the set, ranges do not look at how much there is. */
const comparable = (piles: readonly RecalledPile[]) =>
  piles
    .map(({ stock, ...pile }) => ({ ...pile, stock: stock.mayGrams === 0 ? undefined : stock }))
    .toSorted((a, b) => (a.pileId < b.pileId ? -1 : 1))

test("[RC-1, RC-3, RC-4] says what ranges and shares say, of lots and of inflows, with and without the lots' weights", () => {
  let [walked, held] = [0, 0]
  for (let seed = 1; seed <= 400; seed += 1) {
    const dice = new Dice(seed)
    const { histories, lotGrams } = randomBooks(dice)
    const lots = new Set([...lotGrams.keys()].filter(() => dice.happens(0.4)))
    const unknown = histories.flatMap(({ pileId, events }) =>
      events.flatMap((event) => (event.kind === "in" && dice.happens(0.05) ? [inflowKey(pileId, event)] : [])),
    )
    const sources = { lots, inflows: new Set(dice.happens(0.3) ? unknown : []) }
    const options = { clockErrorMs, ...(dice.happens(0.7) && { lotGrams }) }
    const includes = (sourceId: string) => lots.has(sourceId)
    if (recallWalk(histories, { includes, clockErrorMs })) walked += 1
    const [quick, ranged] = [recallScope(histories, sources, options), rangedScope(histories, sources, options)]
    if (!quick.ok || !ranged.ok) {
      expect({ seed, ok: quick.ok }).toEqual({ seed, ok: ranged.ok })
      continue
    }
    held += ranged.value.length
    expect({ seed, piles: comparable(quick.value) }).toEqual({ seed, piles: comparable(ranged.value) })
  }
  expect(walked).toBeGreaterThan(300)
  expect(held).toBeGreaterThan(300)
})

test("[RC-1] says nothing of other books: a return, a chosen lot, an event that came twice, goods that went round", () => {
  const at = (recordId: string, effectiveAtMs: number) => ({ recordId, effectiveAtMs })
  const harvest: PileEvent = {
    ...{ kind: "in", ...at("a", 0), grams: 50, sources: [{ sourceId: "lot", lowGrams: 50, highGrams: 50 }] },
  }
  const sale: PileEvent = { kind: "out", ...at("b", 10_000), grams: 20 }
  const walk = (...events: PileEvent[]) =>
    recallWalk([{ pileId: "p", events }], { includes: () => true, clockErrorMs }) !== undefined
  expect(walk(harvest, sale)).toBe(true)
  expect(walk(harvest, sale, sale)).toBe(false)
  expect(walk(harvest, { ...sale, chosen: "lot" })).toBe(false)
  expect(walk(harvest, sale, { kind: "void", ...at("c", 10_000), voids: { recordId: "b" } })).toBe(false)
  expect(walk(harvest, sale, { kind: "in", ...at("c", 20_000), grams: 5, returnOf: { recordId: "b" } })).toBe(false)
  const own = { pileId: "p", recordId: "b", line: 0 }
  expect(walk({ kind: "in", ...at("d", 5000), grams: 20, upstream: own }, sale)).toBe(false)
})
