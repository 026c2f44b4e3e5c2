import { describe, expect, test } from "bun:test"
import { concatBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { type CborValue, decodeCbor, encodeCbor } from "@suyuan/protocol/codec/cbor"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { decodeRecord, encodeRecord, isWrittenKind } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS, type RecordKind, recordKindOf } from "@suyuan/protocol/ledger/record-kind"
import type { SaleRecord } from "@suyuan/protocol/ledger/record-types"
import fc from "fast-check"
import { arbitraryRecord } from "../../samples/arbitrary-records"
import { filled, sampleSale } from "../../samples/ledger"
import { sampleRecordId, sampleRecords } from "../../samples/records"
import vectors from "../../vectors/record.json"

const opened = (sections: ReturnType<typeof encodeRecord>) => ({ ...sections })

describe("record sections", () => {
  test("[TR-1] decode from the fixed vectors and encode to the same bytes", () => {
    expect(vectors.records).toHaveLength(21)
    for (const { kind, kindNumber, sections } of vectors.records) {
      const decoded = decodeRecord(recordKindOf(kindNumber)!, {
        public: fromHex(sections.public)!,
        commercial: sections.commercial === undefined ? undefined : fromHex(sections.commercial)!,
        personal: sections.personal === undefined ? undefined : fromHex(sections.personal)!,
      })
      if (!decoded.ok) throw new Error(`${kind}: ${JSON.stringify(decoded.error)}`)
      const again = encodeRecord(decoded.value as Parameters<typeof encodeRecord>[0])
      expect(toHex(again.public)).toBe(sections.public)
      expect(again.commercial && toHex(again.commercial)).toBe(sections.commercial)
      expect(again.personal && toHex(again.personal)).toBe(sections.personal)
    }
  })

  test("[TR-1] give back every record that they were made from", () => {
    fc.assert(
      fc.property(arbitraryRecord, (record) => {
        const decoded = decodeRecord(record.kind, opened(encodeRecord(record)))
        expect(decoded.ok && decoded.value).toEqual(record)
      }),
      { numRuns: 200 },
    )
  })

  test("[TR-2] are refused with an unknown, missing or repeated key, or bytes after them", () => {
    for (const record of sampleRecords) {
      const sections = encodeRecord(record)
      const value = decodeCbor(sections.public)
      const map = new Map((value.ok ? value.value : new Map()) as ReadonlyMap<number, CborValue>)
      expect(decodeRecord(record.kind, { ...sections, public: concatBytes(sections.public, filled(1, 0)) }).ok).toBe(
        false,
      )
      const withUnknown = encodeCbor(new Map([...map, [99, 1]]))
      expect(decodeRecord(record.kind, { ...sections, public: withUnknown })).toMatchObject({
        ok: false,
        error: { code: "record/section-malformed", section: "public" },
      })
      map.delete(0)
      expect(decodeRecord(record.kind, { ...sections, public: encodeCbor(map) }).ok).toBe(false)
    }
  })

  test("[TR-2] of one kind are not those of another", () => {
    for (const record of sampleRecords) {
      for (const kind of Object.keys(RECORD_KINDS) as RecordKind[]) {
        if (kind === record.kind) continue
        expect(decodeRecord(kind, { public: encodeRecord(record).public }).ok).toBe(false)
      }
    }
  })

  test("[TR-3] of a reserved kind do not exist yet, and an unknown number is no kind", () => {
    const reserved = (Object.keys(RECORD_KINDS) as RecordKind[]).filter((kind) => !isWrittenKind(kind))
    expect(reserved).toEqual(["assumed-loss"])
    for (const kind of reserved) {
      expect(decodeRecord(kind, { public: filled(1, 0xa0) })).toEqual({
        ok: false,
        error: { code: "record/kind-not-written" },
      })
    }
    expect(recordKindOf(0)).toBeUndefined()
    expect(recordKindOf(18)).toBeUndefined()
  })

  test("[TR-4] a kind without a commercial or personal section has none", () => {
    const [, harvest] = sampleRecords
    const sections = encodeRecord(harvest!)
    expect(sections.commercial).toBeUndefined()
    expect(decodeRecord("harvest", { public: sections.public, commercial: filled(1, 0xa0) })).toEqual({
      ok: false,
      error: { code: "record/section-not-allowed", section: "commercial" },
    })
  })

  test("[TR-4] a sale can be read by whoever was given the public section alone", () => {
    const decoded = decodeRecord("sale", { public: encodeRecord(sampleSale()).public })
    expect(decoded.ok && decoded.value).toEqual({ kind: "sale", public: sampleSale().public })
  })
})

