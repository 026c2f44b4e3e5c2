/**
 * What no shape can say: that the fields of one record fit each other (docs/specs/records.md, TR-8 to TR-11).
 * Hashes and signatures are the proof's business (`proof-signature`).
 */
import { toHex } from "../codec/bytes"
import { type GoodsPart, lineCountOf, parseGoodsPart, parsePricePart } from "../terminal/pay-code"
import type { AudienceKeyPublic } from "./kinds/audience-key"
import type { CertificatePublic } from "./kinds/checks"
import { SALE_FLAGS, type SaleCommercial, type SalePublic } from "./kinds/sale"
import type { OpenedRecord } from "./record-types"

export type RecordContradiction =
  | "goods-part-malformed"
  | "price-part-malformed"
  /** Another number of lines than the code says. */
  | "line-count"
  /** Slots and quantities stand in the record exactly when the code has only their digest. */
  | "line-goods"
  | "not-ascending"
  | "part-beyond-parts"
  /** Goods are sent back to somebody, and nothing else is. */
  | "sent-back"
  /** A certificate rests on others exactly when its goods lay in a pile; a binding was ended by somebody. */
  | "parents"
  | "ended-by"

const GOODS_BYTES_PER_LINE = 6
const UNIT_PRICE_BYTES = 3

export function findContradiction(record: OpenedRecord): RecordContradiction | undefined {
  switch (record.kind) {
    case "sale":
      return findSaleContradiction(record.public, record.commercial)
    case "waste":
      return (record.public.reason === "sent-back") === (record.public.sentBack !== undefined) ? undefined : "sent-back"
    case "certificate":
      return findCertificateContradiction(record.public)
    case "binding":
      return (record.public.action === "ended") === (record.public.endedBy !== undefined) ? undefined : "ended-by"
    case "refund":
      return isAscending(record.public.lines.map((line) => line.lineIndex)) ? undefined : "not-ascending"
    case "catalogue": {
      if (!isAscending(record.public.entries.map((entry) => entry.code))) return "not-ascending"
      return findPartContradiction(record.public)
    }
    case "snapshot":
    case "origin-statement":
      return findPartContradiction(record.public)
    case "audience-key":
      return findAudienceContradiction(record.public)
    default:
      return undefined
  }
}

function findCertificateContradiction({ pileAlias, parents }: CertificatePublic): RecordContradiction | undefined {
  if ((pileAlias === undefined) !== (parents === undefined)) return "parents"
  if (parents?.some(({ mustGrams, mayGrams }) => mustGrams > mayGrams)) return "parents"
  const ids = (parents ?? []).map(({ certificate }) => toHex(certificate))
  return ids.every((id, i) => i === 0 || id > ids[i - 1]!) ? undefined : "not-ascending"
}

function findSaleContradiction(
  sale: SalePublic,
  commercial: SaleCommercial | undefined,
): RecordContradiction | undefined {
  const goods = parseGoodsPart(sale.goodsPart)
  if (!goods.ok) return "goods-part-malformed"
  const flags = sale.flags ?? 0
  const unknown = (flags & SALE_FLAGS.linesUnknown) !== 0
  const contradicting = (flags & SALE_FLAGS.linesContradictCode) !== 0
  const expectedCount = unknown ? 0 : contradicting ? sale.lines.length : lineCountOf(goods.value.lines)
  if (sale.lines.length !== expectedCount) return "line-count"
  if (sale.buyerPileAliases !== undefined && sale.buyerPileAliases.length !== expectedCount) return "line-count"
  const inRecord = goods.value.lines.kind === "digest" && !unknown
  if (!fits(sale.lineGoods, inRecord, expectedCount * GOODS_BYTES_PER_LINE)) return "line-goods"
  if ((sale.unitPricesHash !== undefined) !== inRecord) return "line-goods"
  return commercial === undefined ? undefined : findPriceContradiction(goods.value, commercial, inRecord, expectedCount)
}

function findPriceContradiction(
  goods: GoodsPart,
  commercial: SaleCommercial,
  inRecord: boolean,
  lineCount: number,
): RecordContradiction | undefined {
  const price = parsePricePart(commercial.pricePart)
  const inCode = goods.lines.kind === "inline" ? goods.lines.items.length : 0
  if (!price.ok || price.value.unitPricesFen.length !== inCode) return "price-part-malformed"
  return fits(commercial.unitPrices, inRecord, lineCount * UNIT_PRICE_BYTES) ? undefined : "line-goods"
}

function fits(bytes: Uint8Array | undefined, expected: boolean, length: number): boolean {
  return expected ? bytes?.length === length : bytes === undefined
}

function findPartContradiction(part: { readonly part: number; readonly parts: number }) {
  return part.part < part.parts ? undefined : "part-beyond-parts"
}

function findAudienceContradiction(key: AudienceKeyPublic): RecordContradiction | undefined {
  if (!isAscending(key.organisations) || !isAscending(key.wraps.map((wrap) => wrap.organisation))) {
    return "not-ascending"
  }
  return undefined
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]!)
}
