/** Port to the wallet that a page stands in, or that a browser can reach. */
import type { AnswerOf } from "@suyuan/client/client"
import type { PayOutcome } from "./pay-outcome"

export type Platform = "wechat-pay" | "alipay"
export type Bridge = NonNullable<AnswerOf<"/p/{digits}/pay", "post">["bridge"]>

export interface Wallet {
  /** Offered to the buyer, in this order. */
  readonly platforms: readonly Platform[]
  readonly method: "jsapi" | "h5" | "native"
  /** A mini-program's session; a browser has a cookie instead. */
  readonly token: () => string | undefined
  /** A session for this platform. `false`: the page was left for the platform's own login. Rejects without a network. */
  readonly login: (platform: Platform, digits: string) => Promise<boolean>
  /** What the wallet said when its sheet closed; never resolves where the page is left for the platform's. */
  readonly pay: (bridge: Bridge) => Promise<PayOutcome>
}
