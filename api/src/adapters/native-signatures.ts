import { createPublicKey, type KeyObject, verify } from "node:crypto"
import { concatBytes, fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import {
  isLowS,
  SIGNATURE_BYTES,
  type SignatureAlgorithm,
  type VerifySignature,
} from "@suyuan/protocol/terminal/signature"

/** SubjectPublicKeyInfo before the key itself (RFC 8410; RFC 5480 with a compressed point). */
const spkiPrefix: Record<SignatureAlgorithm, Uint8Array> = {
  ed25519: hex("302a300506032b6570032100"),
  p256: hex("3039301306072a8648ce3d020106082a8648ce3d030107032200"),
}

/** A terminal's key is checked and parsed once; the least recently used go beyond this many. */
const keysMax = 20_000

function hex(text: string): Uint8Array {
  const bytes = fromHex(text)
  if (bytes === undefined) throw new Error("not hex")
  return bytes
}

/**
 * `VerifySignature` by the runtime's own cryptography. What it is too lenient about (keys of small order, encodings
 * that are not canonical, high S) is checked here, so that it answers like `verifyNoble` on every vector.
 */
export function nativeVerifier(): VerifySignature {
  const keys = new Map<string, KeyObject | undefined>()
  const keyOf = (algorithm: SignatureAlgorithm, publicKey: Uint8Array): KeyObject | undefined => {
    const name = algorithm + toHex(publicKey)
    const key = keys.has(name) ? keys.get(name) : importKey(algorithm, publicKey)
    keys.delete(name)
    keys.set(name, key)
    if (keys.size > keysMax) keys.delete(keys.keys().next().value ?? "")
    return key
  }
  return (algorithm, publicKey, message, signature) => {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length > 33) return false
    const key = keyOf(algorithm, publicKey)
    if (key === undefined) return false
    try {
      return algorithm === "ed25519"
        ? verify(null, message, key, signature)
        : isLowS(signature) && verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature)
    } catch {
      // Bytes that are no scalar or point; to a verifier they are just not a signature.
      return false
    }
  }
}

function importKey(algorithm: SignatureAlgorithm, publicKey: Uint8Array): KeyObject | undefined {
  if (!checkPublicKey(algorithm, publicKey).ok) return undefined
  return createPublicKey({
    key: Buffer.from(concatBytes(spkiPrefix[algorithm], publicKey)),
    format: "der",
    type: "spki",
  })
}
