import type { Platform } from "../accounts"

/** What the platform knows of one order. Money in fen, times in ms since 1970; `null` means not yet. */
export interface Order {
  readonly platform: Platform
  /** WeChat Pay: merchant number that signed the request. Alipay: app id. */
  readonly collector: string
  /** How the payer comes to it: inside the app, by a code that any phone scans, from a browser outside the app. */
  readonly way: "jsapi" | "native" | "h5"
  /** The merchant's number: `out_trade_no`. */
  readonly orderNo: string
  /** The platform's number: WeChat `transaction_id`, Alipay `trade_no`. */
  readonly tradeNo: string
  /** What the phone is given to pay by: WeChat `prepay_id` or a code's last part, Alipay the trade number or the same. */
  readonly prepayId: string
  /** When it was given out; WeChat Pay's is good for two hours, and a repeated request gets a new one. */
  readonly prepayAtMs: number
  /** The app whose id for the payer `payer` is. */
  readonly appId: string
  /** Empty until somebody pays, unless the request named one. */
  readonly payer: string
  /** Alipay makes a trade of a code only when it is scanned: until then nobody can ask after it. */
  readonly hidden: boolean
  /** WeChat `sub_mchid` or the own `mchid`, Alipay `seller_id`. */
  readonly payeeNo: string
  readonly amountFen: number
  /** Part of the amount that the platform paid for the buyer (a coupon): the payee still receives the whole. */
  readonly couponFen: number
  readonly description: string
  readonly notifyUrl: string
  /** The request as it came; a second one with the same number must be the same. */
  readonly request: Readonly<Record<string, unknown>>
  readonly state: "open" | "paid" | "closed"
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
  readonly paidAtMs: number | null
  readonly closedAtMs: number | null
  readonly refundedFen: number
}

export interface Refund {
  readonly platform: Platform
  readonly orderNo: string
  /** The merchant's number: `out_refund_no`, `out_request_no`. */
  readonly refundNo: string
  readonly refundId: string
  readonly amountFen: number
  readonly reason: string
  readonly notifyUrl: string
  readonly state: "processing" | "succeeded" | "closed" | "abnormal"
  readonly createdAtMs: number
  /** When a processing refund settles. */
  readonly dueAtMs: number
  readonly settledAtMs: number | null
}
