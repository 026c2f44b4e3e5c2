/**
 * A record's id: UTC day u16 ‖ keccak256(kind ‖ natural key)[0..14). Known before anything is sealed and the same
 * after a rebuild, because it depends on what the record is about and on nothing that a gateway chose.
 */
import { bytesToUint, concatBytes, uintToBytes } from "../codec/bytes"
import { type TerminalId, terminalBytes, uuidToBytes } from "../terminal/identifiers"
import { keccak256 } from "./keccak"
import { RECORD_KINDS, type RecordKind } from "./record-kind"

export const RECORD_ID_BYTES = 16
const DAY_BYTES = 2
const KEY_HASH_BYTES = RECORD_ID_BYTES - DAY_BYTES

/** @param day UTC days since 1970-01-01. @throws RangeError for a day beyond a u16. */
export function recordId(kind: RecordKind, day: number, naturalKey: Uint8Array): Uint8Array {
  const keyHash = keccak256(concatBytes(Uint8Array.of(RECORD_KINDS[kind]), naturalKey))
  return concatBytes(uintToBytes(day, DAY_BYTES), keyHash.subarray(0, KEY_HASH_BYTES))
}

/** UTC days since 1970-01-01: finds the partition of a record whose id is all one has. */
export function recordDay(id: Uint8Array): number {
  return bytesToUint(id.subarray(0, DAY_BYTES))
}

/** Natural keys, by kind; the day that goes with each stands in docs/specs/records.md. */

export function saleKey(terminal: TerminalId, counter: number): Uint8Array {
  return concatBytes(terminalBytes(terminal), uintToBytes(counter, 4))
}

/** A refund's, harvest lot's, certificate's, inspection's id, or the upload's for what has no id of its own. */
export function uuidKey(uuid: string): Uint8Array {
  return uuidToBytes(uuid)
}

/** A sale is voided once: the key of a void is what it voids. */
export function voidKey(voidOf: Uint8Array): Uint8Array {
  return voidOf
}

export function snapshotKey(hash: Uint8Array, part: number): Uint8Array {
  return concatBytes(hash, uintToBytes(part, 1))
}

export function catalogueKey(version: number, part: number): Uint8Array {
  return concatBytes(uintToBytes(version, 4), uintToBytes(part, 1))
}

/** @param businessDay days since 1970-01-01, as the site counts its days. */
export function originStatementKey(
  pileAlias: Uint8Array,
  businessDay: number,
  version: number,
  part: number,
): Uint8Array {
  return concatBytes(pileAlias, uintToBytes(businessDay, 2), uintToBytes(version, 4), uintToBytes(part, 1))
}

/** @param step from 1: a recall is told step by step. */
export function recallStepKey(recall: string, step: number): Uint8Array {
  return concatBytes(uuidToBytes(recall), uintToBytes(step, 2))
}

/** A binding begins once and ends once. @param action as its record has it: 1 begun, 2 ended. */
export function bindingKey(binding: string, action: number): Uint8Array {
  return concatBytes(uuidToBytes(binding), uintToBytes(action, 1))
}

export interface AudienceKeyName {
  readonly log: number
  readonly day: number
  readonly section: "public" | "commercial"
  readonly organisations: readonly number[]
  /** Organisations that this record wraps the key to: a joiner's is a record of its own. */
  readonly recipients: readonly number[]
}

export function audienceKeyKey(name: AudienceKeyName): Uint8Array {
  const section = name.section === "public" ? 1 : 2
  return concatBytes(
    uintToBytes(name.log, 4),
    uintToBytes(name.day, 2),
    Uint8Array.of(section),
    uintToBytes(name.organisations.length, 2),
    ...name.organisations.map((organisation) => uintToBytes(organisation, 4)),
    ...name.recipients.map((organisation) => uintToBytes(organisation, 4)),
  )
}
