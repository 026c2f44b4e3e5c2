/**
 * Pay code (docs/specs/pay-code.md, rules PC-n): the bytes of a signed sale, as an object and back.
 * In here: the body, its goods part and its price part. Elsewhere: digits and URL (`pay-code-url`), what is
 * signed and how it is verified (`pay-code-signature`). Left out: every policy of the gateway (time window,
 * terminal state, counters seen).
 */

import { type ByteWriter, bytesToUint, byteWriter, copyBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import type { Result } from "../result"
import { err, ok } from "../result"
import { judgeReduction } from "../sale/reduction"
import type { SaleLine } from "../sale/sale"
import { AMOUNT_FEN_MAX, INLINE_LINES_MAX } from "../sale/sale"
import { linesTotalFen } from "../sale/sale-totals"
import type { TerminalId } from "./identifiers"
import { TERMINAL_ID_BYTES } from "./identifiers"
import { packQuantity, unpackQuantity } from "./packed-quantity"
import type { SignatureAlgorithm } from "./signature"
import { ALGORITHM_NUMBERS, algorithmOf, SIGNATURE_BYTES } from "./signature"

export const PAY_CODE_VERSION = 1
export const SNAPSHOT_PREFIX_BYTES = 8
export const LINES_DIGEST_BYTES = 32

/** Header 1, terminal 5, counter 4, issued at 4, amount 4, line count 1, snapshot prefix 8. */
const FIXED_BYTES = 27
const LINE_BYTES = 9
/** The goods part's share of these: all but the amount; slot and quantity of a line. */
const GOODS_FIXED_BYTES = 23
const GOODS_LINE_BYTES = 6
const UNIT_PRICE_BYTES = 3

export type PayCodeError =
  /** Not one of our URLs, not digits, or of a length that no code has. */
  | "pay-code/malformed"
  /** `http:`, which only a development gateway prints. */
  | "pay-code/insecure-url"
  | "pay-code/unknown-version"
  | "pay-code/unknown-algorithm"
  | "pay-code/no-lines"
  /** The length does not belong to the line count. */
  | "pay-code/wrong-length"
  | "pay-code/malformed-line"
  | "pay-code/amount-below-one-fen"
  | "pay-code/amount-above-lines"
  /** The lines add up to more than an amount can say. */
  | "pay-code/lines-too-large"

/** Nine lines and more do not fit a readable QR: the code carries their digest, the upload the lines. */
export type PayCodeLines<Line> =
  | { readonly kind: "inline"; readonly items: readonly Line[] }
  | { readonly kind: "digest"; readonly count: number; readonly digest: Uint8Array }

export type GoodsLine = Pick<SaleLine, "slot" | "quantity">

interface GoodsHead {
  readonly algorithm: SignatureAlgorithm
  readonly terminal: TerminalId
  readonly counter: number
  /** Seconds since 2024-01-01T00:00:00Z by the terminal's own clock. */
  readonly issuedAtSeconds: number
  /** First 8 bytes of the stock snapshot's hash. */
  readonly snapshotPrefix: Uint8Array
}

/** What every member may read of a sale. */
export interface GoodsPart extends GoodsHead {
  readonly lines: PayCodeLines<GoodsLine>
}

/** What seller, buyer and regulator may read too. No unit prices when the lines are a digest. */
export interface PricePart {
  readonly amountFen: number
  readonly unitPricesFen: readonly number[]
}

export interface PayCodeBody extends GoodsHead {
  readonly amountFen: number
  readonly lines: PayCodeLines<SaleLine>
}

export interface PayCode {
  readonly body: PayCodeBody
  /** SHA-256 of the body's bytes: the identity of the code, whatever its signature. */
  readonly digest: Uint8Array
  readonly bodyBytes: Uint8Array
  readonly signature: Uint8Array
}

export function lineCountOf(lines: PayCodeLines<unknown>): number {
  return lines.kind === "inline" ? lines.items.length : lines.count
}

/** 91 + 9n bytes for n ≤ 8 lines, else 123: the length alone gives the layout. */
export function payCodeBytes(lineCount: number): number {
  const lines = lineCount <= INLINE_LINES_MAX ? lineCount * LINE_BYTES : LINES_DIGEST_BYTES
  return FIXED_BYTES + lines + SIGNATURE_BYTES
}

/** The bytes that are signed over and hashed. @throws RangeError for a body that no parser would take. */
export function encodePayCodeBody(body: PayCodeBody): Uint8Array {
  const writer = byteWriter(FIXED_BYTES + linesBytes(body.lines, LINE_BYTES))
  writeHeader(writer, body)
  writer.uint(body.amountFen, 4)
  writer.uint(lineCountOf(body.lines), 1)
  writer.bytes(fixedBytes(body.snapshotPrefix, SNAPSHOT_PREFIX_BYTES))
  writeLines(writer, body.lines, (line) => {
    writeGoodsLine(writer, line)
    writer.uint(line.unitPriceFen, UNIT_PRICE_BYTES)
  })
  const encoded = writer.done()
  const parsed = parsePayCodeBody(encoded)
  if (!parsed.ok) throw new RangeError(`no pay code: ${parsed.error}`)
  return encoded
}

export function encodeGoodsPart(goods: GoodsPart): Uint8Array {
  const writer = byteWriter(GOODS_FIXED_BYTES + linesBytes(goods.lines, GOODS_LINE_BYTES))
  writeHeader(writer, goods)
  writer.bytes(fixedBytes(goods.snapshotPrefix, SNAPSHOT_PREFIX_BYTES))
  writer.uint(lineCountOf(goods.lines), 1)
  writeLines(writer, goods.lines, (line) => writeGoodsLine(writer, line))
  return writer.done()
}

export function encodePricePart(price: PricePart): Uint8Array {
  const writer = byteWriter(4 + price.unitPricesFen.length * UNIT_PRICE_BYTES)
  writer.uint(price.amountFen, 4)
  for (const unitPriceFen of price.unitPricesFen) writer.uint(unitPriceFen, UNIT_PRICE_BYTES)
  return writer.done()
}

export function goodsPartOf(body: PayCodeBody): GoodsPart {
  const { algorithm, terminal, counter, issuedAtSeconds, snapshotPrefix, lines } = body
  const goodsLines: PayCodeLines<GoodsLine> =
    lines.kind === "digest"
      ? lines
      : { kind: "inline", items: lines.items.map(({ slot, quantity }) => ({ slot, quantity })) }
  return { algorithm, terminal, counter, issuedAtSeconds, snapshotPrefix, lines: goodsLines }
}

export function pricePartOf(body: PayCodeBody): PricePart {
  const unitPricesFen = body.lines.kind === "digest" ? [] : body.lines.items.map((line) => line.unitPriceFen)
  return { amountFen: body.amountFen, unitPricesFen }
}

/** A record keeps the two parts; together they are the signed body again. */
export function joinParts(goods: GoodsPart, price: PricePart): Result<PayCodeBody, PayCodeError> {
  const { algorithm, terminal, counter, issuedAtSeconds, snapshotPrefix, lines } = goods
  const priced = lines.kind === "digest" ? 0 : lines.items.length
  if (priced !== price.unitPricesFen.length) return err("pay-code/wrong-length")
  const saleLines: PayCodeLines<SaleLine> =
    lines.kind === "digest"
      ? lines
      : { kind: "inline", items: lines.items.map((line, i) => ({ ...line, unitPriceFen: price.unitPricesFen[i]! })) }
  const amountFen = price.amountFen
  return checkAmounts({ algorithm, terminal, counter, issuedAtSeconds, amountFen, snapshotPrefix, lines: saleLines })
}

export function parsePayCode(bytes: Uint8Array): Result<PayCode, PayCodeError> {
  if (bytes.length < payCodeBytes(1)) return err("pay-code/malformed")
  const bodyBytes = copyBytes(bytes, 0, bytes.length - SIGNATURE_BYTES)
  const body = parsePayCodeBody(bodyBytes)
  if (!body.ok) return body
  const signature = copyBytes(bytes, bytes.length - SIGNATURE_BYTES)
  return ok({ body: body.value, digest: sha256(bodyBytes), bodyBytes, signature })
}

export function parsePayCodeBody(bytes: Uint8Array): Result<PayCodeBody, PayCodeError> {
  const read = reader(bytes)
  const header = readHeader(read, FIXED_BYTES)
  if (!header.ok) return header
  const amountFen = read.uint(4)
  const lineCount = read.uint(1)
  const snapshotPrefix = read.bytes(SNAPSHOT_PREFIX_BYTES)
  const lines = readLines<SaleLine>(read, lineCount, LINE_BYTES, (goodsLine) => ({
    ...goodsLine,
    unitPriceFen: read.uint(UNIT_PRICE_BYTES),
  }))
  if (!lines.ok) return lines
  return checkAmounts({ ...header.value, amountFen, snapshotPrefix, lines: lines.value })
}

export function parseGoodsPart(bytes: Uint8Array): Result<GoodsPart, PayCodeError> {
  const read = reader(bytes)
  const header = readHeader(read, GOODS_FIXED_BYTES)
  if (!header.ok) return header
  const snapshotPrefix = read.bytes(SNAPSHOT_PREFIX_BYTES)
  const lineCount = read.uint(1)
  const lines = readLines<GoodsLine>(read, lineCount, GOODS_LINE_BYTES, (goodsLine) => goodsLine)
  return lines.ok ? ok({ ...header.value, snapshotPrefix, lines: lines.value }) : lines
}

export function parsePricePart(bytes: Uint8Array): Result<PricePart, PayCodeError> {
  const unitPriceCount = (bytes.length - 4) / UNIT_PRICE_BYTES
  if (!Number.isInteger(unitPriceCount) || unitPriceCount < 0 || unitPriceCount > INLINE_LINES_MAX) {
    return err("pay-code/wrong-length")
  }
  const read = reader(bytes)
  const amountFen = read.uint(4)
  const unitPricesFen = Array.from({ length: unitPriceCount }, () => read.uint(UNIT_PRICE_BYTES))
  return amountFen < 1 ? err("pay-code/amount-below-one-fen") : ok({ amountFen, unitPricesFen })
}

function writeHeader(writer: ByteWriter, head: GoodsHead): void {
  writer.uint((PAY_CODE_VERSION << 4) | ALGORITHM_NUMBERS[head.algorithm], 1)
  writer.uint(head.terminal, TERMINAL_ID_BYTES)
  writer.uint(head.counter, 4)
  writer.uint(head.issuedAtSeconds, 4)
}

function linesBytes(lines: PayCodeLines<unknown>, lineBytes: number): number {
  return lines.kind === "inline" ? lines.items.length * lineBytes : LINES_DIGEST_BYTES
}

function writeLines<Line>(writer: ByteWriter, lines: PayCodeLines<Line>, writeLine: (line: Line) => void): void {
  if (lines.kind === "digest") writer.bytes(fixedBytes(lines.digest, LINES_DIGEST_BYTES))
  else for (const line of lines.items) writeLine(line)
}

function writeGoodsLine(writer: ByteWriter, line: GoodsLine): void {
  writer.uint(line.slot, 2)
  writer.uint(packQuantity(line.quantity), 4)
}

export function encodeGoodsLine(line: GoodsLine): Uint8Array {
  const writer = byteWriter(GOODS_LINE_BYTES)
  writeGoodsLine(writer, line)
  return writer.done()
}

function fixedBytes(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`expected ${length} bytes, not ${bytes.length}`)
  return bytes
}

