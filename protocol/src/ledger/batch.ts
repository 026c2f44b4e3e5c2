/**
 * Batch: many entries in one `append` of a log, and the head that chains one to the next (docs/specs/anchor.md,
 * rules AN-n). The contract reads the fixed prefix and the entries' lengths, and computes the root itself; these
 * functions must agree with it byte for byte.
 */
import { asciiBytes, bytesToUint, concatBytes, copyBytes, equalBytes, uintToBytes } from "../codec/bytes"
import { decodeShape, encodeShape, field, map, type ShapeOf, uint } from "../codec/shape"
import type { Result } from "../result"
import { err, ok } from "../result"
import { ENTRY_BYTES_MAX, entryLeaf } from "./entry"
import { keccak256 } from "./keccak"
import { merkleRoot } from "./merkle"

export const BATCH_VERSION = 1
/** 112 KB: leaves room for the transaction around it under the 128 KiB that nodes gossip. */
export const BATCH_BYTES_MAX = 114_688
export const BATCH_ENTRIES_MAX = 0xffff
export const FIRST_SEQUENCE = 1
/** Organisations that one batch can concern: the contract reverts above it. */
export const CONCERNED_MAX = 256

const MAGIC = asciiBytes("SYB1")
/** Magic 4, version 1, log 4, sequence 8, previous head 32, count 2, header length 4. */
export const BATCH_PREFIX_BYTES = 55
const HEAD_BYTES = 32
const LENGTH_BYTES = 2

export const batchHeaderShape = map({
  /** Seconds since 2024-01-01T00:00:00Z. */
  sealedAtSeconds: field(0, uint(0xffff_ffff)),
  /** Earliest UTC day among the record ids: where a reader starts to look for partitions. */
  firstRecordDay: field(1, uint(0xffff)),
  /** UTC day of the audience keys that all entries of the batch are sealed with. */
  audienceKeyDay: field(2, uint(0xffff)),
})
export type BatchHeader = ShapeOf<typeof batchHeaderShape>

export interface Batch {
  readonly log: number
  /** 1 for a log's first batch, then without a gap. */
  readonly sequence: number
  /** 32 zero bytes for the first. */
  readonly previousHead: Uint8Array
  readonly header: BatchHeader
  /** Sealed entries as they are stored; at least one. */
  readonly entries: readonly Uint8Array[]
}

export type BatchError =
  | "batch/too-long"
  | "batch/truncated"
  | "batch/trailing-bytes"
  | "batch/wrong-magic"
  | "batch/unknown-version"
  /** 0, or above 2^53 − 1. */
  | "batch/sequence-out-of-range"
  | "batch/header-malformed"
  | "batch/empty"
  /** 0 or more than 4,096 bytes. */
  | "batch/entry-length"

export const FIRST_PREVIOUS_HEAD: Uint8Array = new Uint8Array(HEAD_BYTES)

/** Bytes that a batch would have: for a sealer that fills one. */
export function batchBytes(headerBytes: number, entryLengths: readonly number[]): number {
  return entryLengths.reduce((sum, length) => sum + LENGTH_BYTES + length, BATCH_PREFIX_BYTES + headerBytes)
}

export function encodeBatchHeader(header: BatchHeader): Uint8Array {
  return encodeShape(batchHeaderShape, header)
}

/** @throws RangeError for a batch that no parser would take: empty, too long, an entry of a wrong length. */
export function encodeBatch(batch: Batch): Uint8Array {
  const header = encodeBatchHeader(batch.header)
  const encoded = concatBytes(
    MAGIC,
    Uint8Array.of(BATCH_VERSION),
    uintToBytes(batch.log, 4),
    uintToBytes(batch.sequence, 8),
    batch.previousHead,
    uintToBytes(batch.entries.length, 2),
    uintToBytes(header.length, 4),
    header,
    ...batch.entries.flatMap((entry) => [uintToBytes(entry.length, LENGTH_BYTES), entry]),
  )
  const parsed = parseBatch(encoded)
  if (!parsed.ok) throw new RangeError(`no batch: ${parsed.error}`)
  if (!equalBytes(parsed.value.previousHead, batch.previousHead)) throw new RangeError("a head has 32 bytes")
  return encoded
}

