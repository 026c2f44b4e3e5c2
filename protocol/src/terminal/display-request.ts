/**
 * How a stall lets a second tablet show what its customer is to see (docs/specs/displays.md, rules DS-n). Domain tags:
 * `SYX1` display code, `SYI1` invitation, `SYO1` end. Both requests name the display by an id that the terminal made and
 * kept: a recorded one opens nothing, so they need no time and no nonce.
 */
import { asciiBytes, concatBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { type NetworkId, networkBytes } from "../network"
import { groupCode, readCrockford, toCrockford } from "./crockford"
import { type TerminalId, terminalBytes, uuidToBytes } from "./identifiers"

/** 40 bits: it lives five minutes, and a gateway bounds guessing (DS-3). */
export const DISPLAY_CODE_CHARACTERS = 8
export const DISPLAY_CODE_RANDOM_BYTES = 5
export const DISPLAY_SECRET_BYTES = 32

/** `ABCD-EFGH`. @param random `DISPLAY_CODE_RANDOM_BYTES` bytes. */
export function displayCodeText(random: Uint8Array): string {
  return groupCode(toCrockford(random, DISPLAY_CODE_CHARACTERS), 4)
}

/** 32 bytes that stand for a display code as it was typed; `undefined` for what cannot be one. */
export function displayCodeHash(networkId: NetworkId, typed: string): Uint8Array | undefined {
  const code = readCrockford(typed, DISPLAY_CODE_CHARACTERS)
  return code === undefined
    ? undefined
    : sha256(concatBytes(asciiBytes("SYX1"), networkBytes(networkId), asciiBytes(code)))
}

export interface DisplayInvitation {
  readonly terminal: TerminalId
  /** UUID of the display. */
  readonly displayId: string
  readonly codeHash: Uint8Array
}

/** `SYI1` ‖ network ‖ terminal ‖ display id ‖ code hash. */
export function displayInvitationMessage(networkId: NetworkId, invitation: DisplayInvitation): Uint8Array {
  const { terminal, displayId, codeHash } = invitation
  return concatBytes(
    ...[asciiBytes("SYI1"), networkBytes(networkId), terminalBytes(terminal), uuidToBytes(displayId), codeHash],
  )
}

/** `SYO1` ‖ network ‖ terminal ‖ display id. */
export function displayEndMessage(networkId: NetworkId, terminal: TerminalId, displayId: string): Uint8Array {
  return concatBytes(asciiBytes("SYO1"), networkBytes(networkId), terminalBytes(terminal), uuidToBytes(displayId))
}
