import { describe, expect, test } from "bun:test"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { claimedGrams } from "@suyuan/protocol/trace/recall-claims"
import { recallScope } from "@suyuan/protocol/trace/recall-scope"

const recalled = new Set(["ours"])
const lotOf = (recordId: string, at: number, grams: number, lot: string): PileEvent => {
  return {
    kind: "in",
    recordId,
    effectiveAtMs: at,
    grams,
    sources: [{ sourceId: lot, lowGrams: grams, highGrams: grams }],
  }
}
const sold = (recordId: string, at: number, grams: number, chosen?: string): PileEvent => {
  return { kind: "out", recordId, effectiveAtMs: at, grams, ...(chosen !== undefined && { chosen }) }
}

/** By sale, of one stall; and what the books say that it may hold. */
function saidOf(...events: readonly PileEvent[]) {
  const histories: PileHistory[] = [{ pileId: "stall", events }]
  const scope = recallScope(histories, { lots: recalled, inflows: new Set() })
  if (!scope.ok) throw new Error("goods went round")
  const may = [...(scope.value[0]?.outflows ?? [])].map(([key, { mayGrams }]) => [key, mayGrams])
  return {
    claimed: Object.fromEntries(claimedGrams(histories, recalled, scope.value).get("stall") ?? []),
    may: Object.fromEntries(may),
  }
}

describe("[RC-21] what a seller said was of a recalled lot", () => {
  test("is claimed where the books never had any, and is no claim of other sales or of other lots", () => {
    expect(
      saidOf(
        lotOf("in", 0, 9000, "other"),
        sold("s1", 10, 1500, "ours"),
        sold("s2", 20, 1000),
        sold("s3", 30, 500, "other"),
      ),
    ).toEqual({ claimed: { "s1#0": 1500 }, may: {} })
  })

  test("is claimed beyond what the books had", () => {
    expect(saidOf(lotOf("in", 0, 9000, "other"), lotOf("ours", 5, 400, "ours"), sold("s1", 10, 1500, "ours"))).toEqual({
      ...{ claimed: { "s1#0": 1100 }, may: { "s1#0": 400 } },
    })
  })

  test("is none where the books had it all", () => {
    expect(saidOf(lotOf("in", 0, 9000, "other"), lotOf("ours", 5, 4000, "ours"), sold("s1", 10, 1500, "ours"))).toEqual(
      {
        ...{ claimed: {}, may: { "s1#0": 1500 } },
      },
    )
  })

  test("is only of what was handed over", () => {
    const books = [lotOf("in", 0, 9000, "other"), sold("s1", 10, 1500, "ours"), sold("s2", 20, 1000, "ours")] as const
    const voided = (recordId: string, of: string, grams: number): PileEvent => {
      return { kind: "void", recordId, effectiveAtMs: 30, voids: { recordId: of, line: 0 }, grams }
    }
    expect(saidOf(...books, voided("v1", "s1", 1500), voided("v2", "s2", 300)).claimed).toEqual({ "s2#0": 700 })
  })

  test("counts once, in however many portions a pile's events come", () => {
    const sale = sold("s1", 10, 1500, "ours")
    const portions = [
      { pileId: "stall", events: [sale] },
      { pileId: "stall", events: [{ ...sale }] },
    ]
    expect(claimedGrams(portions, recalled, [])).toEqual(new Map([["stall", new Map([["s1#0", 1500]])]]))
  })
})
