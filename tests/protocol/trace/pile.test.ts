import { expect, test } from "bun:test"
import { type OutflowRange, type PileOptions, runPile, runPileSet } from "@suyuan/protocol/trace/pile"
import type { PileEvent, SourceGrams } from "@suyuan/protocol/trace/pile-event"

function pure(sourceId: string, grams: number): SourceGrams[] {
  return [{ sourceId, lowGrams: grams, highGrams: grams }]
}

function came(atMs: number, recordId: string, grams: number, source?: string): PileEvent {
  const sources = source === undefined ? {} : { sources: pure(source, grams) }
  return { kind: "in", effectiveAtMs: atMs, recordId, grams, ...sources }
}

function left(atMs: number, recordId: string, grams: number): PileEvent {
  return { kind: "out", effectiveAtMs: atMs, recordId, grams }
}

function counted(atMs: number, recordId: string, grams: number): PileEvent {
  return { kind: "count", effectiveAtMs: atMs, recordId, grams }
}

/** A range as `{source: [must, may]}`. */
function read(range: OutflowRange | undefined): Record<string, [number, number]> | undefined {
  return range && Object.fromEntries(range.sources.map((s) => [s.sourceId, [s.mustGrams, s.mayGrams]]))
}

function rangeOf(events: readonly PileEvent[], key: string, options?: PileOptions) {
  return read(runPile(events, options).outflows.get(key))
}

test("[RG-10] two lots poured together: the larger must be in a sale that the smaller cannot fill", () => {
  const events = [came(1, "a", 10_000, "A"), came(2, "b", 30_000, "B"), left(3, "s1", 15_000), left(4, "s2", 20_000)]
  expect(rangeOf(events, "s1#0")).toEqual({ A: [0, 10_000], B: [5_000, 15_000] })
  expect(rangeOf(events, "s2#0")).toEqual({ A: [0, 10_000], B: [10_000, 20_000] })
})

test("[RG-10] what came after a pile was empty is all of the next sale", () => {
  const events = [came(1, "a", 500, "A"), left(2, "s1", 500), came(3, "b", 700, "B"), left(4, "s2", 600)]
  expect(rangeOf(events, "s2#0")).toEqual({ B: [600, 600] })
})

test("[RG-10] of an old lot no more can be left than the pile held at its lowest", () => {
  const events = [came(1, "a", 500, "A"), left(2, "s1", 450), came(3, "b", 950, "B"), left(4, "s2", 500)]
  expect(rangeOf(events, "s2#0")).toEqual({ A: [0, 50], B: [450, 500] })
})

test("[RG-1] goods that nobody declared are from the source unknown", () => {
  const events = [came(1, "a", 300, "A"), came(2, "hand", 200), left(3, "s", 400)]
  expect(rangeOf(events, "s#0")).toEqual({ A: [200, 300], unknown: [100, 200] })
})

test("[RG-1] of declared ranges that cannot fill an inflow the rest is unknown", () => {
  const sources = [{ sourceId: "A", lowGrams: 20, highGrams: 60 }]
  const events: PileEvent[] = [{ kind: "in", effectiveAtMs: 1, recordId: "a", grams: 100, sources }, left(2, "s", 100)]
  expect(rangeOf(events, "s#0")).toEqual({ A: [20, 60], unknown: [40, 80] })
})

test("[RG-2] goods that come in the second of a sale can be in it", () => {
  const events = [came(5, "z", 100, "A"), came(5, "y", 100, "B"), left(5, "a", 100)]
  expect(rangeOf(events, "a#0")).toEqual({ A: [0, 100], B: [0, 100] })
})

test("[RG-2] sales of one second count in the order of their record ids, lines in theirs", () => {
  const sale: PileEvent[] = [
    { kind: "out", effectiveAtMs: 5, recordId: "s", line: 1, grams: 60 },
    { kind: "out", effectiveAtMs: 5, recordId: "s", line: 0, grams: 60 },
  ]
  const { outflows } = runPile([...sale, came(1, "a", 120, "A")])
  expect([...outflows.keys()]).toEqual(["s#0", "s#1"])
})

test("[RG-2] a clock error lets goods be in a sale that seems to come just before them", () => {
  const events = [came(0, "a", 100, "A"), left(10_000, "s", 50), came(12_000, "b", 100, "B"), left(60_000, "t", 50)]
  expect(rangeOf(events, "s#0")).toEqual({ A: [50, 50] })
  expect(rangeOf(events, "s#0", { clockErrorMs: 1_000 })).toEqual({ A: [0, 50], B: [0, 50] })
  expect(rangeOf(events, "s#0", { clockErrorMs: 999 })).toEqual({ A: [50, 50] })
})

