/** The stall of the vectors: its keys are published here, so no registry may ever hold them. */
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { asciiBytes } from "@suyuan/protocol/codec/bytes"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { makeTerminalId } from "@suyuan/protocol/terminal/identifiers"
import { deriveReceiptKey } from "@suyuan/protocol/terminal/price-salt"
import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"

export const networkId = DEVELOPMENT_NETWORK_ID
/** Region 13, serial 42. */
export const terminal = makeTerminalId(13, 42)
export const master = sha256(asciiBytes("suyuan vectors: gateway master"))
export const receiptKey = deriveReceiptKey(master, networkId, terminal)

const ed25519Secret = sha256(asciiBytes("suyuan vectors: terminal, ed25519"))
const p256Secret = sha256(asciiBytes("suyuan vectors: terminal, p256"))

export const publicKeys: Readonly<Record<SignatureAlgorithm, Uint8Array>> = {
  ed25519: ed25519.getPublicKey(ed25519Secret),
  p256: p256.getPublicKey(p256Secret, true),
}

/** Deterministic in both algorithms (RFC 8032, RFC 6979), so that the vectors can be made again. */
export function signWith(algorithm: SignatureAlgorithm): (message: Uint8Array) => Uint8Array {
  return (message) =>
    algorithm === "ed25519"
      ? ed25519.sign(message, ed25519Secret)
      : p256.sign(message, p256Secret, { lowS: false, format: "compact" })
}
