/**
 * Which public keys may enter the registry. A key is checked where it enters (enrolment, chain), not at every
 * signature; `verify-noble` checks again because a verifier may be handed a key from anywhere.
 */
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256 } from "@noble/curves/nist.js"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { SignatureAlgorithm, TerminalKey } from "./signature"

export const PUBLIC_KEY_BYTES = { ed25519: 32, p256: 33 } as const satisfies Record<SignatureAlgorithm, number>

export type PublicKeyError =
  | "public-key/wrong-length"
  /** Not a point of the curve, or one in an encoding that is not its only canonical one. */
  | "public-key/not-a-point"
  /** One of the eight points whose signatures fit messages that nobody signed. */
  | "public-key/small-order"

export function checkPublicKey(
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
): Result<TerminalKey, PublicKeyError> {
  if (publicKey.length !== PUBLIC_KEY_BYTES[algorithm]) return err("public-key/wrong-length")
  try {
    if (algorithm === "p256") {
      p256.Point.fromBytes(publicKey).assertValidity()
    } else if (ed25519.Point.fromBytes(publicKey, false).isSmallOrder()) {
      return err("public-key/small-order")
    }
  } catch {
    return err("public-key/not-a-point")
  }
  return ok({ algorithm, publicKey })
}
