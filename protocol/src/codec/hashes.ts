/**
 * The hashes that the formats are made with. In JavaScript, because a mini-program's logic layer has no others; a server,
 * which computes dozens for every sale, may have them computed by something faster that gives the same bytes
 * (`computeHashesBy`; one suite holds both to that).
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js"
import { keccak_256 as nobleKeccak256 } from "@noble/hashes/sha3.js"
import { concatBytes } from "./bytes"

export interface Hashes {
  readonly sha256: (bytes: Uint8Array) => Uint8Array
  readonly hmacSha256: (key: Uint8Array, message: Uint8Array) => Uint8Array
  /** Keccak-256 as Ethereum has it (not SHA3-256). */
  readonly keccak256: (bytes: Uint8Array) => Uint8Array
}

export const nobleHashes: Hashes = {
  sha256: (bytes) => nobleSha256(bytes),
  hmacSha256: (key, message) => hmac(nobleSha256, key, message),
  keccak256: (bytes) => nobleKeccak256(bytes),
}

let used = nobleHashes

/** For a program, once, when it starts. */
export function computeHashesBy(hashes: Hashes): void {
  used = hashes
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return used.sha256(bytes)
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return used.hmacSha256(key, message)
}

export function keccak256(bytes: Uint8Array): Uint8Array {
  return used.keccak256(bytes)
}

/** A browser compiles what has run some times: a page has it run while it waits for what it will check. */
export function prepareHashes(): void {
  const block = new Uint8Array(136)
  for (let time = 0; time < 16; time += 1) sha256(keccak256(block))
}

const HASH_BYTES = 32
const NO_SALT: Uint8Array = new Uint8Array(HASH_BYTES)

/** HKDF-SHA-256 without a salt (RFC 5869 §2.2): the half that depends on the key alone. */
export function hkdfExtract(key: Uint8Array): Uint8Array {
  return hmacSha256(NO_SALT, key)
}

/** RFC 5869 §2.3, as far as one hash goes. @throws RangeError for more than 32 bytes. */
export function hkdfExpand(extracted: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > HASH_BYTES) throw new RangeError(`one step gives at most ${HASH_BYTES} bytes`)
  return hmacSha256(extracted, concatBytes(info, Uint8Array.of(1))).subarray(0, length)
}
