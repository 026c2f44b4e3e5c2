/** WeChat Pay's notifications: what is told, and how it is sealed and signed for the wire. */
import { randomUUID } from "node:crypto"
import { merchantKeys } from "../keys/keep-keys"
import type { Notification, NotificationWire } from "../notifications/notification"
import type { Order, Refund } from "../orders/order"
import { rfc3339 } from "../time/china-time"
import type { World } from "../world"
import { sealResource, signatureHeaders } from "./sign"
import { refundNews, refundStatus, transaction } from "./transaction"

const summaries: Readonly<Record<string, string>> = {
  "TRANSACTION.SUCCESS": "支付成功",
  "REFUND.SUCCESS": "退款成功",
  "REFUND.ABNORMAL": "退款异常",
  "REFUND.CLOSED": "退款关闭",
}

/** Only success is told; a failed or closed payment is silent. */
export function notifyPaid(world: World, order: Order): Notification {
  return world.notifier.enqueue({
    id: randomUUID(),
    platform: "wechat-pay",
    event: "TRANSACTION.SUCCESS",
    orderNo: order.orderNo,
    refundNo: null,
    url: order.notifyUrl,
    content: transaction(order),
  })
}

export function notifyRefund(world: World, order: Order, refund: Refund): Notification | undefined {
  if (refund.notifyUrl === "") return undefined
  return world.notifier.enqueue({
    id: randomUUID(),
    platform: "wechat-pay",
    event: `REFUND.${refundStatus[refund.state]}`,
    orderNo: order.orderNo,
    refundNo: refund.refundNo,
    url: refund.notifyUrl,
    content: refundNews(order, refund),
  })
}

/** Whose key seals it: the merchant number that made the order. */
function collectorOf(content: Notification["content"]): string {
  return String(content.sp_mchid ?? content.mchid)
}

/** @param world asked at each post, because keys and clock belong to it */
export function wechatNotificationWire(world: () => World): NotificationWire {
  return {
    compose(notification, options) {
      const kind = notification.refundNo === null ? "transaction" : "refund"
      const { algorithm, ciphertext, associated_data, nonce } = sealResource(
        merchantKeys(world().keys, collectorOf(notification.content)).apiV3Key,
        kind,
        JSON.stringify(notification.content),
      )
      const body = JSON.stringify({
        id: notification.id,
        create_time: rfc3339(notification.createdAtMs),
        resource_type: "encrypt-resource",
        event_type: notification.event,
        summary: summaries[notification.event] ?? notification.event,
        resource: { original_type: kind, algorithm, ciphertext, associated_data, nonce },
      })
      const headers = { "Content-Type": "application/json", "User-Agent": "Mozilla/4.0", Accept: "*/*" }
      return { body, headers: { ...headers, ...signatureHeaders(world(), body, options) } }
    },
    accepts: (status) => status === 200 || status === 204,
  }
}
