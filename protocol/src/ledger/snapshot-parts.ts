/**
 * A stock snapshot as records: one for most stalls, several when it is longer than an entry
 * (docs/specs/records.md, TR-13). Each part carries hash and signature of the whole.
 */
import { concatBytes, copyBytes, equalBytes } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { TerminalId } from "../terminal/identifiers"
import { stockSnapshotHash } from "../terminal/stock-snapshot"
import { PARTS_MAX, SNAPSHOT_PART_BYTES_MAX, type SnapshotPublic } from "./kinds/parts"

export interface SignedSnapshot {
  readonly terminal: TerminalId
  /** As the terminal sent them. */
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

/** @throws RangeError for an empty snapshot, or one beyond 64 parts. */
export function splitSnapshot({ terminal, bytes, signature }: SignedSnapshot): SnapshotPublic[] {
  const parts = Math.ceil(bytes.length / SNAPSHOT_PART_BYTES_MAX)
  if (parts < 1 || parts > PARTS_MAX) throw new RangeError(`a snapshot has 1 to ${PARTS_MAX} parts, not ${parts}`)
  const hash = stockSnapshotHash(bytes)
  return Array.from({ length: parts }, (_, part) => {
    const start = part * SNAPSHOT_PART_BYTES_MAX
    const end = Math.min(start + SNAPSHOT_PART_BYTES_MAX, bytes.length)
    return { terminal, hash, signature, part, parts, bytes: copyBytes(bytes, start, end) }
  })
}

export type SnapshotPartsError =
  /** A part is missing, or one of another snapshot is among them. */
  | "snapshot-parts/incomplete"
  /** The bytes are not those whose hash was signed. */
  | "snapshot-parts/wrong-hash"

/** @param parts in any order. The signature is still to be checked: it is the same in every part. */
export function joinSnapshot(parts: readonly SnapshotPublic[]): Result<SignedSnapshot, SnapshotPartsError> {
  const sorted = [...parts].sort((a, b) => a.part - b.part)
  const [first] = sorted
  if (first === undefined || sorted.length !== first.parts) return err("snapshot-parts/incomplete")
  const belong = sorted.every((part, i) => part.part === i && part.parts === first.parts && isSameSnapshot(part, first))
  if (!belong) return err("snapshot-parts/incomplete")
  const bytes = concatBytes(...sorted.map((part) => part.bytes))
  if (!equalBytes(stockSnapshotHash(bytes), first.hash)) return err("snapshot-parts/wrong-hash")
  return ok({ terminal: first.terminal, bytes, signature: first.signature })
}

function isSameSnapshot(a: SnapshotPublic, b: SnapshotPublic): boolean {
  return a.terminal === b.terminal && equalBytes(a.hash, b.hash) && equalBytes(a.signature, b.signature)
}
