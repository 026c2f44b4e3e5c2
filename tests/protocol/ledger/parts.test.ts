import { describe, expect, test } from "bun:test"
import { encodeRecord } from "@suyuan/protocol/ledger/record"
import { joinSnapshot, splitSnapshot } from "@suyuan/protocol/ledger/snapshot-parts"
import { splitCatalogue, splitOriginStatement } from "@suyuan/protocol/ledger/split-parts"
import { filled } from "../../samples/ledger"
import { sampleSnapshot } from "../../samples/records"

/** An entry less commitments, lengths and tag. */
const PUBLIC_BYTES_MAX = 4_096 - 118 - 16

describe("records in parts", () => {
  test("[TR-13] a stall's snapshot is one record, the longest one several that join again", () => {
    expect(splitSnapshot(sampleSnapshot(60))).toHaveLength(1)
    const whole = sampleSnapshot(200)
    const parts = splitSnapshot(whole)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) {
      expect(encodeRecord({ kind: "snapshot", public: part }).public.length).toBeLessThanOrEqual(PUBLIC_BYTES_MAX)
    }
    expect(joinSnapshot([...parts].reverse())).toEqual({ ok: true, value: whole })
  })

  test("[TR-13] missing, foreign, repeated and changed parts do not join", () => {
    const parts = splitSnapshot(sampleSnapshot(200))
    const [first, ...rest] = parts
    const incomplete = { ok: false, error: "snapshot-parts/incomplete" } as const
    expect(joinSnapshot([])).toEqual(incomplete)
    expect(joinSnapshot(rest)).toEqual(incomplete)
    expect(joinSnapshot([...parts, first!])).toEqual(incomplete)
    expect(joinSnapshot([first!, ...rest.slice(1), first!])).toEqual(incomplete)
    expect(joinSnapshot([{ ...first!, hash: filled(32, 0) }, ...rest])).toEqual(incomplete)
    const changed = { ...first!, bytes: filled(first!.bytes.length, 1) }
    expect(joinSnapshot([changed, ...rest])).toEqual({ ok: false, error: "snapshot-parts/wrong-hash" })
  })

  test("[TR-13] a long origin statement is split so that each part fits, and loses nothing", () => {
    const source = { source: filled(16, 5), lowGrams: 1, highGrams: 0xff_ffff_ffff }
    const inflow = { recordId: filled(16, 1), atSeconds: 61_000_000, grams: 0xff_ffff_ffff, sources: [source, source] }
    const statement = {
      pileAlias: filled(8, 2),
      businessDay: 20_429,
      version: 1,
      replaces: filled(16, 3),
      inflows: Array.from({ length: 150 }, () => inflow),
      losses: Array.from({ length: 300 }, (_, i) => ({ atSeconds: 61_000_000 + i, grams: i })),
    }
    const parts = splitOriginStatement(statement)
    expect(parts.map((part) => part.part)).toEqual(parts.map((_, i) => i))
    for (const part of parts) {
      const { public: bytes } = encodeRecord({ kind: "origin-statement", public: part })
      expect(bytes.length).toBeLessThanOrEqual(PUBLIC_BYTES_MAX)
    }
    expect(parts.flatMap((part) => part.inflows)).toEqual(statement.inflows)
    expect(parts.flatMap((part) => part.losses)).toEqual(statement.losses)
    expect(splitOriginStatement({ ...statement, inflows: [], losses: [] })).toHaveLength(1)
  })

  test("[TR-13] an inflow of more sources than a row has stands in several, and loses none", () => {
    const sources = Array.from({ length: 150 }, (_, i) => ({ source: filled(16, i), lowGrams: 0, highGrams: i }))
    const inflow = { recordId: filled(16, 1), atSeconds: 61_000_000, grams: 9_000, sources }
    const shared = { pileAlias: filled(8, 2), businessDay: 20_429, version: 1, replaces: undefined, losses: [] }
    const parts = splitOriginStatement({ ...shared, inflows: [inflow] })
    for (const part of parts) encodeRecord({ kind: "origin-statement", public: part })
    const rows = parts.flatMap((part) => part.inflows)
    expect(rows.map((row) => row.sources.length)).toEqual([64, 64, 22])
    expect(rows.map(({ sources: _, ...row }) => row)).toEqual(
      Array.from({ length: 3 }, () => ({ recordId: inflow.recordId, atSeconds: 61_000_000, grams: 9_000 })),
    )
    expect(rows.flatMap((row) => row.sources)).toEqual(sources)
  })

  test("[TR-13] a long catalogue is split so that each part fits", () => {
    const entries = Array.from({ length: 300 }, (_, i) => ({
      code: 1_230_000 + i,
      zh: "十二个字的蔬菜品种名称表",
      en: "thirty-two characters of English",
      shelfLifeHours: 240,
    }))
    const parts = splitCatalogue(4, entries)
    for (const part of parts) {
      expect(encodeRecord({ kind: "catalogue", public: part }).public.length).toBeLessThanOrEqual(PUBLIC_BYTES_MAX)
    }
    expect(parts.flatMap((part) => part.entries)).toEqual(entries)
    expect(() => splitCatalogue(4, [])).toThrow(RangeError)
  })
})
