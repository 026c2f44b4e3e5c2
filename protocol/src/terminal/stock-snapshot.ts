/**
 * Stock snapshot: what the slots of a terminal's pay codes mean, written and signed by the terminal itself, offline
 * too. A pay code carries the first 8 bytes of its hash, so nobody can turn cabbage into pork afterwards.
 * Domain tag: `SYN1`. Specified with the upload that brings it (docs/specs/upload.md, rules UP-n).
 */

import { asciiBytes, concatBytes, copyBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import type { ShapeOf } from "../codec/shape"
import {
  bytesOrNone,
  choice,
  converted,
  decodeShape,
  encodeShape,
  field,
  list,
  map,
  row,
  text,
  uint,
} from "../codec/shape"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import { bytesToUuid, uuidToBytes } from "./identifiers"
import { SNAPSHOT_PREFIX_BYTES } from "./pay-code"
import type { TerminalKey, VerifySignature } from "./signature"

export const SNAPSHOT_SLOTS_MAX = 200
export const DECLARED_ORIGIN_CHARACTERS_MAX = 64

const terminalId = uint(0xff_ffff_ffff)
const u32 = uint(0xffff_ffff)

export const uuidOrNone = converted(
  bytesOrNone(16),
  (bytes) => (bytes === undefined ? undefined : bytesToUuid(bytes)),
  (uuid: string | undefined) => (uuid === undefined ? undefined : uuidToBytes(uuid)),
)

const slotShape = row({
  slot: uint(0xffff),
  commodity: u32,
  /** Only where the seller keeps lots apart. */
  lot: uuidOrNone,
  /** What the seller says: `河北张北`; empty when nothing is known. */
  declaredOrigin: text(DECLARED_ORIGIN_CHARACTERS_MAX),
  /** Interval of one piece's weight; both 0 for goods sold by weight. */
  packLowGrams: u32,
  packHighGrams: u32,
  pile: choice({ merged: 0, "kept-apart": 1 }),
})

const snapshotShape = map({
  version: field(0, uint(1, 1)),
  terminal: field(1, terminalId),
  issuedAtSeconds: field(2, u32),
  slots: field(3, list(slotShape, SNAPSHOT_SLOTS_MAX, 1)),
})

export type StockSlot = ShapeOf<typeof slotShape>
export type StockSnapshot = Omit<ShapeOf<typeof snapshotShape>, "version">

export type StockSnapshotError =
  /** Not the CBOR that this format has. */
  | "stock-snapshot/malformed"
  /** Slots not in ascending order: one slot would mean two things. */
  | "stock-snapshot/slots-not-ascending"
  | "stock-snapshot/pack-interval-reversed"
  /** Kept apart, but no lot says from what. */
  | "stock-snapshot/lot-missing"

/** @throws RangeError for a snapshot that no parser would take. */
export function encodeStockSnapshot(snapshot: StockSnapshot): Uint8Array {
  const problem = problemOf(snapshot)
  if (problem !== undefined) throw new RangeError(problem)
  return encodeShape(snapshotShape, { version: 1, ...snapshot })
}

export function parseStockSnapshot(bytes: Uint8Array): Result<StockSnapshot, StockSnapshotError> {
  const decoded = decodeShape(snapshotShape, bytes)
  if (!decoded.ok) return err("stock-snapshot/malformed")
  const { terminal, issuedAtSeconds, slots } = decoded.value
  const snapshot: StockSnapshot = { terminal, issuedAtSeconds, slots }
  const problem = problemOf(snapshot)
  return problem === undefined ? ok(snapshot) : err(problem)
}

function problemOf({ slots }: StockSnapshot): Exclude<StockSnapshotError, "stock-snapshot/malformed"> | undefined {
  let previousSlot = -1
  for (const slot of slots) {
    if (slot.slot <= previousSlot) return "stock-snapshot/slots-not-ascending"
    if (slot.packLowGrams > slot.packHighGrams) return "stock-snapshot/pack-interval-reversed"
    if (slot.pile === "kept-apart" && slot.lot === undefined) return "stock-snapshot/lot-missing"
    previousSlot = slot.slot
  }
  return undefined
}

/** SHA-256 of the bytes as they came. */
export function stockSnapshotHash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}

/** What the pay code carries. */
export function snapshotPrefix(hash: Uint8Array): Uint8Array {
  return copyBytes(hash, 0, SNAPSHOT_PREFIX_BYTES)
}

/** `SYN1` ‖ network ‖ hash. */
export function stockSnapshotMessage(networkId: NetworkId, hash: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes("SYN1"), networkBytes(networkId), hash)
}

export function verifyStockSnapshot(
  signed: { readonly bytes: Uint8Array; readonly signature: Uint8Array },
  by: { readonly networkId: NetworkId; readonly terminalKey: TerminalKey; readonly verifySignature: VerifySignature },
): Result<void, "stock-snapshot/bad-signature"> {
  const message = stockSnapshotMessage(by.networkId, stockSnapshotHash(signed.bytes))
  const { algorithm, publicKey } = by.terminalKey
  return by.verifySignature(algorithm, publicKey, message, signed.signature)
    ? ok(undefined)
    : err("stock-snapshot/bad-signature")
}
