/** A processing refund ends: the books change and the merchant is told. */
import type { Notification } from "../notifications/notification"
import { notifyRefund } from "../wechat-pay/notify"
import type { World } from "../world"
import type { Order, Refund } from "./order"

/** Marks a refund as done in the books: once, in whatever order things happen. */
export function bookRefund(
  world: World,
  refund: Refund,
  state: "succeeded" | "abnormal",
): { order: Order; refund: Refund } {
  const order = world.store.order(refund.platform, refund.orderNo)
  if (order === undefined) throw new Error("a refund without its order")
  const settled: Refund = { ...refund, state, settledAtMs: world.settings.clockMs() }
  const after: Order = state === "succeeded" ? { ...order, refundedFen: order.refundedFen + refund.amountFen } : order
  world.store.database.transaction(() => {
    world.store.saveRefund(settled)
    world.store.saveOrder(after)
  })()
  return { order: after, refund: settled }
}

/** Ends one WeChat Pay refund and enqueues its notification. */
export function settleRefund(world: World, refund: Refund): { refund: Refund; notification: Notification | undefined } {
  const numbers = [refund.orderNo, refund.refundNo]
  const occasion = { platform: refund.platform, operation: "refund", numbers } as const
  const abnormal = world.faults.strike("refund-abnormal", occasion) !== undefined
  const settled = bookRefund(world, refund, abnormal ? "abnormal" : "succeeded")
  return { refund: settled.refund, notification: notifyRefund(world, settled.order, settled.refund) }
}

export function settleDueRefunds(world: World): void {
  for (const refund of world.store.refundsDueBy(world.settings.clockMs())) settleRefund(world, refund)
}
