/**
 * What the wallet does when a page calls the payment bridge, a code is scanned or a browser leads to it: check that the
 * call is the merchant's and the buyer's own, show the sheet, and pay, refuse or leave. Answers are those of `wx.requestPayment` and `my.tradePay`.
 */
import { createVerify } from "node:crypto"
import { z } from "zod"
import { tradeOfCode } from "../alipay/trade"
import { openWap } from "../alipay/wap-pay"
import { merchantKeys } from "../keys/keep-keys"
import type { Order } from "../orders/order"
import { type PayOutcome, payOrder } from "../orders/pay-order"
import { orderOfCode, orderOfH5, prepayLifeMs } from "../wechat-pay/create-order"
import type { World } from "../world"
import type { Buyer } from "./buyers"

export const bridgeInput = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("wechat-jsapi"),
    appId: z.string(),
    timeStamp: z.string(),
    nonceStr: z.string(),
    package: z.string(),
    signType: z.string(),
    paySign: z.string(),
  }),
  z.object({ kind: z.literal("alipay"), tradeNo: z.string() }),
  /** Scanned from another screen: `weixin://wxpay/…` or `https://qr.alipay.com/…`. */
  z.object({ kind: z.literal("native"), codeUrl: z.string().max(512) }),
  /** Opened by a browser outside the app: an `h5_url`, or a signed `alipay.trade.wap.pay`. */
  z.object({ kind: z.literal("redirect"), url: z.url().max(8192) }),
])

export type Bridge = z.output<typeof bridgeInput>
export const decisions = ["pay", "refuse", "cancel"] as const
export type Decision = (typeof decisions)[number]

/** Why the wallet would not even show the sheet, or could not take the money. */
export type WalletRefusal =
  | "pay-sign-wrong"
  | "sign-type-wrong"
  | "time-stamp-wrong"
  | "prepay-unknown"
  | "app-wrong"
  | "payer-wrong"
  | "paid"
  | "closed"
  | "expired"
  | "prepay-too-old"
  | "payer-missing"

export type SheetResult =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly reason: WalletRefusal }

export interface WalletAnswer {
  readonly result: "paid" | "refused" | "cancelled" | "failed"
  readonly reason?: WalletRefusal
  /** `wx.requestPayment`'s errMsg. */
  readonly errMsg?: string
  /** `my.tradePay`'s resultCode: 9000 paid, 6001 cancelled, 4000 failed. */
  readonly resultCode?: string
  readonly order?: { readonly orderNo: string; readonly amountFen: number; readonly state: string }
}

function refused(reason: WalletRefusal): SheetResult {
  return { ok: false, reason }
}

function checkWechatCall(world: World, buyer: Buyer, bridge: Extract<Bridge, { kind: "wechat-jsapi" }>): SheetResult {
  if (bridge.signType !== "RSA") return refused("sign-type-wrong")
  if (!/^\d{10}$/.test(bridge.timeStamp)) return refused("time-stamp-wrong")
  const prepayId = /^prepay_id=(.+)$/.exec(bridge.package)?.[1]
  const order = prepayId === undefined ? undefined : world.store.orderByPrepayId("wechat-pay", prepayId)
  if (order === undefined) return refused("prepay-unknown")
  const text = `${bridge.appId}\n${bridge.timeStamp}\n${bridge.nonceStr}\n${bridge.package}\n`
  const verified = createVerify("RSA-SHA256")
    .update(text)
    .verify(merchantKeys(world.keys, order.collector).publicPem, bridge.paySign, "base64")
  if (!verified) return refused("pay-sign-wrong")
  if (bridge.appId !== order.appId) return refused("app-wrong")
  if (buyer.openids[order.appId] !== order.payer) return refused("payer-wrong")
  const tooOld = world.settings.clockMs() - order.prepayAtMs > prepayLifeMs.jsapi
  return tooOld ? refused("prepay-too-old") : { ok: true, order }
}

function checkAlipayCall(world: World, buyer: Buyer, tradeNo: string): SheetResult {
  const order = world.store.orderByTradeNo("alipay", tradeNo)
  if (order === undefined) return refused("prepay-unknown")
  const same = world.buyers.byId(order.appId, order.payer)?.id === buyer.id
  return same ? { ok: true, order } : refused("payer-wrong")
}

/** Anybody may pay what is scanned or opened. */
function checkCode(world: World, code: string): SheetResult {
  const order = orderOfCode(world, code) ?? tradeOfCode(world, code)
  return order === undefined ? refused("prepay-unknown") : { ok: true, order }
}

function checkAddress(world: World, address: URL): SheetResult {
  if (address.pathname === "/gateway.do") return openWap(world, address)
  const order = orderOfH5(world, address.searchParams)
  return order === undefined ? refused("prepay-unknown") : { ok: true, order }
}

/** The order that the sheet would show, once the call is found good. */
export function openSheet(world: World, buyer: Buyer, bridge: Bridge): SheetResult {
  switch (bridge.kind) {
    case "wechat-jsapi":
      return checkWechatCall(world, buyer, bridge)
    case "alipay":
      return checkAlipayCall(world, buyer, bridge.tradeNo)
    case "native":
      return checkCode(world, bridge.codeUrl)
    case "redirect":
      return checkAddress(world, new URL(bridge.url))
  }
}

function inPlatformWords(bridge: Bridge, result: WalletAnswer["result"]): Pick<WalletAnswer, "errMsg" | "resultCode"> {
  if (bridge.kind === "alipay") {
    return { resultCode: { paid: "9000", refused: "4000", cancelled: "6001", failed: "4000" }[result] }
  }
  if (bridge.kind !== "wechat-jsapi") return {}
  const words = { paid: "ok", refused: "fail", cancelled: "fail cancel", failed: "fail" }
  return { errMsg: `requestPayment:${words[result]}` }
}

export async function confirmPayment(
  world: World,
  buyer: Buyer,
  bridge: Bridge,
  decision: Decision,
  couponFen = 0,
): Promise<WalletAnswer> {
  const sheet = openSheet(world, buyer, bridge)
  if (!sheet.ok) return { result: "failed", reason: sheet.reason, ...inPlatformWords(bridge, "failed") }
  const { orderNo, amountFen } = sheet.order
  if (decision !== "pay") {
    const result = decision === "refuse" ? "refused" : "cancelled"
    return { result, ...inPlatformWords(bridge, result), order: { orderNo, amountFen, state: sheet.order.state } }
  }
  const outcome: PayOutcome = await payOrder(world, sheet.order, couponFen, buyer)
  const result = outcome.ok ? "paid" : "failed"
  return {
    result,
    ...(outcome.ok ? {} : { reason: outcome.reason }),
    ...inPlatformWords(bridge, result),
    order: { orderNo, amountFen, state: outcome.ok ? "paid" : sheet.order.state },
  }
}
