/** A payment goes through at the platform. */
import { notifyPaid as notifyAlipayPaid } from "../alipay/notify"
import { type Buyer, payerIn } from "../buyers/buyers"
import { notifyPaid as notifyWechatPaid } from "../wechat-pay/notify"
import type { World } from "../world"
import type { Order } from "./order"

export type PayOutcome =
  | { readonly ok: true; readonly order: Order }
  | { readonly ok: false; readonly reason: "paid" | "closed" | "expired" | "payer-missing" }

/**
 * Takes the money and tells the merchant. Under the fault `notification-first` it returns only after the merchant
 * has answered the notification.
 *
 * @param couponFen part of the amount that the platform pays for the buyer
 * @param buyer whoever scanned or opened it; an order that names its payer is paid by that one
 */
export async function payOrder(world: World, platformOrder: Order, couponFen = 0, buyer?: Buyer): Promise<PayOutcome> {
  const order = world.store.order(platformOrder.platform, platformOrder.orderNo) ?? platformOrder
  const now = world.settings.clockMs()
  const occasion = { platform: order.platform, operation: "pay", numbers: [order.orderNo] } as const
  if (order.state === "paid") return { ok: false, reason: "paid" }
  const ended = order.state === "closed" ? "closed" : (order.expiresAtMs ?? now + 1) <= now ? "expired" : undefined
  if (ended !== undefined && world.faults.strike("payment-after-close", occasion) === undefined) {
    return { ok: false, reason: ended }
  }
  const payer = order.payer === "" ? buyer && payerIn(order.appId, buyer) : order.payer
  if (payer === undefined) return { ok: false, reason: "payer-missing" }
  const paid: Order = {
    ...order,
    payer,
    hidden: false,
    state: "paid",
    paidAtMs: now,
    couponFen: Math.min(couponFen, order.amountFen - 1),
  }
  world.store.saveOrder(paid)
  const notification = paid.platform === "wechat-pay" ? notifyWechatPaid(world, paid) : notifyAlipayPaid(world, paid)
  if (world.faults.strike("notification-first", occasion) !== undefined) await world.notifier.postNow(notification)
  return { ok: true, order: paid }
}
