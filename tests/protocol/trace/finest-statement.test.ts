import { expect, test } from "bun:test"
import {
  finestStatement,
  groupOfLevel,
  groupOfTested,
  type LotPlace,
  mostPercent,
  type PlaceOf,
} from "@suyuan/protocol/trace/finest-statement"
import { type OutflowRange, runPile } from "@suyuan/protocol/trace/pile"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"

const PLACES: Record<string, LotPlace> = {
  zhangbei1: { base: "base-1", county: "Zhangbei", province: "Hebei", tested: true },
  zhangbei2: { base: "base-1", county: "Zhangbei", province: "Hebei" },
  guyuan: { base: "base-2", county: "Guyuan", province: "Hebei", tested: true },
  shouguang: { base: "base-3", county: "Shouguang", province: "Shandong", tested: true },
  somewhere: {},
}
const placeOf: PlaceOf = (sourceId) => PLACES[sourceId]

/** The range of a sale of `grams` out of a pile into which `lots` were poured. */
function poured(lots: Record<string, number>, grams: number, groupOf?: (sourceId: string) => string): OutflowRange {
  const events = Object.entries(lots).map(([sourceId, own], index): PileEvent => {
    const sources = [{ sourceId, lowGrams: own, highGrams: own }]
    return { kind: "in", effectiveAtMs: index, recordId: sourceId, grams: own, sources }
  })
  const sale: PileEvent = { kind: "out", effectiveAtMs: 99, recordId: "s", grams }
  return runPile([...events, sale], groupOf ? { groupOf } : {}).outflows.get("s#0")!
}

function said(lots: Record<string, number>, grams: number) {
  const { kind, places, ...rest } = finestStatement(poured(lots, grams), placeOf)
  return { kind, places: places.map(({ level, place }) => `${level} ${place}`), ...rest }
}

test("[RG-19] one lot: everything is from it", () => {
  expect(said({ zhangbei1: 100 }, 40)).toEqual({
    kind: "all-from",
    places: ["lot zhangbei1"],
    inside: [],
    atLeast: undefined,
    grams: 40,
    unknown: { mustGrams: 0, mayGrams: 0 },
    tested: { mustGrams: 40, mayGrams: 40 },
  })
})

test("[RG-9] of a box of 3 to 5 kg no more must be of two lots than a light one holds, and of it all may be of one", () => {
  const events: PileEvent[] = ["zhangbei1", "zhangbei2", "shouguang"].map((sourceId, index) => {
    const grams = sourceId === "shouguang" ? 1000 : 2500
    const sources = [{ sourceId, lowGrams: grams, highGrams: grams }]
    return { kind: "in", effectiveAtMs: index, recordId: sourceId, grams, sources }
  })
  const box: PileEvent = { kind: "out", effectiveAtMs: 99, recordId: "s", grams: 5000, lowGrams: 3000 }
  const range = runPile([...events, box]).outflows.get("s#0")!
  const { atLeast } = finestStatement(range, placeOf)
  expect(atLeast).toEqual({ level: "base", place: "base-1", mustGrams: 2000, mayGrams: 5000 })
  expect(mostPercent(1000, range)).toBe(34)
  expect(mostPercent(4000, range)).toBe(100)
  expect(mostPercent(0, range)).toBe(0)
})

test("[RG-19] two lots of one base: everything is from the base, of which only one lot is tested", () => {
  const { kind, places, tested } = said({ zhangbei1: 100, zhangbei2: 10 }, 40)
  expect([kind, places]).toEqual(["all-from", ["base base-1"]])
  expect(tested).toEqual({ mustGrams: 30, mayGrams: 40 })
})

test("[RG-19] two bases of one province: everything is from the province, with the bases inside", () => {
  const { kind, places, inside } = said({ zhangbei1: 100, guyuan: 70 }, 80)
  expect([kind, places]).toEqual(["all-from", ["province Hebei"]])
  expect(inside).toEqual([
    { level: "base", place: "base-1", mustGrams: 10, mayGrams: 80 },
    { level: "base", place: "base-2", mustGrams: 0, mayGrams: 70 },
  ])
})

test("[RG-20] two provinces: from one or several lots, and at least so much from one province", () => {
  const { kind, places, atLeast } = said({ zhangbei1: 50, guyuan: 50, shouguang: 40 }, 60)
  expect(kind).toBe("one-or-several")
  expect(places).toEqual(["lot guyuan", "lot zhangbei1", "lot shouguang"])
  expect(atLeast).toEqual({ level: "province", place: "Hebei", mustGrams: 20, mayGrams: 60 })
})

