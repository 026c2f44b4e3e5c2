/**
 * How a wallet comes to buy for a merchant (docs/specs/binding.md, rules BI-n): the stall's terminal shows a signed
 * code on another path than payment, the phone claims it, both show the same two digits, the terminal answers.
 * Domain tags: `SYW1` bind code, `SYW2` the terminal's answer.
 */

import { asciiBytes, bytesToUint, concatBytes, copyBytes, uintToBytes } from "../codec/bytes"
import { bytesToDecimal, decimalToBytes, decimalWidth } from "../codec/decimal"
import { sha256 } from "../codec/hashes"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { Result } from "../result"
import { err, ok } from "../result"
import { TERMINAL_ID_BYTES, type TerminalId, terminalBytes, uuidToBytes } from "./identifiers"
import type { VerifySignature } from "./signature"
import { ALGORITHM_NUMBERS, algorithmOf, SIGNATURE_BYTES, type SignatureAlgorithm, type TerminalKey } from "./signature"

const VERSION = 1
export const BIND_CODE_NONCE_BYTES = 8
const BODY_BYTES = 1 + TERMINAL_ID_BYTES + 4 + BIND_CODE_NONCE_BYTES
const BIND_PATH = "/b/"

/** A code can be claimed this long after it was issued. */
export const BIND_CODE_SECONDS = 90

export interface BindCodeBody {
  readonly algorithm: SignatureAlgorithm
  readonly terminal: TerminalId
  /** Since 2024-01-01T00:00:00Z. */
  readonly issuedAtSeconds: number
  readonly nonce: Uint8Array
}

export interface BindCode extends BindCodeBody {
  readonly bodyBytes: Uint8Array
  readonly signature: Uint8Array
}

export type BindCodeError = "bind-code/malformed"

/** Version and algorithm u8 ‖ terminal ‖ issued at u32 ‖ nonce: 18 bytes. */
export function encodeBindCodeBody(body: BindCodeBody): Uint8Array {
  if (body.nonce.length !== BIND_CODE_NONCE_BYTES) throw new RangeError(`a nonce has ${BIND_CODE_NONCE_BYTES} bytes`)
  return concatBytes(
    Uint8Array.of((VERSION << 4) | ALGORITHM_NUMBERS[body.algorithm]),
    terminalBytes(body.terminal),
    uintToBytes(body.issuedAtSeconds, 4),
    body.nonce,
  )
}

/** `SYW1` ‖ network ‖ body. */
export function bindCodeMessage(networkId: NetworkId, bodyBytes: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes("SYW1"), networkBytes(networkId), bodyBytes)
}

/** Names a code: of its body, never of its signature, which has more than one valid form. */
export function bindCodeDigest(networkId: NetworkId, code: Pick<BindCode, "bodyBytes">): Uint8Array {
  return sha256(bindCodeMessage(networkId, code.bodyBytes))
}

export function bindCodeDigits(bodyBytes: Uint8Array, signature: Uint8Array): string {
  return bytesToDecimal(concatBytes(bodyBytes, signature))
}

/** @param origin scheme, host and, in development, port, in lower case. */
export function bindCodeUrl(origin: string, bodyBytes: Uint8Array, signature: Uint8Array): string {
  return `${origin}${BIND_PATH}${bindCodeDigits(bodyBytes, signature)}`
}

export function parseBindCodeDigits(digits: string): Result<BindCode, BindCodeError> {
  if (digits.length !== decimalWidth(BODY_BYTES + SIGNATURE_BYTES)) return err("bind-code/malformed")
  const bytes = decimalToBytes(digits)
  const first = bytes?.[0]
  if (bytes === undefined || first === undefined || first >> 4 !== VERSION) return err("bind-code/malformed")
  const algorithm = algorithmOf(first & 15)
  if (algorithm === undefined) return err("bind-code/malformed")
  return ok({
    algorithm,
    terminal: bytesToUint(bytes.subarray(1, 6)),
    issuedAtSeconds: bytesToUint(bytes.subarray(6, 10)),
    nonce: copyBytes(bytes, 10, BODY_BYTES),
    bodyBytes: copyBytes(bytes, 0, BODY_BYTES),
    signature: copyBytes(bytes, BODY_BYTES),
  })
}

/** True when the terminal with this registered key made the code. */
export function verifyBindCode(
  networkId: NetworkId,
  code: BindCode,
  key: TerminalKey,
  verifySignature: VerifySignature,
): boolean {
  if (code.algorithm !== key.algorithm) return false
  return verifySignature(key.algorithm, key.publicKey, bindCodeMessage(networkId, code.bodyBytes), code.signature)
}

/** u8 in the signed answer. `end` ends a binding that was active. */
export const BIND_ANSWERS = { confirm: 1, refuse: 2, end: 3 } as const
export type BindAnswer = keyof typeof BIND_ANSWERS

/** `SYW2` ‖ network ‖ terminal ‖ binding id (16) ‖ answer u8 ‖ the two digits on the terminal's screen, ASCII. */
export function bindAnswerMessage(
  networkId: NetworkId,
  answer: {
    readonly terminal: TerminalId
    readonly bindingId: string
    readonly answer: BindAnswer
    readonly digits: string
  },
): Uint8Array {
  if (!/^[0-9]{2}$/.test(answer.digits)) throw new RangeError("a binding has two check digits")
  return concatBytes(
    asciiBytes("SYW2"),
    networkBytes(networkId),
    terminalBytes(answer.terminal),
    uuidToBytes(answer.bindingId),
    Uint8Array.of(BIND_ANSWERS[answer.answer]),
    asciiBytes(answer.digits),
  )
}
