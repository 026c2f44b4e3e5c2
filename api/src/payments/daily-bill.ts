/**
 * A platform's own account of one day in China (UTC+8): every payment it took and every refund it gave, whether we know
 * of it or not. Money in fen; a fee is what the platform kept, negative where it gave a fee back. Limits:
 * `billBytesMax`, `billLinesMax`; a bill that is larger, torn or not in the documented form is `unknown`, as is one whose
 * hash is wrong: none of it is used.
 */
import type { Payee } from "./payment-provider"

export const billBytesMax = 64 * 1024 * 1024
export const billLinesMax = 400_000

export type BillPayment = {
  readonly about: "payment"
  readonly outTradeNo: string
  readonly transactionId: string
  readonly payeeAccount: string
  readonly amountFen: number
  readonly feeFen: number
}

export type BillRefund = {
  readonly about: "refund"
  readonly outTradeNo: string
  readonly outRefundNo: string
  readonly payeeAccount: string
  readonly amountFen: number
  readonly feeFen: number
  readonly state: "succeeded" | "processing" | "failed"
}

export type BillLine = BillPayment | BillRefund

/**
 * `not-ready`: the platform is still making it. `absent`: it has none for the day, because nothing happened or, at
 * Alipay, because it is not made yet.
 */
export type DailyBill =
  | { readonly state: "not-ready" }
  | { readonly state: "absent" }
  | { readonly state: "ready"; readonly lines: readonly BillLine[] }

export type BillOrder = {
  /** `yyyy-mm-dd` in China. */
  readonly day: string
  /** Whose bill; left out where one bill covers every payee of the service provider. */
  readonly payee: Payee | undefined
}
