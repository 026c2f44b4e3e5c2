/**
 * Port to a payment platform. Every call that moves or asks about money has one of three outcomes; a time-out, a broken
 * connection, an answer that is unsigned or out of shape are `unknown` and never `failed` (docs/specs/payments.md, PY-2).
 * Adapters: adapters/wechat-pay.ts, adapters/alipay.ts. One contract suite runs against both
 * (tests/api/payments/provider-contract.ts).
 */
import type { Result } from "@suyuan/protocol/result"
import type { BillOrder, DailyBill } from "./daily-bill"

export const platforms = ["wechat-pay", "alipay"] as const
export type Platform = (typeof platforms)[number]

export type UnknownCause =
  | "time-out"
  | "connection"
  /** No signature, another key's, a wrong one, or a probe: the answer may be anybody's. */
  | "unverified"
  /** Signed, and still not what the platform's own documents describe, or about another order. */
  | "malformed"
  /** The platform says that it does not know itself, or is too busy to say. */
  | "platform-unsure"
  /** The account by which it was made is no longer in the configuration: nobody was asked. */
  | "not-configured"

/** `code` is the platform's own, in capitals, without prefix and underscores: documents spell them both ways. */
export type Outcome<T> =
  | { readonly kind: "succeeded"; readonly value: T }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "unknown"; readonly cause: UnknownCause; readonly code?: string }

/** Whom the platform settles with, and who asks it to. */
export type Payee = {
  /** WeChat Pay: `sub_mchid`, or the merchant's own `mchid`. Alipay: the seller's user id. */
  readonly account: string
  /** Alipay's `app_auth_token`, by which a provider acts for a merchant. */
  readonly authToken: string | undefined
  /** Name, in the configuration, of the merchant's own account; without one the service provider acts for it. */
  readonly directAccount?: string | undefined
}

/** A merchant's own account: its name in the configuration, and its number at the platform. */
export type DirectAccount = { readonly name: string; readonly account: string }

/** How an app of the platform knows a person. */
export type PlatformPayer = { readonly appId: string; readonly openId: string }

export const payMethods = ["jsapi", "native", "h5"] as const
export type PayMethodKind = (typeof payMethods)[number]

/** How the payer comes to the order, and what is known of them. */
export type PayMethod =
  /** Inside the wallet: as the app in which they pay knows them. */
  | { readonly kind: "jsapi"; readonly payer: PlatformPayer }
  /** By a code on a screen, which any phone scans. */
  | { readonly kind: "native" }
  /** From a browser outside the wallet, which opens it and leads back. */
  | { readonly kind: "h5"; readonly clientIp: string; readonly returnUrl: string }

/** An order as it is sent, every time with the same content: a pure function of the stored attempt. */
export type PaymentOrder = {
  readonly outTradeNo: string
  readonly amountFen: number
  /** What the payer reads at the platform. */
  readonly description: string
  readonly payee: Payee
  readonly method: PayMethod
  /** Whole seconds. */
  readonly expiresAt: Date
  readonly terminalHex: string
}

export type TradeReference = { readonly outTradeNo: string; readonly payee: Payee }

/**
 * What a platform knows of an order. `totalFen` is the order's total, not what was paid after coupons. `payer` is told
 * by the platform once the order is paid. Alipay knows a code or an address only once somebody has come by it: until
 * then the order is `absent`.
 */
export type PlatformTrade =
  | { readonly state: "absent" }
  | { readonly state: "open" }
  | { readonly state: "closed" }
  | {
      readonly state: "paid"
      readonly totalFen: number
      readonly transactionId: string
      readonly payer?: PlatformPayer | undefined
    }

export type PaidTrade = Extract<PlatformTrade, { state: "paid" }>

export type RefundOrder = TradeReference & {
  readonly outRefundNo: string
  readonly refundFen: number
  /** The order's whole amount. */
  readonly totalFen: number
  readonly reason: string
}

export type RefundReference = TradeReference & { readonly outRefundNo: string }

/** `abnormal`: accepted, but the money did not reach the payer's account and a person must look. */
export type PlatformRefund =
  | { readonly state: "absent" }
  | { readonly state: "processing" | "succeeded" | "closed" | "abnormal"; readonly refundId: string | undefined }

