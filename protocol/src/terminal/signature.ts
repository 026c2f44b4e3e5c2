/**
 * Signatures as data: names and numbers of the algorithms, the shape of the verifier that callers inject, and the
 * low-S form of P-256. Implementations: `terminal/verify-noble` here, native ones on servers; one vector suite
 * (`tests/vectors/signatures.json`) holds both to the same answers.
 */
import { copyBytes, uintToBytes } from "../codec/bytes"

export type SignatureAlgorithm = "ed25519" | "p256"

/** Low nibble of a pay code's first byte. */
export const ALGORITHM_NUMBERS = { ed25519: 1, p256: 2 } as const satisfies Record<SignatureAlgorithm, number>

/** Both: R ‖ S for Ed25519, r ‖ s (IEEE P1363) for P-256. */
export const SIGNATURE_BYTES = 64

export interface TerminalKey {
  readonly algorithm: SignatureAlgorithm
  /** 32 bytes of Ed25519, or 33 of P-256 (SEC 1 compressed). */
  readonly publicKey: Uint8Array
}

/**
 * `true` only for the one valid form: Ed25519 by RFC 8032 with canonical encodings and no small-order key, without
 * the cofactor; P-256 with SHA-256 and low S. Never throws: the attacker chooses every argument but the algorithm.
 */
export type VerifySignature = (
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

/** The same question put to a platform whose own cryptography answers later; the answers are the same. */
export type AskSignature = (...asked: Parameters<VerifySignature>) => boolean | Promise<boolean>

export function algorithmOf(number: number): SignatureAlgorithm | undefined {
  if (number === ALGORITHM_NUMBERS.ed25519) return "ed25519"
  return number === ALGORITHM_NUMBERS.p256 ? "p256" : undefined
}

/** Order of Ed25519's group (RFC 8032 §5.1). */
const ED25519_ORDER = (1n << 252n) + 27_742_317_777_372_353_535_851_937_790_883_648_493n

/** Order of the P-256 group (FIPS 186-5, SP 800-186 §3.2.1.3). */
const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

function scalar(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

/** s ≤ n/2. Of the twins (r, s) and (r, n − s), which both verify, this admits one. */
export function isLowS(signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && scalar(signature.subarray(32)) <= P256_ORDER >> 1n
}

/** Of each signature's twins at most one is: Ed25519 with S below the order, P-256 with low S. */
export function isCanonical(algorithm: SignatureAlgorithm, signature: Uint8Array): boolean {
  if (algorithm === "p256") return isLowS(signature)
  return signature.length === SIGNATURE_BYTES && scalar(copyBytes(signature.subarray(32)).reverse()) < ED25519_ORDER
}

/** The low-S twin. Native signers give high S half of the time; terminals send only low S. */
export function toLowS(signature: Uint8Array): Uint8Array {
  if (isLowS(signature)) return copyBytes(signature)
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError(`a signature has ${SIGNATURE_BYTES} bytes`)
  const s = scalar(signature.subarray(32))
  if (s >= P256_ORDER) throw new RangeError("s is not below the order of P-256")
  const low = copyBytes(signature)
  const twin = P256_ORDER - s
  low.set(uintToBytes(twin >> 192n, 8), 32)
  for (let i = 1; i < 4; i++)
    low.set(uintToBytes((twin >> BigInt(192 - 64 * i)) & 0xffff_ffff_ffff_ffffn, 8), 32 + 8 * i)
  return low
}
