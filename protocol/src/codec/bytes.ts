/**
 * Bytes without an environment: no TextEncoder, Buffer or DataView tricks, because the same code runs in a
 * mini-program's logic layer. Integers are unsigned and big-endian.
 */

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

/** Unlike `instanceof`, true for bytes of another realm as well (a mini-program's, a `node:vm` context's). */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]"
}

/** A plain copy. `slice` will not do: on a Node `Buffer` it is a view of the same memory. */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}

/** Takes the same time for any two inputs of one length; the lengths themselves are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/** Order of the bytes, shorter first when one is the other's prefix: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!
  }
  return a.length - b.length
}

const HEX_DIGITS = "0123456789abcdef"
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => HEX_DIGITS[byte >> 4]! + HEX_DIGITS[byte & 15]!)

/** Lower-case, two digits a byte, no prefix. */
export function toHex(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i++) text += HEX_OF_BYTE[bytes[i]!]!
  return text
}

/** Strict inverse of `toHex`: upper case, an odd length or a prefix gives `undefined`. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (hexDigit(text.charCodeAt(2 * i)) << 4) | hexDigit(text.charCodeAt(2 * i + 1))
  }
  return bytes
}

/** Of a character that is one: 0–9 begin at 48, a–f at 97. */
function hexDigit(code: number): number {
  return code < 58 ? code - 48 : code - 87
}

/** @throws RangeError when `value` is not an unsigned integer of at most `width` bytes (width ≤ 8). */
export function uintToBytes(value: number | bigint, width: number): Uint8Array {
  if (typeof value === "number") return numberToBytes(value, width)
  if (value < 0n || value >= 1n << BigInt(8 * width)) throw new RangeError(`${value} does not fit ${width} bytes`)
  const bytes = new Uint8Array(width)
  let rest = value
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/** Without BigInt, which costs more than all the rest of reading a pay code. */
function numberToBytes(value: number, width: number): Uint8Array {
  const bytes = new Uint8Array(width)
  putUint(bytes, 0, value, width)
  return bytes
}

function putUint(bytes: Uint8Array, offset: number, value: number, width: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`)
  let rest = value
  for (let i = offset + width - 1; i >= offset; i--) {
    const higher = Math.floor(rest / 256)
    bytes[i] = rest - higher * 256
    rest = higher
  }
  if (rest !== 0) throw new RangeError(`${value} does not fit ${width} bytes`)
}

/** Fields one after another into bytes of a known length, without an array for each. */
export interface ByteWriter {
  /** @throws RangeError when `value` is not an unsigned integer of at most `width` bytes. */
  readonly uint: (value: number, width: number) => void
  readonly bytes: (part: Uint8Array) => void
  /** @throws RangeError when something is left to write. */
  readonly done: () => Uint8Array
}

export function byteWriter(length: number): ByteWriter {
  const written = new Uint8Array(length)
  let offset = 0
  return {
    uint: (value, width) => {
      putUint(written, offset, value, width)
      offset += width
    },
    bytes: (part) => {
      written.set(part, offset)
      offset += part.length
    },
    done: () => {
      if (offset !== length) throw new RangeError(`${offset} of ${length} bytes were written`)
      return written
    },
  }
}

/** @throws RangeError above 2^53 − 1: callers read fields of at most 6 bytes, or check first. */
export function bytesToUint(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let value = 0
  for (let i = start; i < end; i++) value = value * 256 + bytes[i]!
  if (!Number.isSafeInteger(value)) throw new RangeError("the bytes hold more than 2^53 − 1")
  return value
}

/** Domain tags such as `SYP1`. @throws RangeError for anything beyond printable ASCII. */
export function asciiBytes(tag: string): Uint8Array {
  const bytes = new Uint8Array(tag.length)
  for (let i = 0; i < tag.length; i++) {
    const code = tag.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) throw new RangeError("a tag is printable ASCII")
    bytes[i] = code
  }
  return bytes
}

/** As the Encoding Standard does it: a lone surrogate becomes U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  const bytes: number[] = []
  for (const character of text) {
    let code = character.codePointAt(0)!
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    }
  }
  return Uint8Array.from(bytes)
}

/** Smallest code point that needs 1, 2, 3 or 4 bytes (RFC 3629 §3): anything below is an overlong form. */
const SMALLEST_BY_LENGTH = [0, 0, 0x80, 0x800, 0x10000] as const

/** RFC 3629, strict: overlong forms, surrogates, code points above U+10FFFF and cut sequences give `undefined`. */
export function utf8Decode(bytes: Uint8Array): string | undefined {
  let text = ""
  let offset = 0
  while (offset < bytes.length) {
    const first = bytes[offset]!
    const length = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0
    if (length === 0 || offset + length > bytes.length) return undefined
    let code = length === 1 ? first : first & (0xff >> (length + 1))
    for (let i = 1; i < length; i++) {
      const next = bytes[offset + i]!
      if (next >> 6 !== 2) return undefined
      code = (code << 6) | (next & 63)
    }
    const isSurrogate = code >= 0xd800 && code <= 0xdfff
    if (code < SMALLEST_BY_LENGTH[length]! || code > 0x10ffff || isSurrogate) return undefined
    text += String.fromCodePoint(code)
    offset += length
  }
  return text
}