interface Reader {
  readonly length: number
  readonly left: () => number
  readonly uint: (width: number) => number
  readonly bytes: (width: number) => Uint8Array
}

/** Callers check the length before they read. */
function reader(source: Uint8Array): Reader {
  let offset = 0
  const next = (width: number): number => {
    offset += width
    return offset - width
  }
  return {
    length: source.length,
    left: () => source.length - offset,
    uint: (width) => bytesToUint(source, next(width), offset),
    bytes: (width) => copyBytes(source, next(width), offset),
  }
}

function readHeader(read: Reader, fixedLength: number): Result<Omit<GoodsHead, "snapshotPrefix">, PayCodeError> {
  if (read.length < fixedLength) return err("pay-code/malformed")
  const first = read.uint(1)
  if (first >> 4 !== PAY_CODE_VERSION) return err("pay-code/unknown-version")
  const algorithm = algorithmOf(first & 15)
  if (algorithm === undefined) return err("pay-code/unknown-algorithm")
  return ok({ algorithm, terminal: read.uint(TERMINAL_ID_BYTES), counter: read.uint(4), issuedAtSeconds: read.uint(4) })
}

function readLines<Line>(
  read: Reader,
  count: number,
  lineBytes: number,
  complete: (line: GoodsLine) => Line,
): Result<PayCodeLines<Line>, PayCodeError> {
  if (count === 0) return err("pay-code/no-lines")
  const inline = count <= INLINE_LINES_MAX
  if (read.left() !== (inline ? count * lineBytes : LINES_DIGEST_BYTES)) return err("pay-code/wrong-length")
  if (!inline) return ok({ kind: "digest", count, digest: read.bytes(LINES_DIGEST_BYTES) })
  const items: Line[] = []
  for (let i = 0; i < count; i++) {
    const slot = read.uint(2)
    const quantity = unpackQuantity(read.uint(4))
    if (!quantity.ok) return err("pay-code/malformed-line")
    items.push(complete({ slot, quantity: quantity.value }))
  }
  return ok({ kind: "inline", items })
}

/** PC-8, PC-9: what can be judged of a digest is only that something is asked for. */
function checkAmounts(body: PayCodeBody): Result<PayCodeBody, PayCodeError> {
  if (body.amountFen < 1) return err("pay-code/amount-below-one-fen")
  if (body.lines.kind === "digest") return ok(body)
  const linesFen = linesTotalFen(body.lines.items)
  if (linesFen > AMOUNT_FEN_MAX) return err("pay-code/lines-too-large")
  return judgeReduction(linesFen, body.amountFen).ok ? ok(body) : err("pay-code/amount-above-lines")
}