describe("a record that contradicts itself", () => {
  test("[TR-19] goods are sent back to somebody, and nothing else is", () => {
    const waste = sampleRecords.find((record) => record.kind === "waste")
    if (waste?.kind !== "waste") throw new Error("a sample is missing")
    const { sentBack: _, ...alone } = waste.public
    expect(() => encodeRecord({ ...waste, public: alone })).toThrow("sent-back")
    expect(() => encodeRecord({ ...waste, public: { ...waste.public, reason: "spoiled" } })).toThrow("sent-back")
  })

  test("[TR-21] a certificate rests on others exactly when its goods were mixed, each named once and in order", () => {
    const mixed = sampleRecords.findLast((record) => record.kind === "certificate")
    if (mixed?.kind !== "certificate" || !mixed.public.parents) throw new Error("a sample is missing")
    const { pileAlias: _, ...alone } = mixed.public
    expect(() => encodeRecord({ ...mixed, public: alone })).toThrow("parents")
    const [one, other] = mixed.public.parents
    for (const parents of [
      [other!, one!],
      [one!, one!],
    ]) {
      expect(() => encodeRecord({ ...mixed, public: { ...mixed.public, parents } })).toThrow("not-ascending")
    }
    const crossed = [{ ...one!, mustGrams: one!.mayGrams + 1 }]
    expect(() => encodeRecord({ ...mixed, public: { ...mixed.public, parents: crossed } })).toThrow("parents")
  })

  test("[TR-22] a binding that ended was ended by somebody, and no other was", () => {
    const ended = sampleRecords.find((record) => record.kind === "binding")
    if (ended?.kind !== "binding") throw new Error("a sample is missing")
    const { endedBy: _, ...alone } = ended.public
    expect(() => encodeRecord({ ...ended, public: alone })).toThrow("ended-by")
    expect(() => encodeRecord({ ...ended, public: { ...ended.public, action: "begun" } })).toThrow("ended-by")
  })

  const refusal = (record: SaleRecord): void => {
    expect(() => encodeRecord(record)).toThrow(RangeError)
  }
  const sale = sampleSale()
  const long = sampleSale({ lineCount: 12 })

  test("[TR-8] a sale whose lines are not as many as the code says is refused", () => {
    refusal({ ...sale, public: { ...sale.public, lines: sale.public.lines.slice(1) } })
    refusal({ ...sale, public: { ...sale.public, buyerPileAliases: [filled(8, 1)] } })
    refusal({ ...sale, public: { ...sale.public, flags: SALE_FLAGS.linesUnknown } })
    const unknown = { ...sale.public, lines: [], flags: SALE_FLAGS.linesUnknown }
    expect(decodeRecord("sale", encodeRecord({ ...sale, public: unknown })).ok).toBe(true)
  })

  test("[TR-9] slots and quantities stand in the record exactly when the code has their digest", () => {
    const { lineGoods: _, ...withoutGoods } = long.public
    refusal({ ...long, public: withoutGoods })
    refusal({ ...sale, public: { ...sale.public, lineGoods: long.public.lineGoods } })
    refusal({ ...long, commercial: { ...long.commercial, unitPrices: undefined } })
    refusal({ ...sale, commercial: { ...sale.commercial, pricePart: long.commercial.pricePart } })
  })

  test("[TR-9] a sale whose lines never came has neither lines nor their goods", () => {
    const { lineGoods: _g, unitPricesHash: _h, ...rest } = long.public
    const { unitPrices: _u, ...prices } = long.commercial
    const record: SaleRecord = {
      ...long,
      public: { ...rest, lines: [], flags: SALE_FLAGS.linesUnknown },
      commercial: prices,
    }
    const decoded = decodeRecord("sale", encodeRecord(record))
    expect(decoded.ok && decoded.value).toEqual(record)
  })

  test("[TR-10] lists that name things are strictly ascending", () => {
    const audienceKey = sampleRecords.find((record) => record.kind === "audience-key")!
    const catalogue = sampleRecords.find((record) => record.kind === "catalogue")!
    if (audienceKey.kind !== "audience-key" || catalogue.kind !== "catalogue") throw new Error("samples changed")
    const { wraps, organisations } = audienceKey.public
    expect(() =>
      encodeRecord({ ...audienceKey, public: { ...audienceKey.public, wraps: [...wraps].reverse() } }),
    ).toThrow()
    const twice = [...organisations, organisations.at(-1)!]
    expect(() => encodeRecord({ ...audienceKey, public: { ...audienceKey.public, organisations: twice } })).toThrow()
    const entries = [...catalogue.public.entries].reverse()
    expect(() => encodeRecord({ ...catalogue, public: { ...catalogue.public, entries } })).toThrow("not-ascending")
  })

  test("[TR-13] a part beyond the parts is refused", () => {
    const snapshot = sampleRecords.find((record) => record.kind === "snapshot")!
    if (snapshot.kind !== "snapshot") throw new Error("samples changed")
    expect(() => encodeRecord({ ...snapshot, public: { ...snapshot.public, part: 1 } })).toThrow("part-beyond-parts")
  })
})

test("[TR-5] record ids are those of the vectors", () => {
  for (const [i, record] of sampleRecords.entries()) {
    expect(toHex(sampleRecordId(record))).toBe(vectors.records[i]!.recordId)
  }
})
