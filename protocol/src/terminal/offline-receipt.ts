/**
 * Offline receipt (docs/specs/offline-receipt.md, rules OR-n): six digits that the gateway shows to the buyer
 * who paid, and that the stall's terminal checks without a network. Domain tag `SYR1`.
 */

import { asciiBytes, concatBytes, uintToBytes } from "../codec/bytes"
import { hmacSha256 } from "../codec/hashes"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { TerminalId } from "./identifiers"
import { terminalBytes } from "./identifiers"

export const RECEIPT_DIGITS = 6
export const RECEIPT_TRIES = 3

export interface ReceiptSubject {
  readonly networkId: NetworkId
  readonly terminal: TerminalId
  readonly counter: number
  readonly amountFen: number
}

/** What the receipt key authenticates: for a terminal whose key only WebCrypto can use. */
export function offlineReceiptMessage(subject: ReceiptSubject): Uint8Array {
  return concatBytes(
    asciiBytes("SYR1"),
    networkBytes(subject.networkId),
    terminalBytes(subject.terminal),
    uintToBytes(subject.counter, 4),
    uintToBytes(subject.amountFen, 4),
  )
}

/** Dynamic truncation, RFC 4226 §5.3, of an HMAC-SHA-256: the offset is the low nibble of its last byte. */
export function receiptDigitsOfMac(mac: Uint8Array): string {
  if (mac.length !== 32) throw new RangeError("HMAC-SHA-256 has 32 bytes")
  const offset = mac[31]! & 15
  const code =
    (mac[offset]! & 0x7f) * 0x100_0000 + mac[offset + 1]! * 0x1_0000 + mac[offset + 2]! * 0x100 + mac[offset + 3]!
  return String(code % 10 ** RECEIPT_DIGITS).padStart(RECEIPT_DIGITS, "0")
}

export function offlineReceiptDigits(receiptKey: Uint8Array, subject: ReceiptSubject): string {
  return receiptDigitsOfMac(hmacSha256(receiptKey, offlineReceiptMessage(subject)))
}

/** Kept by the terminal with the sale on screen, and stored before the answer is shown. */
export interface ReceiptCheck {
  readonly wrongTries: number
  readonly used: boolean
}

export const NEW_RECEIPT_CHECK: ReceiptCheck = { wrongTries: 0, used: false }

export type ReceiptVerdict =
  | { readonly verdict: "accepted"; readonly check: ReceiptCheck }
  | { readonly verdict: "wrong"; readonly check: ReceiptCheck; readonly triesLeft: number }
  /** Three wrong tries: only the gateway's word counts from here. */
  | { readonly verdict: "locked"; readonly check: ReceiptCheck }
  | { readonly verdict: "already-used"; readonly check: ReceiptCheck }

/** Spaces between the digits are the page's typography (`483 920`) and do not count. */
export function checkReceipt(check: ReceiptCheck, entered: string, expected: string): ReceiptVerdict {
  if (check.used) return { verdict: "already-used", check }
  if (check.wrongTries >= RECEIPT_TRIES) return { verdict: "locked", check }
  if (entered.replaceAll(" ", "") === expected) return { verdict: "accepted", check: { ...check, used: true } }
  const next = { ...check, wrongTries: check.wrongTries + 1 }
  const triesLeft = RECEIPT_TRIES - next.wrongTries
  return triesLeft === 0 ? { verdict: "locked", check: next } : { verdict: "wrong", check: next, triesLeft }
}