test("[RG-3] one record line with two contents is a programmer error", () => {
  expect(() => runPile([left(1, "s", 5), left(1, "s", 6)])).toThrow("two contents")
  expect(() => runPile([left(1, "s", 5), left(1, "s", 5)])).not.toThrow()
})

test("[RG-1] weights and times that are not whole numbers are a programmer error", () => {
  for (const grams of [0.5, -1, Number.NaN, 2 ** 53]) expect(() => runPile([left(1, "s", grams)])).toThrow("grams")
  expect(() => runPile([left(1.5, "s", 1)])).toThrow("milliseconds")
  const heavy = [{ sourceId: "A", lowGrams: 0, highGrams: 11 }]
  expect(() => runPile([{ kind: "in", effectiveAtMs: 1, recordId: "a", grams: 10, sources: heavy }])).toThrow("within")
})

test("[RG-4] a voided sale never left the pile", () => {
  const kept = [came(1, "a", 100, "A"), came(3, "b", 100, "B"), left(4, "t", 150)]
  const voids: PileEvent = { kind: "void", effectiveAtMs: 9, recordId: "v", voids: { recordId: "s" } }
  expect(runPile([...kept, left(2, "s", 100), voids])).toEqual(runPile(kept))
})

test("[RG-4] a part that was never handed over lowers its line, and only that line", () => {
  const line = (index: number, grams: number): PileEvent => {
    return { kind: "out", effectiveAtMs: 2, recordId: "s", line: index, grams }
  }
  const voids: PileEvent = {
    kind: "void",
    effectiveAtMs: 3,
    recordId: "v",
    voids: { recordId: "s", line: 1 },
    grams: 20,
  }
  const { outflows, stockGrams } = runPile([came(1, "a", 100, "A"), line(0, 30), line(1, 50), voids])
  expect([...outflows].map(([key, { grams }]) => [key, grams])).toEqual([
    ["s#0", 30],
    ["s#1", 30],
  ])
  expect(stockGrams).toBe(40)
})

test("[RG-5] returned goods come in with the ranges of their sale", () => {
  const events: PileEvent[] = [
    came(1, "a", 100, "A"),
    left(2, "s", 60),
    counted(3, "c", 0),
    came(4, "b", 100, "B"),
    { kind: "in", effectiveAtMs: 5, recordId: "r", grams: 40, returnOf: { recordId: "s" } },
    left(6, "t", 120),
  ]
  expect(rangeOf(events, "t#0")).toEqual({ A: [20, 40], B: [80, 100] })
})

test("[RG-13] a return does not count goods twice: all but the other lot is still certain", () => {
  const events: PileEvent[] = [
    came(1, "a", 100, "A"),
    came(2, "hand", 100),
    left(3, "s", 100),
    { kind: "in", effectiveAtMs: 4, recordId: "r", grams: 100, returnOf: { recordId: "s" } },
    left(5, "t", 150),
  ]
  expect(rangeOf(events, "t#0")).toEqual({ A: [50, 100], unknown: [50, 100] })
})

test("[RG-5] a return whose clock is behind its sale's follows the sale", () => {
  const back = (effectiveAtMs: number): PileEvent => {
    return { kind: "in", effectiveAtMs, recordId: "r", grams: 10, returnOf: { recordId: "s", line: 0 } }
  }
  const events = [came(1, "a", 100, "A"), left(5, "s", 30), left(8, "t", 80)]
  expect(runPile([...events, back(2)])).toEqual(runPile([...events, back(6)]))
})

test("[RG-5] returns of nothing, or of more than was sold, are set aside", () => {
  const back = (recordId: string, grams: number, of: string): PileEvent => {
    return { kind: "in", effectiveAtMs: 9, recordId, grams, returnOf: { recordId: of } }
  }
  const events = [
    came(1, "a", 100, "A"),
    left(2, "s", 30),
    back("r1", 20, "s"),
    back("r2", 20, "s"),
    back("r3", 1, "?"),
  ]
  const voids: PileEvent = { kind: "void", effectiveAtMs: 9, recordId: "v", voids: { recordId: "?" } }
  const { setAside, stockGrams } = runPile([...events, voids])
  expect(setAside).toEqual([
    { recordId: "r2", line: 0, reason: "returned-more-than-sold" },
    { recordId: "r3", line: 0, reason: "return-without-outflow" },
    { recordId: "v", line: 0, reason: "void-without-outflow" },
  ])
  expect(stockGrams).toBe(90)
})

