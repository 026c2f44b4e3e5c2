import { describe, expect, test } from "bun:test"
import { concatBytes, copyBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { ABSENT_COMMITMENT, commitSection } from "@suyuan/protocol/ledger/commitment"
import {
  ENTRY_BYTES_MAX,
  ENTRY_BYTES_MIN,
  type Entry,
  encodeEntry,
  entryLeaf,
  parseEntry,
} from "@suyuan/protocol/ledger/entry"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { RECORD_KINDS, type RecordKind } from "@suyuan/protocol/ledger/record-kind"
import fc from "fast-check"
import { filled } from "../../samples/ledger"
import vectors from "../../vectors/entry.json"

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const commitment = bytes(32).filter((candidate) => candidate.some((byte) => byte !== 0))

const arbitraryEntry: fc.Arbitrary<Entry> = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(RECORD_KINDS) as RecordKind[])),
    recordId: bytes(16),
    public: commitment,
    commercial: fc.option(fc.tuple(commitment, fc.uint8Array({ minLength: 1, maxLength: 200 })), { nil: undefined }),
    personal: fc.option(commitment, { nil: ABSENT_COMMITMENT }),
    publicCiphertext: fc.uint8Array({ minLength: 1, maxLength: 600 }),
  })
  .map(({ kind, recordId, commercial, publicCiphertext, ...commitments }) => ({
    kind,
    recordId,
    commitments: { ...commitments, commercial: commercial?.[0] ?? ABSENT_COMMITMENT },
    publicCiphertext,
    commercialCiphertext: commercial?.[1] ?? new Uint8Array(0),
  }))

const sample: Entry = {
  kind: "sale",
  recordId: filled(16, 1),
  commitments: { public: filled(32, 2), commercial: filled(32, 3), personal: ABSENT_COMMITMENT },
  publicCiphertext: filled(20, 4),
  commercialCiphertext: filled(17, 5),
}

describe("sealed entry", () => {
  test("[TR-15] is parsed from the fixed vectors, whose leaves it gives", () => {
    for (const { kind, recordId, commitments, entry, leaf } of vectors.entries) {
      const parsed = parseEntry(fromHex(entry)!)
      if (!parsed.ok) throw new Error(parsed.error)
      expect(parsed.value.kind).toBe(kind as RecordKind)
      expect(toHex(parsed.value.recordId)).toBe(recordId)
      expect(toHex(parsed.value.commitments.public)).toBe(commitments.public)
      expect(toHex(parsed.value.commitments.personal)).toBe(commitments.personal)
      expect(toHex(encodeEntry(parsed.value))).toBe(entry)
      expect(toHex(entryLeaf(fromHex(entry)!))).toBe(leaf)
    }
  })

  test("[TR-15] gives back what it was made from", () => {
    fc.assert(
      fc.property(arbitraryEntry, (entry) => {
        expect(parseEntry(encodeEntry(entry))).toEqual({ ok: true, value: entry })
      }),
      { numRuns: 200 },
    )
  })

  test("[TR-16] is refused with another version, an unknown kind, a byte too few or too many", () => {
    const encoded = encodeEntry(sample)
    const changed = (at: number, value: number): Uint8Array => {
      const copy = copyBytes(encoded)
      copy[at] = value
      return copy
    }
    expect(parseEntry(changed(0, 2))).toEqual({ ok: false, error: "entry/unknown-version" })
    expect(parseEntry(changed(1, 0))).toEqual({ ok: false, error: "entry/unknown-kind" })
    expect(parseEntry(changed(1, 18))).toEqual({ ok: false, error: "entry/unknown-kind" })
    expect(parseEntry(concatBytes(encoded, filled(1, 0)))).toEqual({ ok: false, error: "entry/trailing-bytes" })
    for (let length = 0; length < encoded.length; length++) {
      expect(parseEntry(encoded.subarray(0, length)).ok).toBe(false)
    }
  })

  test("[TR-17] has at most 4,096 bytes", () => {
    const room = ENTRY_BYTES_MAX - ENTRY_BYTES_MIN + 1 - sample.commercialCiphertext.length
    expect(encodeEntry({ ...sample, publicCiphertext: filled(room, 4) })).toHaveLength(ENTRY_BYTES_MAX)
    expect(() => encodeEntry({ ...sample, publicCiphertext: filled(room + 1, 4) })).toThrow("entry/too-long")
    expect(parseEntry(new Uint8Array(ENTRY_BYTES_MAX + 1))).toEqual({ ok: false, error: "entry/too-long" })
  })

  test("[TR-18] has a public section, and a commercial ciphertext exactly with its commitment", () => {
    const { commitments } = sample
    expect(() => encodeEntry({ ...sample, publicCiphertext: filled(0, 0) })).toThrow("entry/public-absent")
    const withoutPublic = { ...commitments, public: ABSENT_COMMITMENT }
    expect(() => encodeEntry({ ...sample, commitments: withoutPublic })).toThrow("entry/public-absent")
    expect(() => encodeEntry({ ...sample, commercialCiphertext: filled(0, 0) })).toThrow("commercial-contradiction")
    const withoutCommercial = { ...commitments, commercial: ABSENT_COMMITMENT }
    expect(() => encodeEntry({ ...sample, commitments: withoutCommercial })).toThrow("commercial-contradiction")
    expect(() => encodeEntry({ ...sample, recordId: filled(15, 1) })).toThrow(RangeError)
  })
})

describe("commitment", () => {
  test("[TR-14] is keccak256 of 0x02, section, salt and bytes, and differs by each", () => {
    const salt = filled(16, 7)
    const text = filled(5, 9)
    const direct = keccak256(concatBytes(Uint8Array.of(2, 1), salt, text))
    expect(toHex(commitSection("public", salt, text))).toBe(toHex(direct))
    const others = [
      commitSection("commercial", salt, text),
      commitSection("personal", salt, text),
      commitSection("public", filled(16, 8), text),
      commitSection("public", salt, filled(6, 9)),
    ].map(toHex)
    expect(new Set([toHex(direct), ...others]).size).toBe(5)
    expect(() => commitSection("public", filled(15, 7), text)).toThrow(RangeError)
  })

  test("[TR-14] the leaf is keccak256 of 0x00 and the entry", () => {
    const encoded = encodeEntry(sample)
    expect(toHex(entryLeaf(encoded))).toBe(toHex(keccak256(concatBytes(Uint8Array.of(0), encoded))))
  })
})
