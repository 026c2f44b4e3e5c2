/**
 * Frames of the journal: `SYJ1`, u32 length of the body, the first 8 bytes of the SHA-256 over length and body, the
 * body (a commit as JSON). A write that a power cut tore can only be the last one. What does not fit its check and
 * has a good frame somewhere behind it is damage, not a torn write, and is never skipped over.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes, bytesToUint, concatBytes, equalBytes, uintToBytes, utf8Decode } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import type { Change } from "./local-store"

const MAGIC = asciiBytes("SYJ1")
const HEAD_BYTES = 16
const CHECK_BYTES = 8

export function encodeFrame(changes: readonly Change[]): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(changes))
  const length = uintToBytes(body.length, 4)
  return concatBytes(MAGIC, length, checkOf(length, body), body)
}

export interface ReadJournal {
  readonly commits: readonly (readonly Change[])[]
  /** Whole frames end here; what follows was torn while it was written. */
  readonly bytes: number
}

export function readFrames(journal: Uint8Array): Result<ReadJournal, "journal/damaged"> {
  const commits: (readonly Change[])[] = []
  let offset = 0
  for (let body = bodyAt(journal, offset); body !== undefined; body = bodyAt(journal, offset)) {
    commits.push(JSON.parse(utf8Decode(body) ?? "") as readonly Change[])
    offset += HEAD_BYTES + body.length
  }
  for (let later = offset + 1; later + HEAD_BYTES <= journal.length; later++) {
    if (journal[later] === MAGIC[0] && bodyAt(journal, later) !== undefined) return err("journal/damaged")
  }
  return ok({ commits, bytes: offset })
}

/** Body of the whole frame that begins here; `undefined` when there is none. */
function bodyAt(journal: Uint8Array, offset: number): Uint8Array | undefined {
  const body = offset + HEAD_BYTES
  if (body > journal.length || !equalBytes(journal.subarray(offset, offset + MAGIC.length), MAGIC)) return undefined
  const length = journal.subarray(offset + 4, offset + 8)
  const end = body + bytesToUint(length)
  if (end > journal.length) return undefined
  const bytes = journal.subarray(body, end)
  return equalBytes(checkOf(length, bytes), journal.subarray(offset + 8, body)) ? bytes : undefined
}

function checkOf(length: Uint8Array, body: Uint8Array): Uint8Array {
  return sha256(concatBytes(length, body)).subarray(0, CHECK_BYTES)
}