test("[RG-5, RG-9] goods of boxes that come back are unknown as far as the book did not have them", () => {
  const events: PileEvent[] = [
    { kind: "out", effectiveAtMs: 0, recordId: "boxes", grams: 8, lowGrams: 1 },
    { kind: "in", effectiveAtMs: 1, recordId: "back", grams: 6, returnOf: { recordId: "boxes" } },
    came(2, "a", 5, "A"),
    left(3, "s", 8),
  ]
  expect(rangeOf(events, "s#0")).toEqual({ A: [2, 5], unknown: [3, 6] })
})

test("[RG-5, RG-25] what comes back at once of a chosen lot is there afterwards, in every order of clocks", () => {
  const events: PileEvent[] = [
    came(0, "a", 10, "A"),
    { kind: "out", effectiveAtMs: 100_000, recordId: "chosen", grams: 7, chosen: "A" },
    { kind: "in", effectiveAtMs: 100_000, recordId: "back", grams: 4, returnOf: { recordId: "chosen" } },
    came(200_000, "b", 5, "B"),
    left(300_000, "s", 9),
  ]
  for (const clockErrorMs of [0, 1000]) {
    expect(rangeOf(events, "s#0", { clockErrorMs })).toEqual({ A: [4, 7], B: [2, 5] })
  }
})

test("[RG-6] a shortfall in the evening makes the morning's sales uncertain", () => {
  const morning = [came(1, "a", 100, "A"), left(2, "s", 60)]
  expect(rangeOf(morning, "s#0")).toEqual({ A: [60, 60] })
  const { outflows, shortfallGrams, stockGrams } = runPile([...morning, left(3, "t", 70)])
  expect(shortfallGrams).toBe(30)
  expect(stockGrams).toBe(0)
  expect(read(outflows.get("s#0"))).toEqual({ A: [30, 60], unknown: [0, 30] })
  expect(read(outflows.get("t#0"))).toEqual({ A: [40, 70], unknown: [0, 30] })
})

test("[RG-6] a book that reads zero proves nothing: goods bought off the books may have been there", () => {
  const events = [came(1, "a", 100, "A"), left(2, "s", 100), came(3, "b", 100, "B"), left(4, "t", 120)]
  const { outflows } = runPile(events)
  expect(read(outflows.get("s#0"))).toEqual({ A: [80, 100], unknown: [0, 20] })
  // Everything is sold, so all of A, B and the unknown goods are in these two sales.
  expect(read(outflows.get("t#0"))).toEqual({ A: [0, 20], B: [100, 100], unknown: [0, 20] })
})

test("[RG-6] a count of zero does: a shortfall after it says nothing about the time before", () => {
  const events = [came(1, "a", 100, "A"), left(2, "s", 90), counted(3, "c", 0), came(4, "b", 50, "B"), left(5, "t", 60)]
  const { outflows, segments } = runPile(events)
  expect(read(outflows.get("s#0"))).toEqual({ A: [90, 90] })
  expect(read(outflows.get("t#0"))).toEqual({ B: [50, 50], unknown: [10, 10] })
  expect(outflows.get("t#0")?.segmentStartMs).toBe(3)
  expect(segments).toEqual([
    { startMs: 1, endMs: 3, shortfallGrams: 0, surplusGrams: 0, lossGrams: 10 },
    { startMs: 3, endMs: undefined, shortfallGrams: 10, surplusGrams: 0, lossGrams: 0 },
  ])
})

test("[RG-7] a stock-take that finds more makes the sales before it uncertain by the surplus", () => {
  const events = [came(1, "a", 100, "A"), left(2, "s", 60), counted(3, "c", 55)]
  const { outflows, stockGrams, live } = runPile(events)
  expect(stockGrams).toBe(55)
  expect(read(outflows.get("s#0"))).toEqual({ A: [45, 60], unknown: [0, 15] })
  expect(live).toEqual([
    { sourceId: "A", mustGrams: 40, mayGrams: 55 },
    { sourceId: "unknown", mustGrams: 0, mayGrams: 15 },
  ])
})