test("[RG-20] of places of which as much is certain the finest is said, and nothing where nothing is", () => {
  expect(said({ zhangbei1: 70, shouguang: 30 }, 60).atLeast).toMatchObject({ level: "lot", place: "zhangbei1" })
  expect(said({ zhangbei1: 70, shouguang: 70 }, 60).atLeast).toBeUndefined()
})

test("[RG-20] more lots than anybody reads are listed by a coarser level", () => {
  for (const lot of ["z3", "z4", "z5", "z6"]) PLACES[lot] = PLACES.zhangbei1!
  const { places } = said({ z3: 10, z4: 10, z5: 10, z6: 10, zhangbei1: 10, guyuan: 10, shouguang: 10 }, 60)
  expect(places.map((place) => place.split(" ")[0])).toEqual(["base", "base", "base"])
})

test("[RG-21] unknown goods are never hidden: what is known is from one place, the rest is unknown", () => {
  const { kind, places, unknown } = said({ zhangbei1: 100, unknown: 20 }, 100)
  expect([kind, places]).toEqual(["partly-from", ["lot zhangbei1"]])
  expect(unknown).toEqual({ mustGrams: 0, mayGrams: 20 })
})

test("[RG-21] only unknown goods: nothing is said about places", () => {
  const { kind, places, unknown } = said({ unknown: 20 }, 10)
  expect([kind, places, unknown]).toEqual(["unknown", [], { mustGrams: 10, mayGrams: 10 }])
})

test("[RG-20] a lot without a place stands for itself", () => {
  expect(said({ zhangbei1: 100, somewhere: 20 }, 100).places).toEqual(["lot zhangbei1", "lot somewhere"])
})

test("[RG-19] ranges of a run by groups take the place of sums", () => {
  const lots = { zhangbei1: 50, guyuan: 50, shouguang: 40 }
  const province = poured(lots, 60, groupOfLevel("province", placeOf))
  const tested = poured(lots, 60, groupOfTested(placeOf))
  expect(finestStatement(poured(lots, 60), placeOf, { province, tested })).toEqual(
    finestStatement(poured(lots, 60), placeOf),
  )
})

test("[RG-12] of lots that stand together less is said to be possible than of each by itself", () => {
  const inflow = (sourceId: string, effectiveAtMs: number, grams: number): PileEvent => {
    return {
      kind: "in",
      effectiveAtMs,
      recordId: sourceId,
      grams,
      sources: [{ sourceId, lowGrams: grams, highGrams: grams }],
    }
  }
  const out = (recordId: string, effectiveAtMs: number, grams: number): PileEvent => {
    return { kind: "out", effectiveAtMs, recordId, grams }
  }
  // What stays of the three lots is no more than 20 g, of whichever: the last sale holds at least 20 of the others' 40.
  const lots = [inflow("zhangbei1", 1, 20), inflow("guyuan", 2, 20), inflow("somewhere", 3, 20)]
  const later = [inflow("shouguang", 5, 20), inflow("shouguang2", 6, 20)]
  const events = [...lots, out("a", 4, 40), ...later, out("b", 7, 40)]
  const places: PlaceOf = (id) => (id === "shouguang2" ? PLACES.shouguang : placeOf(id))
  const rangeBy = (groupOf?: (sourceId: string) => string) =>
    runPile(events, groupOf ? { groupOf } : {}).outflows.get("b#0")!
  const province = rangeBy(groupOfLevel("province", places))
  expect(finestStatement(rangeBy(), places).atLeast).toBeUndefined()
  expect(finestStatement(rangeBy(), places, { province }).atLeast).toMatchObject({
    level: "province",
    place: "Shandong",
    mustGrams: 20,
  })
})

test("[RG-23] a set that is over with its last lot is no wider than its lots are", () => {
  const range = poured({ zhangbei1: 50, guyuan: 50, shouguang: 40 }, 60)
  const province = poured({ zhangbei1: 50, guyuan: 50, shouguang: 40 }, 60, groupOfLevel("province", placeOf))
  const wider = { ...province, sources: province.sources.map((one) => ({ ...one, mustGrams: 0, mayGrams: 60 })) }
  expect(finestStatement(range, placeOf, { province: wider })).toEqual(finestStatement(range, placeOf))
})