/** What a phone pays with. Only the platform's result, never this, says that it is paid. */
export type Bridge =
  /** For the pay function of WeChat's own browser or mini-program. */
  | {
      readonly kind: "wechat-jsapi"
      readonly appId: string
      readonly timeStamp: string
      readonly nonceStr: string
      readonly package: string
      readonly signType: "RSA"
      readonly paySign: string
    }
  /** For Alipay's. */
  | { readonly kind: "alipay"; readonly tradeNo: string }
  /** Text of a QR code that the payer scans with the platform's app, from another screen. */
  | { readonly kind: "native"; readonly codeUrl: string }
  /** Where a browser outside the wallet goes. */
  | { readonly kind: "redirect"; readonly url: string }

/** As it came over the wire: names of headers in lower case, the body untouched. Everything in it may be an attacker's. */
export type NotificationMessage = {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
  /** Of the address that it came to: whose keys it must fit. Without one, the service provider's. */
  readonly directAccount?: string | undefined
}

/** Who collected. `directAccount` is the account whose keys the notification fits. */
type Collector = { readonly payeeAccount: string | undefined; readonly directAccount: string | undefined }

/** Verified, decrypted and about an app and account of ours. The domain still checks payee and amount. */
export type PlatformNotice =
  | (Collector & {
      readonly about: "payment"
      readonly outTradeNo: string
      readonly trade: Extract<PlatformTrade, { state: "paid" | "closed" }>
    })
  | (Collector & {
      readonly about: "refund"
      readonly outTradeNo: string
      readonly outRefundNo: string
      readonly refund: Exclude<PlatformRefund, { state: "absent" }>
    })
  /** Genuine, and nothing that we act upon. */
  | { readonly about: "other"; readonly event: string }

export type NotificationFault = "notification/unverified" | "notification/malformed" | "notification/not-ours"

export type PaymentProvider = {
  readonly platform: Platform
  /** Accounts of merchants that collect by themselves, each with keys, notifications and a daily bill of its own. */
  readonly directAccounts: readonly DirectAccount[]
  /** `handle` is what a bridge is made of. */
  readonly open: (order: PaymentOrder) => Promise<Outcome<{ readonly handle: string }>>
  readonly query: (reference: TradeReference) => Promise<Outcome<PlatformTrade>>
  /** Succeeds for an order that is closed already; fails with the platform's code for one that is paid. */
  readonly close: (reference: TradeReference) => Promise<Outcome<undefined>>
  /** Repeating a number with the same amount is the same refund. */
  readonly refund: (order: RefundOrder) => Promise<Outcome<PlatformRefund>>
  readonly queryRefund: (reference: RefundReference) => Promise<Outcome<PlatformRefund>>
  readonly readNotification: (message: NotificationMessage) => Promise<Result<PlatformNotice, NotificationFault>>
  /** Whether each payee has a bill of its own, or one bill covers all of the service provider's; direct accounts have. */
  readonly billPerPayee: boolean
  readonly dailyBill: (order: BillOrder) => Promise<Outcome<DailyBill>>
  /** Signs, asks nobody; the same input gives the same bridge. */
  readonly bridge: (input: {
    readonly handle: string
    readonly method: PayMethod
    readonly payee: Pick<Payee, "account" | "directAccount">
    readonly outTradeNo: string
    readonly openedAt: Date
  }) => Bridge | undefined
}

export const succeeded = <T>(value: T): Outcome<T> => ({ kind: "succeeded", value })
export const failed = (code: string): Outcome<never> => ({ kind: "failed", code })
export const unknown = (cause: UnknownCause, code?: string): Outcome<never> =>
  code === undefined ? { kind: "unknown", cause } : { kind: "unknown", cause, code }

/** `ACQ.TRADE_NOT_EXIST` → `TRADENOTEXIST`. */
export function normaliseCode(code: string): string {
  return (code.split(".").pop() ?? "").replaceAll(/[^0-9A-Za-z]/g, "").toUpperCase()
}
