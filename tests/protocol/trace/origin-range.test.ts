import { expect, test } from "bun:test"
import { type PileHistory, resolveOrigins, resolveSet } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"

function harvested(atMs: number, recordId: string, grams: number, sourceId: string): PileEvent {
  const sources = [{ sourceId, lowGrams: grams, highGrams: grams }]
  return { kind: "in", effectiveAtMs: atMs, recordId, grams, sources }
}

function sold(atMs: number, recordId: string, grams: number, line = 0): PileEvent {
  return { kind: "out", effectiveAtMs: atMs, recordId, line, grams }
}

/** The purchase of `from` = `pile/record#line`. */
function bought(atMs: number, recordId: string, grams: number, from: string): PileEvent {
  const [pileId = "", sale = ""] = from.split("/")
  const [upstreamRecord = "", line = "0"] = sale.split("#")
  const upstream = { pileId, recordId: upstreamRecord, line: Number(line) }
  return { kind: "in", effectiveAtMs: atMs, recordId, grams, upstream }
}

function read(histories: PileHistory[], pileId: string, key: string, lotGrams?: ReadonlyMap<string, number>) {
  const origins = resolveOrigins(histories, lotGrams ? { lotGrams } : {})
  if (!origins.ok) return origins.error
  const range = origins.value.piles.get(pileId)?.outflows.get(key)
  return range && Object.fromEntries(range.sources.map((s) => [s.sourceId, [s.mustGrams, s.mayGrams]]))
}

const wholesaler: PileHistory = {
  pileId: "w",
  events: [harvested(1, "a", 300, "A"), harvested(2, "b", 100, "B"), sold(3, "s", 200)],
}

test("[RG-15] a bag need not have the mix of the pile it came from: grams are carried, not shares", () => {
  const stall = { pileId: "m", events: [bought(4, "p", 200, "w/s#0"), sold(5, "t", 80)] }
  expect(read([wholesaler, stall], "w", "s#0")).toEqual({ A: [100, 200], B: [0, 100] })
  // Half of the purchase must be A; multiplied shares would claim 40 g of these 80.
  expect(read([wholesaler, stall], "m", "t#0")).toEqual({ A: [0, 80], B: [0, 80] })
})

test("[RG-15] a purchase that was accepted short may lack any of the goods", () => {
  const stall = { pileId: "m", events: [bought(4, "p", 150, "w/s"), sold(5, "t", 150)] }
  expect(read([wholesaler, stall], "m", "t#0")).toEqual({ A: [50, 150], B: [0, 100] })
})

test("[RG-15] four levels, and the piles given in the wrong order", () => {
  const level = (own: string, above: string, atMs: number): PileHistory => {
    return { pileId: own, events: [bought(atMs, "p", 200, `${above}/s`), sold(atMs + 1, "s", 200)] }
  }
  const histories = [level("z", "y", 30), level("y", "x", 20), level("x", "w", 10), wholesaler]
  expect(read(histories, "z", "s#0")).toEqual({ A: [100, 200], B: [0, 100] })
})

test("[RG-15] a shortfall upstream reaches the bags that were sold before it was found", () => {
  const short = { ...wholesaler, events: [...wholesaler.events, sold(9, "late", 230)] }
  const stall = { pileId: "m", events: [bought(4, "p", 200, "w/s"), sold(5, "t", 200)] }
  expect(read([short, stall], "m", "t#0")).toEqual({ A: [70, 200], B: [0, 100], unknown: [0, 30] })
})

test("[RG-15] the lines of one sale are told apart", () => {
  const base = { pileId: "w", events: [harvested(1, "a", 10, "A"), sold(2, "s", 10, 0)] }
  const other = { pileId: "v", events: [harvested(1, "b", 10, "B"), sold(2, "s", 10, 1)] }
  const stall = { pileId: "m", events: [bought(3, "p", 10, "v/s#1"), sold(4, "t", 10)] }
  expect(read([base, other, stall], "m", "t#0")).toEqual({ B: [10, 10] })
})

test("[RG-16] more than was sold is unknown, and listed", () => {
  const stall = { pileId: "m", events: [bought(4, "p", 230, "w/s"), sold(5, "t", 230)] }
  const origins = resolveOrigins([wholesaler, stall])
  if (!origins.ok) throw new Error("well founded")
  expect(origins.value.unresolved).toEqual([
    { pileId: "m", recordId: "p", line: 0, unknownGrams: 30, reason: "bought-more-than-sold" },
  ])
  expect(read([wholesaler, stall], "m", "t#0")).toEqual({ A: [100, 200], B: [0, 100], unknown: [30, 30] })
})

