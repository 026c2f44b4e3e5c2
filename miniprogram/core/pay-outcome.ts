/**
 * What a wallet says when its payment sheet closes. None of it means paid: a success callback can be faked, come
 * late or be missing, so the gateway is asked in every case and its word alone settles; a clear no moves the page before it has answered.
 */
export type PayOutcome =
  /** The wallet says that it went through: ask the gateway. */
  | "reported"
  | "cancelled"
  | "failed"
  /** Neither yes nor no: ask the gateway, and let nobody take the goods yet. */
  | "unknown"
  /** The phone lost its network: perhaps before, perhaps after. Ask the gateway when it is back. */
  | "network"

/** `my.tradePay`'s resultCode; the `success` callback comes with all of them. */
const ALIPAY_OUTCOMES: ReadonlyMap<string, PayOutcome> = new Map([
  ["9000", "reported"],
  ["8000", "unknown"],
  ["6004", "unknown"],
  ["6002", "network"],
  ["6001", "cancelled"],
  ["4000", "failed"],
])

export function alipayOutcome(result: { readonly resultCode?: string | number | undefined }): PayOutcome {
  return ALIPAY_OUTCOMES.get(String(result.resultCode)) ?? "unknown"
}

/** errMsg of `wx.requestPayment`, from its success or its failure. */
export function wechatOutcome(result: { readonly errMsg?: string | undefined }): PayOutcome {
  const message = result.errMsg ?? ""
  if (message === "requestPayment:ok") return "reported"
  if (/^requestPayment:fail cancel/.test(message)) return "cancelled"
  if (/network|timeout|time out/i.test(message)) return "network"
  return /^requestPayment:fail/.test(message) ? "failed" : "unknown"
}

/** Whether money may have moved: then the sale is followed until the gateway knows. */
export function mustAskGateway(outcome: PayOutcome): boolean {
  return outcome !== "cancelled" && outcome !== "failed"
}
