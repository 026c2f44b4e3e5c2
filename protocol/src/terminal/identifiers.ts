/**
 * Who signs and what is named: terminal ids and UUIDs, in their text and byte forms.
 * A terminal id names one enrolment of one terminal, for ever: region u8 ‖ serial u32, 5 bytes.
 */
import { bytesToUint, fromHex, toHex, uintToBytes } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"

/** An integer below 2^40. In topics, JSON and logs it is 10 lower-case hex digits. */
export type TerminalId = number

export const TERMINAL_ID_BYTES = 5

export type IdentifierError = "terminal-id/malformed" | "uuid/malformed"

/** @throws RangeError when the region is beyond a byte or the serial beyond four. */
export function makeTerminalId(region: number, serial: number): TerminalId {
  return bytesToUint(uintToBytes(region, 1)) * 0x1_0000_0000 + bytesToUint(uintToBytes(serial, 4))
}

export function terminalBytes(terminal: TerminalId): Uint8Array {
  return uintToBytes(terminal, TERMINAL_ID_BYTES)
}

export function terminalToHex(terminal: TerminalId): string {
  return toHex(terminalBytes(terminal))
}

export function parseTerminalHex(text: string): Result<TerminalId, "terminal-id/malformed"> {
  const bytes = fromHex(text)
  return bytes?.length === TERMINAL_ID_BYTES ? ok(bytesToUint(bytes)) : err("terminal-id/malformed")
}

/** RFC 9562 text (lower case) → 16 bytes. Any version: some ids are derived, most are UUIDv7. */
export function parseUuid(text: string): Result<Uint8Array, "uuid/malformed"> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return err("uuid/malformed")
  const bytes = fromHex(text.replaceAll("-", ""))
  return bytes === undefined ? err("uuid/malformed") : ok(bytes)
}

/** @throws RangeError for text that is not a lower-case UUID: for ids that the caller made or has parsed. */
export function uuidToBytes(uuid: string): Uint8Array {
  const bytes = parseUuid(uuid)
  if (!bytes.ok) throw new RangeError("not a lower-case UUID")
  return bytes.value
}

/** @throws RangeError unless there are 16 bytes. */
export function bytesToUuid(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError("a UUID has 16 bytes")
  const hex = toHex(bytes)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}
