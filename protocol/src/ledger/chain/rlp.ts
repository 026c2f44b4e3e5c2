/**
 * Recursive-length prefix, in which a chain writes its blocks and its state (docs/specs/chain-proof.md, CP-4). Strict:
 * every item has one form, so what was read and is written again has the same bytes.
 */
import { bytesToUint, concatBytes, uintToBytes } from "../../codec/bytes"

export type RlpItem = Uint8Array | readonly RlpItem[]

/** Above it, a byte is not its own encoding. */
const ONE_BYTE_MAX = 0x7f
const TEXT = 0x80
const LIST = 0xc0
/** Longer items write their length's bytes after the first. */
const SHORT_MAX = 55
/** Lengths that a block or a node of the state never has. */
const LENGTH_BYTES_MAX = 4
const DEPTH_MAX = 8

export function encodeRlp(item: RlpItem): Uint8Array {
  if (!isList(item)) {
    return item.length === 1 && item[0]! <= ONE_BYTE_MAX ? item : concatBytes(head(item.length, TEXT), item)
  }
  const content = concatBytes(...item.map(encodeRlp))
  return concatBytes(head(content.length, LIST), content)
}

function head(length: number, kind: number): Uint8Array {
  if (length <= SHORT_MAX) return Uint8Array.of(kind + length)
  const bytes = shortest(length)
  return concatBytes(Uint8Array.of(kind + SHORT_MAX + bytes.length), bytes)
}

function shortest(value: number): Uint8Array {
  const bytes = uintToBytes(value, LENGTH_BYTES_MAX)
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0))
}

/** One item and nothing after it; `undefined` for anything else. */
export function decodeRlp(bytes: Uint8Array): RlpItem | undefined {
  const read = readItem(bytes, 0, DEPTH_MAX)
  return read !== undefined && read.end === bytes.length ? read.item : undefined
}

type Read = { readonly item: RlpItem; readonly end: number }

function readItem(bytes: Uint8Array, at: number, depth: number): Read | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first <= ONE_BYTE_MAX) return { item: bytes.subarray(at, at + 1), end: at + 1 }
  const kind = first < LIST ? TEXT : LIST
  const span = readSpan(bytes, at, first - kind)
  if (span === undefined) return undefined
  const content = bytes.subarray(span.start, span.end)
  if (kind === TEXT) {
    const isItsOwn = content.length === 1 && content[0]! <= ONE_BYTE_MAX
    return isItsOwn ? undefined : { item: content, end: span.end }
  }
  const items = depth > 0 ? readItems(content, depth - 1) : undefined
  return items && { item: items, end: span.end }
}

/** Where the content stands whose length the first byte says, or says where it is. */
function readSpan(bytes: Uint8Array, at: number, said: number): { start: number; end: number } | undefined {
  if (said <= SHORT_MAX) return within(bytes, at + 1, said)
  const count = said - SHORT_MAX
  const written = bytes.subarray(at + 1, at + 1 + count)
  if (count > LENGTH_BYTES_MAX || written.length < count || written[0] === 0) return undefined
  const length = bytesToUint(written)
  return length <= SHORT_MAX ? undefined : within(bytes, at + 1 + count, length)
}

function within(bytes: Uint8Array, start: number, length: number): { start: number; end: number } | undefined {
  const end = start + length
  return end <= bytes.length ? { start, end } : undefined
}

function readItems(content: Uint8Array, depth: number): readonly RlpItem[] | undefined {
  const items: RlpItem[] = []
  let at = 0
  while (at < content.length) {
    const read = readItem(content, at, depth)
    if (read === undefined) return undefined
    items.push(read.item)
    at = read.end
  }
  return items
}

/** Unlike `Array.isArray` it tells the two apart for the compiler, too. */
export function isList(item: RlpItem): item is readonly RlpItem[] {
  return Array.isArray(item)
}
