import type { Context, Transaction } from "../context"
import type { SaleKey } from "../sales/sale-key"
import type { PaymentProvider, Platform } from "./payment-provider"

/** What money needs from outside its own domain; `main.ts` puts it together. */
export type PaymentDeps = {
  readonly providers: Readonly<Record<Platform, PaymentProvider>>
  /** Makes trade records of settled sales (sales/complete-trades); returns those it made one for. */
  readonly completeTrades: (ctx: Context, tx: Transaction, keys: readonly SaleKey[]) => Promise<readonly SaleKey[]>
  /** Tells the piles what became of refunded goods (trace/apply-void, trace/apply-return). */
  readonly applyRefundedGoods: (ctx: Context, tx: Transaction, goods: RefundedGoods) => Promise<void>
}

export type RefundedGoods = {
  readonly saleRecordId: string
  readonly refundRecordId: string
  readonly siteId: string
  readonly merchantId: string
  readonly effectiveAt: Date
  readonly goods: "not-handed-over" | "returned" | "discarded"
  /** [line, grams] of what came back; empty means all of the sale. */
  readonly lines: readonly (readonly [number, number])[]
}
