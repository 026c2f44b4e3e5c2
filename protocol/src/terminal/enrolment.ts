/**
 * How a tablet becomes a stall's terminal, and how it asks for broker tokens afterwards
 * (docs/specs/enrolment.md, rules EN-n). Domain tags: `SYC1` claim code, `SYE1` enrolment, `SYF1` fingerprint,
 * `SYT1` token request, `SYM1` request for what an earlier terminal lost,
 * `SYD1` request for what is coming in.
 */

import { asciiBytes, concatBytes, uintToBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import type { NetworkId } from "../network"
import { networkBytes } from "../network"
import { groupCode, readCrockford, toCrockford } from "./crockford"
import { type TerminalId, terminalBytes } from "./identifiers"
import { ALGORITHM_NUMBERS, type TerminalKey } from "./signature"

/** 50 bits: what can be guessed in ten minutes at the rate the gateway allows is nothing. */
export const CLAIM_CODE_CHARACTERS = 10
export const CLAIM_CODE_RANDOM_BYTES = 7

/** 60 bits: a person compares them on two screens, so a look-alike key would have to be found within ten minutes. */
const FINGERPRINT_CHARACTERS = 12

export const TOKEN_REQUEST_NONCE_BYTES = 8

/** `ABCDE-FGHJK`. @param random `CLAIM_CODE_RANDOM_BYTES` bytes. */
export function claimCodeText(random: Uint8Array): string {
  return groupCode(toCrockford(random, CLAIM_CODE_CHARACTERS), 5)
}

/** 32 bytes that stand for a claim code as it was typed; `undefined` for what cannot be one. */
export function claimCodeHash(networkId: NetworkId, typed: string): Uint8Array | undefined {
  const code = readCrockford(typed, CLAIM_CODE_CHARACTERS)
  return code === undefined
    ? undefined
    : sha256(concatBytes(asciiBytes("SYC1"), networkBytes(networkId), asciiBytes(code)))
}

/** What a tablet signs to show that it holds the key it enrols: `SYE1` ‖ network ‖ claim code hash ‖ public key. */
export function enrolmentMessage(networkId: NetworkId, codeHash: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return concatBytes(asciiBytes("SYE1"), networkBytes(networkId), codeHash, publicKey)
}

/** `ABCD-EFGH-JKMN`: a digest of algorithm and public key, to be compared by a person. */
export function keyFingerprint(networkId: NetworkId, key: TerminalKey): string {
  const digest = sha256(
    concatBytes(
      asciiBytes("SYF1"),
      networkBytes(networkId),
      Uint8Array.of(ALGORITHM_NUMBERS[key.algorithm]),
      key.publicKey,
    ),
  )
  return groupCode(toCrockford(digest, FINGERPRINT_CHARACTERS), 4)
}

/** True for the fingerprint in any case and grouping. */
export function sameFingerprint(typed: string, fingerprint: string): boolean {
  return readCrockford(typed, FINGERPRINT_CHARACTERS) === fingerprint.replaceAll("-", "")
}

export interface TokenRequest {
  readonly terminal: TerminalId
  /** The terminal's own clock; rises from request to request. */
  readonly issuedAtMs: number
  /** `TOKEN_REQUEST_NONCE_BYTES` random bytes. */
  readonly nonce: Uint8Array
}

/** `SYT1` ‖ network ‖ terminal ‖ issued at in ms (u64) ‖ nonce. */
export function tokenRequestMessage(networkId: NetworkId, request: TokenRequest): Uint8Array {
  return concatBytes(
    asciiBytes("SYT1"),
    networkBytes(networkId),
    terminalBytes(request.terminal),
    uintToBytes(request.issuedAtMs, 8),
    request.nonce,
  )
}

/** `SYM1` ‖ network ‖ terminal ‖ issued at in ms (u64). What a stall's earlier terminal lost is told to the one after it. */
export function lostSalesMessage(networkId: NetworkId, terminal: TerminalId, issuedAtMs: number): Uint8Array {
  return concatBytes(
    ...[asciiBytes("SYM1"), networkBytes(networkId), terminalBytes(terminal), uintToBytes(issuedAtMs, 8)],
  )
}

/** `SYD1` ‖ network ‖ terminal ‖ issued at in ms (u64). What is known of goods that the stall's own wallets bought (UP-23). */
export function incomingGoodsMessage(networkId: NetworkId, terminal: TerminalId, issuedAtMs: number): Uint8Array {
  return concatBytes(
    ...[asciiBytes("SYD1"), networkBytes(networkId), terminalBytes(terminal), uintToBytes(issuedAtMs, 8)],
  )
}
