/**
 * What the customer's screen is told: flat and final, so that it needs no sale logic. It asks with `hello` when it
 * opens, and is told anew at every change.
 */
export const DISPLAY_CHANNEL = "suyuan-customer-display"

export type DisplayState =
  | "idle"
  | "basket"
  | "code"
  | "paying"
  | "paid"
  | "cash"
  | "expired"
  | "closed"
  | "offline-digits"

export interface DisplayLine {
  readonly name: string
  readonly quantity: string
  readonly price: string
  readonly amount: string
  readonly origin: string
  /** What of the day's rapid tests speaks of these goods, in one line; empty where none does. */
  readonly tests: string
}

export interface DisplayMessage {
  readonly v: 1
  readonly kind: "show"
  readonly state: DisplayState
  /** Goods of it were recalled after its code was shown. Beside the state: a screen of before knows what `closed` is. */
  readonly recalled: boolean
  /** Paid before it was cancelled, and neither refunded nor handed over yet. */
  readonly cancelled: boolean
  readonly language: "zh" | "en"
  readonly development: boolean
  readonly stall: string
  readonly site: string
  /** Path of the stall's photo at the gateway; empty when there is none. */
  readonly photo: string
  readonly lines: readonly DisplayLine[]
  readonly total: string
  /** Of the pay code; empty when there is none to show. */
  readonly url: string
}

/** Where a terminal that lost its line is said to be away, beside its displays' own topics (DS-7). */
export const AWAY = "away"

export type DisplayQuestion = { readonly v: 1; readonly kind: "hello" }
