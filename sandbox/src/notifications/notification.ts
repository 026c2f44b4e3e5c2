import type { Platform } from "../accounts"

/** One message to a merchant, posted until it is accepted or the schedule is used up. */
export interface Notification {
  /** Stays the same over all tries, as on the real platforms. */
  readonly id: string
  readonly platform: Platform
  /** `TRANSACTION.SUCCESS`, `REFUND.SUCCESS`, … or Alipay's `trade_status`. */
  readonly event: string
  readonly orderNo: string
  readonly refundNo: string | null
  readonly url: string
  /** What it says, before encryption and signature. */
  readonly content: Readonly<Record<string, unknown>>
  readonly createdAtMs: number
  readonly tries: number
  /** `null`: nothing more to send. */
  readonly nextAtMs: number | null
  readonly acceptedAtMs: number | null
  readonly lastAnswer: string | null
}

/** The signed message as it goes over the wire; made anew for each try, because signatures carry their time. */
export interface WireMessage {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** How one platform writes its notifications and what it takes for an acceptance. */
export interface NotificationWire {
  compose(notification: Notification, options: { readonly probe: boolean }): WireMessage
  accepts(status: number, text: string): boolean
}
