/** `alipay.trade.wap.pay`: a signed address that the payer's browser opens by itself. */
import type { Order } from "../orders/order"
import type { World } from "../world"
import { AlipayError, alipayErrors } from "./error"
import { contextOf, parseBizContent } from "./routes"
import { verifyCall } from "./signature"
import { openWapTrade } from "./trade"

export const wapMethod = "alipay.trade.wap.pay"

export type WapOpening =
  | { readonly ok: true; readonly order: Order; readonly returnUrl: string }
  | { readonly ok: false; readonly reason: "prepay-unknown"; readonly code: string }

/** Checks the address and makes its trade, once. Whoever holds the address may pay. */
export function openWap(world: World, address: URL): WapOpening {
  const parameters = Object.fromEntries(address.searchParams)
  try {
    if (parameters.method !== wapMethod) throw alipayErrors.invalidMethod()
    verifyCall(world, parameters, address.searchParams)
    const order = openWapTrade(world, contextOf(parameters), parseBizContent(parameters.biz_content))
    return { ok: true, order, returnUrl: parameters.return_url ?? "" }
  } catch (error) {
    if (!(error instanceof AlipayError)) throw error
    return { ok: false, reason: "prepay-unknown", code: error.subCode }
  }
}