test("[RG-7] a stock-take that finds less caps every source at what was found", () => {
  const events = [came(1, "a", 100, "A"), came(2, "b", 100, "B"), counted(3, "c", 30), came(4, "d", 100, "D")]
  const { outflows } = runPile([...events, left(5, "s", 100)])
  expect(read(outflows.get("s#0"))).toEqual({ A: [0, 30], B: [0, 30], D: [70, 100] })
})

test("[RG-9] boxes: the most by the high weight, the least by the low one", () => {
  const sources = [{ sourceId: "A", lowGrams: 900, highGrams: 1_100 }]
  const events: PileEvent[] = [
    { kind: "in", effectiveAtMs: 1, recordId: "a", grams: 1_100, lowGrams: 900, sources },
    came(2, "b", 1_000, "B"),
    { kind: "out", effectiveAtMs: 3, recordId: "s", grams: 1_300, lowGrams: 1_200 },
  ]
  const { outflows, stockGrams, live } = runPile(events)
  expect(read(outflows.get("s#0"))).toEqual({ A: [200, 1_100], B: [100, 1_000] })
  // 2,100 at most came, 1,200 at least left; of the 600 that are there at least, all may be one lot's.
  expect(stockGrams).toBe(900)
  expect(live.map(({ mustGrams, mayGrams }) => [mustGrams, mayGrams])).toEqual([
    [0, 900],
    [0, 900],
  ])
})

test("[RG-12] a set can be certain although none of its sources is", () => {
  const events = [came(1, "a", 50, "A"), came(2, "b", 50, "B"), came(3, "c", 20, "C"), left(4, "s", 40)]
  expect(rangeOf(events, "s#0")).toEqual({ A: [0, 40], B: [0, 40], C: [0, 20] })
  const set = runPileSet(events, (sourceId) => sourceId !== "C")
  expect(set.get("s#0")).toEqual({ grams: 40, mustGrams: 20, mayGrams: 40 })
})

test("[RG-12] groups take the place of sources in the result", () => {
  const events = [came(1, "a", 50, "A"), came(2, "b", 50, "B"), came(3, "hand", 20), left(4, "s", 40)]
  const groupOf = (sourceId: string) => (sourceId === "unknown" ? sourceId : "Hebei")
  expect(rangeOf(events, "s#0", { groupOf })).toEqual({ Hebei: [20, 40], unknown: [0, 20] })
})

test("[RG-18] nothing holds more of a lot than the lot weighed", () => {
  const twoPurchases = [1, 2].map((atMs): PileEvent => {
    const sources = ["A", "B"].map((sourceId) => ({ sourceId, lowGrams: 0, highGrams: 100 }))
    return { kind: "in", effectiveAtMs: atMs, recordId: `p${atMs}`, grams: 100, sources }
  })
  const events = [...twoPurchases, left(3, "s", 180)]
  expect(rangeOf(events, "s#0")).toEqual({ A: [0, 180], B: [0, 180] })
  const lotGrams = new Map([["A", 110]])
  expect(rangeOf(events, "s#0", { lotGrams })).toEqual({ A: [0, 110], B: [70, 180] })
})

test("[RG-14] an empty pile has no ranges", () => {
  const carry = { grams: 0, lowGrams: 0, sources: [] }
  const empty = { stockGrams: 0, live: [], carry, shortfallGrams: 0, segments: [], setAside: [] }
  expect(runPile([])).toEqual({ outflows: new Map(), ...empty })
})

test("[RG-15] a purchase needs its upstream pile", () => {
  const upstream = { pileId: "p", recordId: "s", line: 0 }
  const events: PileEvent[] = [{ kind: "in", effectiveAtMs: 1, recordId: "a", grams: 10, upstream }]
  expect(() => runPile(events)).toThrow("resolveOrigins")
})

test("[RG-14] a busy pile of many lots is walked in one pass", () => {
  const events: PileEvent[] = []
  for (let i = 0; i < 20_000; i += 1) {
    const recordId = i.toString(16).padStart(32, "0")
    if (i % 20 === 0) events.push(came(i, recordId, 19_000, `lot-${i % 200}`))
    else events.push(left(i, recordId, 1_000))
  }
  const { outflows, stockGrams, shortfallGrams } = runPile(events, { keep: (key) => key.endsWith("ff#0") })
  expect([stockGrams, shortfallGrams]).toEqual([0, 0])
  for (const range of outflows.values()) expect(range.sources).toHaveLength(1)
})
