/**
 * The order number that a platform sees: made of what a sale's attempt is named by, so it is unique without being
 * stored first, and readable backwards. Legal on WeChat Pay (6–32 of `[0-9A-Za-z_-|*]`) and Alipay (≤64 of
 * `[0-9A-Za-z_]`). Form: `yymmdd` ‖ base32 (RFC 4648, lower case, no padding) of terminal 5 ‖ counter 4 ‖ attempt 1.
 */
import { bytesToUint, concatBytes, uintToBytes } from "../codec/bytes"
import type { Result } from "../result"
import { err, ok } from "../result"
import type { TerminalId } from "../terminal/identifiers"
import { TERMINAL_ID_BYTES, terminalBytes } from "../terminal/identifiers"
import { MS_PER_DAY, utcDayOf } from "../units/instant"

export interface OutTradeNo {
  /** UTC days since 1970-01-01 (2000 to 2099): finds the partition of the attempt. */
  readonly utcDay: number
  readonly terminal: TerminalId
  readonly counter: number
  /** 0 to 255: a sale's attempts are numbered as they are prepared, whatever the platform and the payer. */
  readonly attempt: number
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
const NAME_BYTES = TERMINAL_ID_BYTES + 4 + 1

/** 22 characters. @throws RangeError for a part beyond its bytes, or a day outside 2000 to 2099. */
export function formatOutTradeNo({ utcDay, terminal, counter, attempt }: OutTradeNo): string {
  const date = dateOf(utcDay)
  if (!date.startsWith("20")) throw new RangeError(`day ${utcDay} is outside 2000 to 2099`)
  const name = concatBytes(terminalBytes(terminal), uintToBytes(counter, 4), uintToBytes(attempt, 1))
  return date.slice(2).replaceAll("-", "") + base32(name)
}

/** Only what `formatOutTradeNo` gives: a day that the calendar has, lower case, 22 characters. */
export function parseOutTradeNo(text: string): Result<OutTradeNo, "out-trade-no/malformed"> {
  const match = /^([0-9]{2})([0-9]{2})([0-9]{2})([a-z2-7]{16})$/.exec(text)
  if (match === null) return err("out-trade-no/malformed")
  const [, year, month, dayOfMonth, name] = match
  const utcDay = utcDayOf(Date.UTC(2000 + Number(year), Number(month) - 1, Number(dayOfMonth)))
  if (dateOf(utcDay) !== `20${year}-${month}-${dayOfMonth}`) return err("out-trade-no/malformed")
  const bytes = fromBase32(name!)
  const terminal = bytesToUint(bytes.subarray(0, TERMINAL_ID_BYTES))
  const counter = bytesToUint(bytes.subarray(TERMINAL_ID_BYTES, NAME_BYTES - 1))
  return ok({ utcDay, terminal, counter, attempt: bytes[NAME_BYTES - 1]! })
}

/** `2025-12-08`. A month of 13 or a 30th of February is another day than it says. */
function dateOf(utcDay: number): string {
  return new Date(utcDay * MS_PER_DAY).toISOString().slice(0, 10)
}

/** 10 bytes are 16 digits of 5 bits, with nothing to pad. */
function base32(bytes: Uint8Array): string {
  let text = ""
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  for (let i = 0; i < (bytes.length * 8) / 5; i++) {
    text = ALPHABET[Number(value & 31n)]! + text
    value >>= 5n
  }
  return text
}

function fromBase32(text: string): Uint8Array {
  let value = 0n
  for (const character of text) value = (value << 5n) | BigInt(ALPHABET.indexOf(character))
  const bytes = new Uint8Array(NAME_BYTES)
  for (let i = NAME_BYTES - 1; i >= 0; i--) {
    bytes[i] = Number(value & 0xffn)
    value >>= 8n
  }
  return bytes
}
