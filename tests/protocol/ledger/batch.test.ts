import { describe, expect, test } from "bun:test"
import { concatBytes, copyBytes, fromHex, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import {
  BATCH_BYTES_MAX,
  BATCH_PREFIX_BYTES,
  type Batch,
  batchBytes,
  batchHead,
  batchRoot,
  encodeBatch,
  encodeBatchHeader,
  FIRST_PREVIOUS_HEAD,
  parseBatch,
} from "@suyuan/protocol/ledger/batch"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import fc from "fast-check"
import { filled } from "../../samples/ledger"
import vectors from "../../vectors/batch.json"

const header = { sealedAtSeconds: 61_000_000, firstRecordDay: 20_429, audienceKeyDay: 20_429 }
const sample: Batch = {
  log: 7,
  sequence: 1,
  previousHead: FIRST_PREVIOUS_HEAD,
  header,
  entries: [filled(120, 1), filled(300, 2), filled(4_096, 3)],
}

const arbitraryBatch: fc.Arbitrary<Batch> = fc.record({
  log: fc.nat({ max: 0xffff_ffff }),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  previousHead: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  header: fc.record({
    sealedAtSeconds: fc.nat({ max: 0xffff_ffff }),
    firstRecordDay: fc.nat({ max: 0xffff }),
    audienceKeyDay: fc.nat({ max: 0xffff }),
  }),
  entries: fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 12 }),
})

describe("batch payload", () => {
  test("[AN-5] is the fixed vectors' bytes, with their root and head", () => {
    for (const vector of vectors.batches) {
      const parsed = parseBatch(fromHex(vector.payload)!)
      if (!parsed.ok) throw new Error(parsed.error)
      const batch = parsed.value
      expect(batch.entries.map(toHex)).toEqual(vector.entries)
      expect(batch.header).toEqual(vector.header)
      expect(toHex(encodeBatchHeader(batch.header))).toBe(vector.headerBytes)
      expect(toHex(batch.previousHead)).toBe(vector.previousHead)
      expect(toHex(encodeBatch(batch))).toBe(vector.payload)
      expect(toHex(batchRoot(batch.entries))).toBe(vector.root)
      expect(toHex(batchHead(batch, vector.concerned!))).toBe(vector.head)
    }
    for (const [i, vector] of vectors.batches.slice(1).entries()) {
      expect(vector.previousHead).toBe(vectors.batches[i]!.head)
    }
  })

  test("[AN-5] gives back what it was made from", () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        const encoded = encodeBatch(batch)
        expect(parseBatch(encoded)).toEqual({ ok: true, value: batch })
        const lengths = batch.entries.map((entry) => entry.length)
        expect(encoded).toHaveLength(batchBytes(encodeBatchHeader(batch.header).length, lengths))
      }),
      { numRuns: 100 },
    )
  })

  test("[AN-6] is refused with another magic or version, cut short, or with trailing bytes", () => {
    const encoded = encodeBatch({ ...sample, entries: [filled(3, 1), filled(2, 2)] })
    const changed = (at: number, value: number): Uint8Array => {
      const copy = copyBytes(encoded)
      copy[at] = value
      return copy
    }
    expect(parseBatch(changed(3, 0x32))).toEqual({ ok: false, error: "batch/wrong-magic" })
    expect(parseBatch(changed(4, 2))).toEqual({ ok: false, error: "batch/unknown-version" })
    expect(parseBatch(concatBytes(encoded, filled(1, 0)))).toEqual({ ok: false, error: "batch/trailing-bytes" })
    for (let length = 0; length < encoded.length; length++) {
      expect(parseBatch(encoded.subarray(0, length)).ok).toBe(false)
    }
    expect(parseBatch(changed(BATCH_PREFIX_BYTES, 0xa4))).toEqual({ ok: false, error: "batch/header-malformed" })
  })

  test("[AN-6] has no sequence 0 and none beyond 2^53 - 1", () => {
    const outOfRange = { ok: false, error: "batch/sequence-out-of-range" } as const
    const encoded = encodeBatch(sample)
    for (const sequence of [0n, 1n << 53n, (1n << 64n) - 1n]) {
      const copy = copyBytes(encoded)
      copy.set(uintToBytes(sequence, 8), 9)
      expect(parseBatch(copy)).toEqual(outOfRange)
    }
    expect(() => encodeBatch({ ...sample, sequence: 0 })).toThrow(RangeError)
  })

  test("[AN-7] has an entry, none of 0 or more than 4,096 bytes, and at most 114,688 bytes in all", () => {
    expect(() => encodeBatch({ ...sample, entries: [] })).toThrow("batch/empty")
    expect(() => encodeBatch({ ...sample, entries: [filled(0, 0)] })).toThrow("batch/entry-length")
    expect(() => encodeBatch({ ...sample, entries: [filled(4_097, 0)] })).toThrow("batch/entry-length")
    const headerLength = encodeBatchHeader(header).length
    const full = Array.from({ length: 27 }, () => filled(4_096, 1))
    const rest = BATCH_BYTES_MAX - batchBytes(headerLength, [...full.map((entry) => entry.length), 0])
    expect(encodeBatch({ ...sample, entries: [...full, filled(rest, 1)] })).toHaveLength(BATCH_BYTES_MAX)
    expect(() => encodeBatch({ ...sample, entries: [...full, filled(rest + 1, 1)] })).toThrow("batch/too-long")
  })

  test("[AN-7] holds 250 retail sales", () => {
    const retail = Array.from({ length: 250 }, () => filled(420, 1))
    expect(encodeBatch({ ...sample, entries: retail }).length).toBeLessThan(BATCH_BYTES_MAX)
  })
})

describe("head", () => {
  test("[AN-8] is keccak256 of previous head, sequence, root, header hash, count and concerned", () => {
    const direct = keccak256(
      concatBytes(
        sample.previousHead,
        uintToBytes(sample.sequence, 8),
        batchRoot(sample.entries),
        keccak256(encodeBatchHeader(header)),
        uintToBytes(3, 2),
        uintToBytes(2, 4),
        uintToBytes(9, 4),
      ),
    )
    expect(toHex(batchHead(sample, [2, 9]))).toBe(toHex(direct))
  })

  test("[AN-8] differs by every part of it", () => {
    const heads = [
      batchHead(sample, [2, 9]),
      batchHead(sample, [2]),
      batchHead(sample, []),
      batchHead({ ...sample, sequence: 2 }, [2, 9]),
      batchHead({ ...sample, previousHead: filled(32, 1) }, [2, 9]),
      batchHead({ ...sample, header: { ...header, sealedAtSeconds: 1 } }, [2, 9]),
      batchHead({ ...sample, entries: sample.entries.slice(1) }, [2, 9]),
      batchHead({ ...sample, entries: [...sample.entries].reverse() }, [2, 9]),
    ]
    expect(new Set(heads.map(toHex)).size).toBe(heads.length)
  })

  test("[AN-10] refuses organisations that do not ascend strictly, or more than 256", () => {
    expect(() => batchHead(sample, [9, 2])).toThrow(RangeError)
    expect(() => batchHead(sample, [2, 2])).toThrow(RangeError)
    const many = Array.from({ length: 257 }, (_, i) => i)
    expect(() => batchHead(sample, many)).toThrow(RangeError)
    expect(batchHead(sample, many.slice(1))).toHaveLength(32)
  })
})
