/** Port to a platform's messages: tells one buyer of a recall, through the mini-program that they use. */
import type { Platform, UnknownCause } from "../payments/payment-provider"

export type RecallMessage = {
  readonly openId: string
  /** The platform's number of a payment of theirs: what permits an Alipay message. */
  readonly transactionId: string | undefined
  /** A leave of the buyer's was taken for this message alone. */
  readonly hasLeave: boolean
  /** Path inside the mini-program, of a page that it has. */
  readonly page: string
  /** Names of goods, in Chinese. */
  readonly goods: string
  /** Day of the sale where the stall is, `2026-03-01`. */
  readonly boughtOn: string
  readonly reason: string
}

export type MessageOutcome =
  /** `byLeave`: it used the leave, not a payment. */
  | { readonly kind: "sent"; readonly messageId: string | undefined; readonly byLeave: boolean }
  /** The buyer did not allow it, or does not any more. */
  | { readonly kind: "not-permitted"; readonly code: string }
  /** It can never be sent as it is. */
  | { readonly kind: "failed"; readonly code: string }
  /** The platform certainly did nothing, and asks to be asked later. */
  | { readonly kind: "busy" }
  /** It may be with the buyer. */
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

export type BuyerNotifier = {
  /** Buyers of this app alone can be reached. */
  readonly appId: string
  readonly send: (message: RecallMessage) => Promise<MessageOutcome>
}

/** None where the platform has no template for it. */
export type BuyerNotifiers = Readonly<Record<Platform, BuyerNotifier | undefined>>
