/**
 * Deterministic CBOR (RFC 8949 §4.2.1), the subset that Suyuan's formats use and nothing else:
 * unsigned integers up to 2^53 − 1, byte strings, text, arrays, and maps whose keys are unsigned integers in
 * ascending order. Left out: negative numbers, floats, tags, booleans, null, indefinite lengths.
 * Every value has exactly one encoding; the decoder refuses every other one, so bytes can be hashed and compared.
 */
import type { Result } from "../result"
import { err, ok } from "../result"
import { concatBytes, copyBytes, isBytes, utf8Decode, utf8Encode } from "./bytes"

export type CborValue = number | string | Uint8Array | readonly CborValue[] | ReadonlyMap<number, CborValue>

export type CborError =
  | "cbor/truncated"
  | "cbor/trailing-bytes"
  /** An integer or length not in its shortest form, or map keys not ascending. */
  | "cbor/not-canonical"
  /** A CBOR item outside the subset. */
  | "cbor/unsupported"
  | "cbor/not-utf8"
  | "cbor/too-deep"
  | "cbor/too-large"

/** No format of ours is as large: the largest, an entry of a batch, has 4,096 bytes. */
export const CBOR_BYTES_MAX = 65_536
/** Deepest of ours: map → list of inflows → inflow → list of sources → source. */
export const CBOR_DEPTH_MAX = 8

const UINT = 0
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5

function head(major: number, value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned safe integer: ${value}`)
  const width = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1_0000_0000 ? 4 : 8
  const bytes = new Uint8Array(1 + width)
  bytes[0] = (major << 5) | (width === 0 ? value : 24 + Math.log2(width))
  let rest = value
  for (let i = width; i > 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

/** @throws RangeError for a number that is not an unsigned safe integer, or nesting beyond `CBOR_DEPTH_MAX`. */
export function encodeCbor(value: CborValue): Uint8Array {
  const parts: Uint8Array[] = []
  write(value, parts, 1)
  return concatBytes(...parts)
}

function write(value: CborValue, parts: Uint8Array[], depth: number): void {
  if (depth > CBOR_DEPTH_MAX) throw new RangeError(`nested deeper than ${CBOR_DEPTH_MAX}`)
  if (typeof value === "number") {
    parts.push(head(UINT, value))
  } else if (typeof value === "string") {
    const bytes = utf8Encode(value)
    parts.push(head(TEXT, bytes.length), bytes)
  } else if (Array.isArray(value)) {
    parts.push(head(ARRAY, value.length))
    for (const item of value) write(item, parts, depth + 1)
  } else if (isBytes(value)) {
    parts.push(head(BYTES, value.length), value)
  } else {
    writeMap(value as ReadonlyMap<number, CborValue>, parts, depth)
  }
}

function writeMap(map: ReadonlyMap<number, CborValue>, parts: Uint8Array[], depth: number): void {
  const entries = [...map.entries()].sort(([a], [b]) => a - b)
  parts.push(head(MAP, entries.length))
  for (const [key, value] of entries) {
    parts.push(head(UINT, key))
    write(value, parts, depth + 1)
  }
}

/** Never throws. The bytes of a result are copies: changing the input later changes nothing. */
export function decodeCbor(bytes: Uint8Array): Result<CborValue, CborError> {
  if (bytes.length > CBOR_BYTES_MAX) return err("cbor/too-large")
  const reader: Reader = { bytes, offset: 0 }
  const value = read(reader, 1)
  if (!value.ok) return value
  return reader.offset === bytes.length ? value : err("cbor/trailing-bytes")
}

interface Reader {
  readonly bytes: Uint8Array
  offset: number
}

function readHead(reader: Reader): Result<{ readonly major: number; readonly value: number }, CborError> {
  const initial = reader.bytes[reader.offset++]
  if (initial === undefined) return err("cbor/truncated")
  const major = initial >> 5
  const short = initial & 31
  if (short < 24) return ok({ major, value: short })
  if (short > 27) return err("cbor/unsupported")
  const width = 2 ** (short - 24)
  if (reader.offset + width > reader.bytes.length) return err("cbor/truncated")
  let value = 0
  for (let i = 0; i < width; i++) value = value * 256 + reader.bytes[reader.offset++]!
  if (!Number.isSafeInteger(value)) return err("cbor/unsupported")
  const smallest = width === 1 ? 24 : 256 ** (width / 2)
  return value < smallest ? err("cbor/not-canonical") : ok({ major, value })
}

function read(reader: Reader, depth: number): Result<CborValue, CborError> {
  if (depth > CBOR_DEPTH_MAX) return err("cbor/too-deep")
  const head = readHead(reader)
  if (!head.ok) return head
  const { major, value } = head.value
  if (major === UINT) return ok(value)
  // An item has at least one byte: a count beyond what is left is refused before anything is allocated for it.
  const left = reader.bytes.length - reader.offset
  if (major === BYTES || major === TEXT) {
    if (value > left) return err("cbor/truncated")
    const content = copyBytes(reader.bytes, reader.offset, reader.offset + value)
    reader.offset += value
    if (major === BYTES) return ok(content)
    const text = utf8Decode(content)
    return text === undefined ? err("cbor/not-utf8") : ok(text)
  }
  if (major === ARRAY) return value > left ? err("cbor/truncated") : readArray(reader, value, depth)
  if (major === MAP) return 2 * value > left ? err("cbor/truncated") : readMap(reader, value, depth)
  return err("cbor/unsupported")
}

function readArray(reader: Reader, count: number, depth: number): Result<CborValue, CborError> {
  const items: CborValue[] = []
  for (let i = 0; i < count; i++) {
    const item = read(reader, depth + 1)
    if (!item.ok) return item
    items.push(item.value)
  }
  return ok(items)
}

function readMap(reader: Reader, count: number, depth: number): Result<CborValue, CborError> {
  const map = new Map<number, CborValue>()
  let previousKey = -1
  for (let i = 0; i < count; i++) {
    const key = readHead(reader)
    if (!key.ok) return key
    if (key.value.major !== UINT) return err("cbor/unsupported")
    if (key.value.value <= previousKey) return err("cbor/not-canonical")
    previousKey = key.value.value
    const value = read(reader, depth + 1)
    if (!value.ok) return value
    map.set(previousKey, value.value)
  }
  return ok(map)
}