test("[RG-16] a sale bought twice covers the first purchase only", () => {
  const first = { pileId: "m", events: [bought(4, "p", 200, "w/s"), sold(5, "t", 200)] }
  const second = { pileId: "l", events: [bought(6, "q", 200, "w/s"), sold(7, "t", 200)] }
  expect(read([second, wholesaler, first], "l", "t#0")).toEqual({ unknown: [200, 200] })
  expect(read([second, wholesaler, first], "m", "t#0")).toEqual({ A: [100, 200], B: [0, 100] })
})

test("[RG-9, RG-16] boxes weigh no more of known goods than the seller's book had: the rest is unknown", () => {
  const seller = {
    pileId: "w",
    events: [harvested(1, "a", 5, "A"), { ...sold(2, "s", 8), lowGrams: 1 }] as PileEvent[],
  }
  const boxes = { ...bought(3, "p", 8, "w/s"), lowGrams: 1 } as PileEvent
  const stall = { pileId: "m", events: [boxes, harvested(4, "b", 4, "B"), sold(5, "t", 8)] }
  expect(read([seller, stall], "w", "s#0")).toEqual({ A: [1, 5] })
  expect(read([seller, stall], "m", "t#0")).toEqual({ A: [1, 5], B: [0, 4], unknown: [0, 3] })
})

test("[RG-16] a purchase of a sale that was voided, or that nobody has, is unknown", () => {
  const voids: PileEvent = { kind: "void", effectiveAtMs: 9, recordId: "v", voids: { recordId: "s" } }
  const stall = { pileId: "m", events: [bought(4, "p", 200, "w/s"), sold(5, "t", 50)] }
  expect(read([{ ...wholesaler, events: [...wholesaler.events, voids] }, stall], "m", "t#0")).toEqual({
    unknown: [50, 50],
  })
  const origins = resolveOrigins([stall])
  expect(origins.ok && origins.value.unresolved[0]?.reason).toBe("upstream-missing")
})

test("[RG-17] goods may go round in time: A sells to B, B sells to A", () => {
  const a = {
    pileId: "a",
    events: [harvested(1, "h", 100, "A"), sold(2, "s", 100), bought(5, "p", 80, "b/s"), sold(6, "t", 80)],
  }
  const b = { pileId: "b", events: [bought(3, "p", 100, "a/s"), harvested(3, "h", 50, "B"), sold(4, "s", 80)] }
  expect(read([a, b], "a", "t#0")).toEqual({ A: [30, 80], B: [0, 50] })
})

test("[RG-17] goods that would be their own origin are refused, with the purchases that wait", () => {
  const a = { pileId: "a", events: [bought(1, "p", 100, "b/s"), sold(2, "s", 100)] }
  const b = { pileId: "b", events: [bought(1, "q", 100, "a/s"), sold(2, "s", 100)] }
  const purchases = [
    { pileId: "a", recordId: "p", line: 0 },
    { pileId: "b", recordId: "q", line: 0 },
  ]
  expect(read([a, b], "a", "s#0")).toEqual({ kind: "not-well-founded", purchases } as never)
  expect(read([b, a], "a", "s#0")).toEqual({ kind: "not-well-founded", purchases } as never)
})

test("[RG-18] goods that come back on two ways are not counted twice, once the lots' weights are known", () => {
  const split = {
    pileId: "w",
    events: [harvested(1, "a", 100, "A"), harvested(1, "b", 100, "B"), sold(2, "s", 100), sold(3, "t", 100)],
  }
  const stall = { pileId: "m", events: [bought(4, "p", 100, "w/s"), bought(5, "q", 100, "w/t"), sold(6, "u", 150)] }
  expect(read([split, stall], "m", "u#0")).toEqual({ A: [0, 150], B: [0, 150] })
  const lotGrams = new Map([
    ["A", 100],
    ["B", 100],
  ] as const)
  expect(read([split, stall], "m", "u#0", lotGrams)).toEqual({ A: [50, 100], B: [50, 100] })
})

test("[RG-12] a set of lots over two levels", () => {
  const stall = { pileId: "m", events: [bought(4, "p", 200, "w/s"), harvested(4, "c", 50, "C"), sold(5, "t", 100)] }
  const ranges = resolveSet([wholesaler, stall], (sourceId) => sourceId === "A" || sourceId === "B")
  expect(ranges.ok && ranges.value.get("m")?.get("t#0")).toEqual({ grams: 100, mustGrams: 50, mayGrams: 100 })
})

test("[RG-14] only the outflows that are asked for are returned, whatever was needed to compute them", () => {
  const stall = { pileId: "m", events: [bought(4, "p", 200, "w/s"), sold(5, "t", 200), sold(6, "u", 0)] }
  const origins = resolveOrigins([wholesaler, stall], { keep: (pileId, key) => pileId === "m" && key === "t#0" })
  if (!origins.ok) throw new Error("well founded")
  expect([...origins.value.piles].map(([pileId, { outflows }]) => [pileId, [...outflows.keys()]])).toEqual([
    ["w", []],
    ["m", ["t#0"]],
  ])
})
