/**
 * What the wallet does when a page calls the payment bridge: check that the call is the merchant's and the buyer's
 * own, show the sheet, and pay, refuse or leave. Answers are those of `wx.requestPayment` and `my.tradePay`.
 */
import { createVerify } from "node:crypto"
import { z } from "zod"
import { alipay } from "../accounts"
import type { Order } from "../orders/order"
import { type PayOutcome, payOrder } from "../orders/pay-order"
import { prepayLifeMs } from "../wechat-pay/create-order"
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
    .verify(world.keys.merchant.publicPem, bridge.paySign, "base64")
  if (!verified) return refused("pay-sign-wrong")
  if (bridge.appId !== order.appId) return refused("app-wrong")
  if (buyer.openids[order.appId] !== order.payer) return refused("payer-wrong")
  const tooOld = world.settings.clockMs() - order.prepayAtMs > prepayLifeMs
  return tooOld ? refused("prepay-too-old") : { ok: true, order }
}

function checkAlipayCall(world: World, buyer: Buyer, tradeNo: string): SheetResult {
  const order = world.store.orderByTradeNo("alipay", tradeNo)
  if (order === undefined) return refused("prepay-unknown")
  const same = world.buyers.byId(alipay.appId, order.payer)?.id === buyer.id
  return same ? { ok: true, order } : refused("payer-wrong")
}

/** The order that the sheet would show, once the call is found good. */
export function openSheet(world: World, buyer: Buyer, bridge: Bridge): SheetResult {
  return bridge.kind === "wechat-jsapi"
    ? checkWechatCall(world, buyer, bridge)
    : checkAlipayCall(world, buyer, bridge.tradeNo)
}

function inPlatformWords(bridge: Bridge, result: WalletAnswer["result"]): Pick<WalletAnswer, "errMsg" | "resultCode"> {
  if (bridge.kind === "alipay") {
    return { resultCode: { paid: "9000", refused: "4000", cancelled: "6001", failed: "4000" }[result] }
  }
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
  const outcome: PayOutcome = await payOrder(world, sheet.order, couponFen)
  const result = outcome.ok ? "paid" : "failed"
  return {
    result,
    ...(outcome.ok ? {} : { reason: outcome.reason }),
    ...inPlatformWords(bridge, result),
    order: { orderNo, amountFen, state: outcome.ok ? "paid" : sheet.order.state },
  }
}
