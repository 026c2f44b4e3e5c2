/**
 * A platform's own account of one day in China (UTC+8): every payment it took and every refund it gave, whether we know
 * of it or not. Money in fen; a fee is what the platform kept, negative where it gave a fee back. A bill that is torn or
 * not in the documented form is `unknown`, as is one whose hash is wrong: none of it is used. One of a market's size
 * would fill the memory as objects, so it is handed out in pages, after it was read whole and found sound.
 */
import type { Payee } from "./payment-provider"

export type BillLimits = {
  /** Of the file, and of what it unpacks to. */
  readonly bytesMax: number
  readonly linesMax: number
}

/**
 * Six days of a city with three million payments at one platform (docs/scale.md). No memory grows with a bill: the file is
 * on disk, a page of it at a time is not, so this bounds the disk, and how long a gateway may be kept busy.
 */
export const billLimits: BillLimits = { bytesMax: 8 * 1024 ** 3, linesMax: 20_000_000 }
/** Lines that are held as objects at once. */
export const billPageLines = 1_000

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

/** Sound as a whole. `pages` may be read again; whoever has it closes it. */
export type Bill = {
  readonly pages: () => AsyncIterable<readonly BillLine[]>
  readonly close: () => Promise<void>
}

/**
 * `not-ready`: the platform is still making it. `absent`: it has none for the day, because nothing happened or, at
 * Alipay, because it is not made yet. `too-large`: beyond `billLimits`; asking again will not help.
 */
export type DailyBill =
  | { readonly state: "not-ready" }
  | { readonly state: "absent" }
  | { readonly state: "too-large" }
  | { readonly state: "ready"; readonly bill: Bill }

export type BillOrder = {
  /** `yyyy-mm-dd` in China. */
  readonly day: string
  /** Whose bill; left out where one bill covers every payee of the service provider. */
  readonly payee: Payee | undefined
}
