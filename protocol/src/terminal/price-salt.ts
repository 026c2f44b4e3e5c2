/**
 * Keys that a terminal shares with the gateway, and what hides the prices of a public record.
 * Domain tags: `SYK1` receipt key, `SYS1` price salt.
 */

import { asciiBytes, concatBytes, copyBytes, uintToBytes } from "../codec/bytes"
import { hkdfExpand, hkdfExtract, hmacSha256 } from "../codec/hashes"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import type { TerminalId } from "./identifiers"
import { terminalBytes } from "./identifiers"

export const PRICE_SALT_BYTES = 16
export const RECEIPT_KEY_BYTES = 32

/**
 * HKDF-SHA-256(master, info `SYK1` ‖ network ‖ terminal), 32 bytes. The gateway derives it when it needs it and
 * gives it to the terminal once, at enrolment; the terminal keeps it as a non-extractable HMAC key.
 */
export function deriveReceiptKey(master: Uint8Array, networkId: NetworkId, terminal: TerminalId): Uint8Array {
  const info = concatBytes(asciiBytes("SYK1"), networkBytes(networkId), terminalBytes(terminal))
  return hkdfExpand(hkdfExtract(master), info, RECEIPT_KEY_BYTES)
}

/** What the receipt key authenticates for the price salt: for a terminal whose key only WebCrypto can use. */
export function priceSaltMessage(networkId: NetworkId, terminal: TerminalId, counter: number): Uint8Array {
  return concatBytes(asciiBytes("SYS1"), networkBytes(networkId), terminalBytes(terminal), uintToBytes(counter, 4))
}

/** The salt is the first 16 bytes of that HMAC-SHA-256. */
export function priceSaltOfMac(mac: Uint8Array): Uint8Array {
  return copyBytes(mac, 0, PRICE_SALT_BYTES)
}

export function priceSalt(
  receiptKey: Uint8Array,
  networkId: NetworkId,
  terminal: TerminalId,
  counter: number,
): Uint8Array {
  return priceSaltOfMac(hmacSha256(receiptKey, priceSaltMessage(networkId, terminal, counter)))
}
