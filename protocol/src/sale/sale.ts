/**
 * A sale: one payment, its lines. The types that terminal, gateway and record share; how lines look as bytes
 * is the pay code's business (`terminal/pay-code`), what they add up to is `sale/sale-totals`.
 */
import type { Quantity } from "../units/weight"

/** Line positions of the pay code: what fits a QR that a cheap phone still reads. */
export const INLINE_LINES_MAX = 8
export const SALE_LINES_MAX = 255

/** Largest unit price that 3 bytes hold: ¥167,772.15 per kilogram or piece. */
export const UNIT_PRICE_FEN_MAX = 0xff_ffff
/** Largest amount that 4 bytes hold: ¥42,949,672.95. */
export const AMOUNT_FEN_MAX = 0xffff_ffff

export interface SaleLine {
  /** Index into the terminal's stock snapshot, 0 … 65,535: says which commodity and lot. */
  readonly slot: number
  readonly quantity: Quantity
  /** Per kilogram for weights, per piece for pieces. A gift is 0. */
  readonly unitPriceFen: number
}

/** How the buyer's money came. Only the first is seen by a payment platform. */
export type SettlementKind = "platform" | "cash" | "code-only"

/** As numbers in uploads and records. `code-only`: handed over on six digits, the terminal being offline. */
export const SETTLEMENT_KINDS = { platform: 0, cash: 1, "code-only": 2 } as const satisfies Record<
  SettlementKind,
  number
>

/** Why a seller takes a cash sale or a hand-over back, as numbers in uploads and records. */
export const VOID_REASONS = { "wrong-lines": 0, "buyer-left": 1, duplicate: 2, other: 3 } as const
