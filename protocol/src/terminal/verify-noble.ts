/**
 * `VerifySignature` in pure JavaScript, for browsers, mini-programs and whoever verifies a proof offline.
 *
 * Ed25519 is checked with the equation that native libraries use: compute S·B − k·A and compare its encoding with
 * R, byte by byte. RFC 8032 §5.1.7 also allows the equation multiplied by the cofactor, under which a signer can
 * make signatures that one verifier takes and another refuses; `tests/vectors/signatures.json` holds such ones.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { concatBytes, copyBytes, equalBytes } from "../codec/bytes"
import { PUBLIC_KEY_BYTES } from "./public-key"
import type { SignatureAlgorithm } from "./signature"
import { SIGNATURE_BYTES } from "./signature"

export function verifyNoble(
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES[algorithm]) return false
  try {
    return algorithm === "ed25519"
      ? verifyEd25519(publicKey, message, signature)
      : p256.verify(signature, message, publicKey, { format: "compact", lowS: true, prehash: true })
  } catch {
    // noble throws on bytes that are no key, point or scalar; to a verifier they are all just not a signature.
    return false
  }
}

/**
 * What the first check would compute for all later ones (tables of multiples of the base point): a page does it while
 * it waits for what it will check.
 */
export function prepareNoble(): void {
  const point = ed25519.Point.BASE.toBytes()
  verifyNoble("ed25519", point, new Uint8Array(0), concatBytes(point, new Uint8Array(32).fill(0x0f)))
}

function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { Point } = ed25519
  const key = Point.fromBytes(publicKey, false)
  if (key.isSmallOrder()) return false
  const s = littleEndian(signature.subarray(32))
  if (s >= Point.Fn.ORDER) return false
  const r = signature.subarray(0, 32)
  const k = littleEndian(sha512(concatBytes(r, publicKey, message))) % Point.Fn.ORDER
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k))
  return equalBytes(expected.toBytes(), r)
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of copyBytes(bytes).reverse()) value = (value << 8n) | BigInt(byte)
  return value
}