export function parseBatch(bytes: Uint8Array): Result<Batch, BatchError> {
  if (bytes.length > BATCH_BYTES_MAX) return err("batch/too-long")
  if (bytes.length < BATCH_PREFIX_BYTES) return err("batch/truncated")
  if (!equalBytes(bytes.subarray(0, 4), MAGIC)) return err("batch/wrong-magic")
  if (bytes[4] !== BATCH_VERSION) return err("batch/unknown-version")
  const log = bytesToUint(bytes.subarray(5, 9))
  const sequence = readSequence(bytes.subarray(9, 17))
  if (sequence === undefined) return err("batch/sequence-out-of-range")
  const previousHead = copyBytes(bytes, 17, 49)
  const count = bytesToUint(bytes.subarray(49, 51))
  if (count === 0) return err("batch/empty")
  const entriesAt = BATCH_PREFIX_BYTES + bytesToUint(bytes.subarray(51, 55))
  if (entriesAt > bytes.length) return err("batch/truncated")
  const header = decodeShape(batchHeaderShape, copyBytes(bytes, BATCH_PREFIX_BYTES, entriesAt))
  if (!header.ok) return err("batch/header-malformed")
  const entries = readEntries(bytes, entriesAt, count)
  if (!entries.ok) return entries
  return ok({ log, sequence, previousHead, header: header.value, entries: entries.value })
}

function readSequence(bytes: Uint8Array): number | undefined {
  const high = bytesToUint(bytes.subarray(0, 4))
  const sequence = high * 0x1_0000_0000 + bytesToUint(bytes.subarray(4))
  return sequence >= FIRST_SEQUENCE && Number.isSafeInteger(sequence) ? sequence : undefined
}

function readEntries(bytes: Uint8Array, start: number, count: number): Result<Uint8Array[], BatchError> {
  const entries: Uint8Array[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + LENGTH_BYTES > bytes.length) return err("batch/truncated")
    const length = bytesToUint(bytes.subarray(at, at + LENGTH_BYTES))
    if (length === 0 || length > ENTRY_BYTES_MAX) return err("batch/entry-length")
    const end = at + LENGTH_BYTES + length
    if (end > bytes.length) return err("batch/truncated")
    entries.push(copyBytes(bytes, at + LENGTH_BYTES, end))
    at = end
  }
  return at === bytes.length ? ok(entries) : err("batch/trailing-bytes")
}

/** Root of the tree whose leaves are the entries, in their order. */
export function batchRoot(entries: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(entries.map(entryLeaf), keccak256)
}

/**
 * keccak256(previous head ‖ sequence u64 ‖ root ‖ keccak256(header) ‖ count u16 ‖ concerned u32*).
 * @param concerned organisation numbers, at most 256. @throws RangeError unless they ascend strictly.
 * @param root of the entries, for whoever has computed it.
 */
export function batchHead(
  batch: Batch,
  concerned: readonly number[],
  root: Uint8Array = batchRoot(batch.entries),
): Uint8Array {
  if (concerned.some((organisation, i) => i > 0 && organisation <= concerned[i - 1]!)) {
    throw new RangeError("concerned organisations ascend strictly")
  }
  if (concerned.length > CONCERNED_MAX) throw new RangeError(`a batch concerns at most ${CONCERNED_MAX} organisations`)
  return keccak256(
    concatBytes(
      batch.previousHead,
      uintToBytes(batch.sequence, 8),
      root,
      keccak256(encodeBatchHeader(batch.header)),
      uintToBytes(batch.entries.length, 2),
      ...concerned.map((organisation) => uintToBytes(organisation, 4)),
    ),
  )
}
