/**
 * A sealed entry: what the chain stores of one record (docs/specs/records.md, TR-15 to TR-18). Commitments for
 * whoever is given a section, ciphertexts for whoever holds the audience's key. How they are sealed is the
 * business of the workspace `sealing`.
 */
import { bytesToUint, concatBytes, copyBytes, uintToBytes } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"
import { COMMITMENT_BYTES, isAbsent } from "./commitment"
import { keccak256 } from "./keccak"
import { hashLeaf } from "./merkle"
import { RECORD_ID_BYTES } from "./record-id"
import { RECORD_KINDS, type RecordKind, recordKindOf } from "./record-kind"

export const ENTRY_VERSION = 1
/** The contract reverts above it. */
export const ENTRY_BYTES_MAX = 4_096

/** Version 1, kind 1, record id 16, three commitments, then two lengths of 2 bytes. */
const COMMITMENTS_AT = 2 + RECORD_ID_BYTES
const CIPHERTEXTS_AT = COMMITMENTS_AT + 3 * COMMITMENT_BYTES
const LENGTH_BYTES = 2
export const ENTRY_BYTES_MIN = CIPHERTEXTS_AT + 2 * LENGTH_BYTES + 1

export interface Entry {
  readonly kind: RecordKind
  readonly recordId: Uint8Array
  readonly commitments: {
    readonly public: Uint8Array
    /** 32 zero bytes for an absent section, as for `personal`. */
    readonly commercial: Uint8Array
    readonly personal: Uint8Array
  }
  /** Text and authentication tag; of an audience-key record the text in the clear. */
  readonly publicCiphertext: Uint8Array
  /** Empty exactly when the section is absent. */
  readonly commercialCiphertext: Uint8Array
}

export type EntryError =
  | "entry/too-long"
  | "entry/truncated"
  | "entry/trailing-bytes"
  | "entry/unknown-version"
  | "entry/unknown-kind"
  /** Every record has a public section. */
  | "entry/public-absent"
  /** A ciphertext without a commitment, or a commitment without its ciphertext. */
  | "entry/commercial-contradiction"

/** @throws RangeError for an entry that no parser would take: too long, or a ciphertext without its commitment. */
export function encodeEntry(entry: Entry): Uint8Array {
  const { public: publicCommitment, commercial, personal } = entry.commitments
  const fixed = [entry.recordId, publicCommitment, commercial, personal]
  if (fixed.some((bytes, i) => bytes.length !== (i === 0 ? RECORD_ID_BYTES : COMMITMENT_BYTES))) {
    throw new RangeError("a record id has 16 bytes, a commitment 32")
  }
  const encoded = concatBytes(
    Uint8Array.of(ENTRY_VERSION, RECORD_KINDS[entry.kind]),
    ...fixed,
    lengthPrefixed(entry.publicCiphertext),
    lengthPrefixed(entry.commercialCiphertext),
  )
  const parsed = parseEntry(encoded)
  if (!parsed.ok) throw new RangeError(`no entry: ${parsed.error}`)
  return encoded
}

export function parseEntry(bytes: Uint8Array): Result<Entry, EntryError> {
  if (bytes.length > ENTRY_BYTES_MAX) return err("entry/too-long")
  if (bytes.length < ENTRY_BYTES_MIN) return err("entry/truncated")
  if (bytes[0] !== ENTRY_VERSION) return err("entry/unknown-version")
  const kind = recordKindOf(bytes[1]!)
  if (kind === undefined) return err("entry/unknown-kind")
  const commitmentAt = (index: number): Uint8Array =>
    copyBytes(bytes, COMMITMENTS_AT + index * COMMITMENT_BYTES, COMMITMENTS_AT + (index + 1) * COMMITMENT_BYTES)
  const publicCiphertext = readLengthPrefixed(bytes, CIPHERTEXTS_AT)
  if (publicCiphertext === undefined) return err("entry/truncated")
  const commercialAt = CIPHERTEXTS_AT + LENGTH_BYTES + publicCiphertext.length
  const commercialCiphertext = readLengthPrefixed(bytes, commercialAt)
  if (commercialCiphertext === undefined) return err("entry/truncated")
  if (commercialAt + LENGTH_BYTES + commercialCiphertext.length !== bytes.length) return err("entry/trailing-bytes")
  const commitments = { public: commitmentAt(0), commercial: commitmentAt(1), personal: commitmentAt(2) }
  if (publicCiphertext.length === 0 || isAbsent(commitments.public)) return err("entry/public-absent")
  if ((commercialCiphertext.length === 0) !== isAbsent(commitments.commercial)) {
    return err("entry/commercial-contradiction")
  }
  const recordId = copyBytes(bytes, 2, COMMITMENTS_AT)
  return ok({ kind, recordId, commitments, publicCiphertext, commercialCiphertext })
}

/** keccak256(0x00 ‖ entry). */
export function entryLeaf(entryBytes: Uint8Array): Uint8Array {
  return hashLeaf(entryBytes, keccak256)
}

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  return concatBytes(uintToBytes(bytes.length, LENGTH_BYTES), bytes)
}

function readLengthPrefixed(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (at + LENGTH_BYTES > bytes.length) return undefined
  const end = at + LENGTH_BYTES + bytesToUint(bytes.subarray(at, at + LENGTH_BYTES))
  return end > bytes.length ? undefined : copyBytes(bytes, at + LENGTH_BYTES, end)
}
