/**
 * Kinds that tell of one payment: sale, void, refund. A sale's public section carries the seller's signature with
 * exactly the bytes it signs, so that whoever sees only the goods can check it.
 */
import { bytes, choice, field, list, map, optionalField, row, type ShapeOf, text, uint } from "../../codec/shape"
import { SETTLEMENT_KINDS } from "../../sale/sale"
import { alias, grams, hash, recordIdBytes, secondsSince2024, signature, uint8, uint32, uuid } from "./fields"

/** What fits an entry of 4,096 bytes with both aliases a line; a longer sale is recorded with its lines unknown. */
export const RECORDED_LINES_MAX = 100

/** Bits of `flags`. */
export const SALE_FLAGS = {
  /** Reduced by more than max(¥1, 10 %): not used for tracing until it is explained. */
  reductionOverTolerance: 1,
  /** More than 8 lines, and none arrived within 24 hours (or too many to record). */
  linesUnknown: 2,
  /** No upload within 24 hours after payment: made from the code alone. */
  uploadMissing: 4,
  /** The uploaded lines contradict the signed code: kept, not used. */
  linesContradictCode: 8,
} as const

const SALT_BYTES = 16
/** Header ‖ terminal ‖ counter ‖ issued at ‖ snapshot prefix ‖ line count ‖ 8 lines: docs/specs/pay-code.md. */
const GOODS_PART_BYTES_MAX = 71
const PRICE_PART_BYTES_MAX = 28
const GOODS_BYTES_PER_LINE = 6
const UNIT_PRICE_BYTES = 3

export const salePublic = map({
  siteNumber: field(0, uint32),
  /** Issued at, as the terminal signed it, plus the clock offset learned from it. */
  effectiveAtSeconds: field(1, secondsSince2024),
  stallAlias: field(2, alias),
  goodsPart: field(3, bytes(23, GOODS_PART_BYTES_MAX)),
  /** SHA-256(price salt ‖ price part). */
  priceHash: field(4, hash),
  signature: field(5, signature),
  /** In the order of the code; commodity 0 with an alias of zeros while the stock snapshot is missing. */
  lines: field(6, list(row({ commodity: uint32, sellerPileAlias: alias }), RECORDED_LINES_MAX)),
  /** One a line when a bound merchant bought, absent for a consumer. */
  buyerPileAliases: optionalField(7, list(alias, RECORDED_LINES_MAX, 1)),
  settlement: field(8, choice(SETTLEMENT_KINDS)),
  /** Absent when no bit is set, so that a sale has one encoding. */
  flags: optionalField(9, uint(15, 1)),
  /** For more than 8 lines: slot u16 ‖ quantity u32 of every line, whose digest is in the code. */
  lineGoods: optionalField(10, bytes(GOODS_BYTES_PER_LINE, RECORDED_LINES_MAX * GOODS_BYTES_PER_LINE)),
  /** With `lineGoods`: SHA-256(price salt ‖ unit prices). */
  unitPricesHash: optionalField(11, hash),
})
export type SalePublic = ShapeOf<typeof salePublic>

export const saleCommercial = map({
  priceSalt: field(0, bytes(SALT_BYTES)),
  /** Amount ‖ unit prices, or the amount alone for more than 8 lines. */
  pricePart: field(1, bytes(4, PRICE_PART_BYTES_MAX)),
  sellerMerchant: field(2, uuid),
  buyerMerchant: optionalField(3, uuid),
  /** With `lineGoods`: 3 bytes a line. */
  unitPrices: optionalField(4, bytes(UNIT_PRICE_BYTES, RECORDED_LINES_MAX * UNIT_PRICE_BYTES)),
})
export type SaleCommercial = ShapeOf<typeof saleCommercial>

export const PLATFORMS = { "wechat-pay": 1, alipay: 2 } as const

export const salePersonal = map({
  /** Keyed hash of the payer's platform identity. */
  payerPseudonym: field(0, bytes(32)),
  platform: field(1, choice(PLATFORMS)),
  transactionId: field(2, text(64, 1)),
})
export type SalePersonal = ShapeOf<typeof salePersonal>

export const voidPublic = map({
  voidOf: field(0, recordIdBytes),
  effectiveAtSeconds: field(1, secondsSince2024),
  siteNumber: field(2, uint32),
  reason: field(3, uint8),
})
export type VoidPublic = ShapeOf<typeof voidPublic>

/** What became of refunded goods: decides what the refund does to the pile. */
export const REFUNDED_GOODS = {
  "money-only": 0,
  "not-handed-over": 1,
  returned: 2,
  "returned-and-thrown-away": 3,
} as const

export const refundPublic = map({
  refundOf: field(0, recordIdBytes),
  effectiveAtSeconds: field(1, secondsSince2024),
  siteNumber: field(2, uint32),
  goods: field(3, choice(REFUNDED_GOODS)),
  lines: field(4, list(row({ lineIndex: uint8, grams }), RECORDED_LINES_MAX)),
})
export type RefundPublic = ShapeOf<typeof refundPublic>

export const refundCommercial = map({
  refundedFen: field(0, uint(0xffff_ffff, 1)),
  sellerMerchant: field(1, uuid),
})
export type RefundCommercial = ShapeOf<typeof refundCommercial>

export const refundPersonal = map({
  platform: field(0, choice(PLATFORMS)),
  refundTransactionId: field(1, text(64, 1)),
})
export type RefundPersonal = ShapeOf<typeof refundPersonal>
