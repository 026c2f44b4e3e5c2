/**
 * Signatures by a browser's own cryptography, which takes a tenth of the time of ours and another thread. Its yes counts
 * where key and signature are in the one form that `verifyNoble` takes too; whatever else it says, or where it has none
 * (a program, Chrome before 137, a page without TLS), `verifyNoble` decides.
 */
import { p256 } from "@noble/curves/nist.js"
import { checkPublicKey } from "@suyuan/protocol/terminal/public-key"
import type { AskSignature, SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import { isCanonical } from "@suyuan/protocol/terminal/signature"
import { prepareNoble, verifyNoble } from "@suyuan/protocol/terminal/verify-noble"

type OwnCryptography = Pick<SubtleCrypto, "importKey" | "verify">

const names = {
  ed25519: { key: { name: "Ed25519" }, by: { name: "Ed25519" } },
  p256: { key: { name: "ECDSA", namedCurve: "P-256" }, by: { name: "ECDSA", hash: "SHA-256" } },
} as const satisfies Record<SignatureAlgorithm, object>

export function browserSignatures(subtle: OwnCryptography | undefined) {
  const importKey = (own: OwnCryptography, algorithm: SignatureAlgorithm, publicKey: Uint8Array) => {
    // Of P-256 browsers read the long form alone.
    const raw = algorithm === "p256" ? p256.Point.fromBytes(publicKey).toBytes(false) : publicKey
    return own.importKey("raw", new Uint8Array(raw), names[algorithm].key, false, ["verify"])
  }
  const holds = async (own: OwnCryptography, ...asked: Parameters<AskSignature>) => {
    const [algorithm, publicKey, message, signature] = asked
    const key = await importKey(own, algorithm, publicKey)
    return own.verify(names[algorithm].by, key, new Uint8Array(signature), new Uint8Array(message))
  }
  const verifySignature: AskSignature = async (...asked) => {
    const [algorithm, publicKey, , signature] = asked
    if (subtle === undefined) return verifyNoble(...asked)
    if (!isCanonical(algorithm, signature)) return false
    const answer = holds(subtle, ...asked).catch(() => false)
    // While the browser computes. What it is too lenient about is refused here.
    if (!checkPublicKey(algorithm, publicKey).ok) return false
    return (await answer) || verifyNoble(...asked)
  }
  /** While a page waits for what it will check: code is made ready, and our own tables where the browser cannot do it. */
  const prepare = async () => {
    try {
      if (subtle === undefined) throw new Error("no cryptography of its own")
      checkPublicKey("ed25519", basePoint)
      await holds(subtle, "ed25519", basePoint, new Uint8Array(0), new Uint8Array(64))
    } catch {
      prepareNoble()
    }
  }
  return { verifySignature, prepare }
}

/** Of Ed25519 (RFC 8032 §5.1). */
const basePoint = new Uint8Array(32).fill(0x66).fill(0x58, 0, 1)
