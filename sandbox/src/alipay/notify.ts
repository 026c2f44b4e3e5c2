/** Alipay's asynchronous notifications: a form, signed RSA2; the merchant must answer exactly `success`. */

import { randomBytes } from "node:crypto"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { openIdFor } from "../buyers/buyers"
import type { Notification, NotificationWire } from "../notifications/notification"
import type { Order, Refund } from "../orders/order"
import { compactDay, dateTime } from "../time/china-time"
import type { World } from "../world"
import { brokenSignature, signedText, signText } from "./signature"
import { tradeStatus } from "./trade"

function commonContent(world: World, order: Order): Record<string, string> {
  const { request } = order
  const known =
    typeof request.buyer_id === "string" ? { buyer_id: order.payer } : { buyer_open_id: openIdFor(world.buyers, order) }
  const buyer: Record<string, string> = order.payer === "" ? {} : known
  return {
    notify_type: "trade_status_sync",
    app_id: order.collector,
    auth_app_id: order.collector,
    charset: "utf-8",
    version: "1.0",
    trade_no: order.tradeNo,
    out_trade_no: order.orderNo,
    ...buyer,
    seller_id: order.payeeNo,
    trade_status: tradeStatus(order),
    total_amount: fenToYuan(order.amountFen),
    subject: order.description,
    body: typeof request.body === "string" ? request.body : "",
    gmt_create: dateTime(order.createdAtMs),
  }
}

function paidContent(world: World, order: Order): Record<string, string> {
  const paidByBuyer = fenToYuan(order.amountFen - order.couponFen)
  return {
    ...commonContent(world, order),
    receipt_amount: fenToYuan(order.amountFen),
    buyer_pay_amount: paidByBuyer,
    invoice_amount: paidByBuyer,
    point_amount: "0.00",
    gmt_payment: dateTime(order.paidAtMs ?? 0),
    fund_bill_list: JSON.stringify([{ amount: paidByBuyer, fundChannel: "ALIPAYACCOUNT" }]),
  }
}

function enqueue(world: World, order: Order, refundNo: string | null, content: Record<string, string>): Notification {
  return world.notifier.enqueue({
    id: `${compactDay(world.settings.clockMs())}${randomBytes(12).toString("hex")}`,
    platform: "alipay",
    event: content.trade_status ?? "",
    orderNo: order.orderNo,
    refundNo,
    url: order.notifyUrl,
    content,
  })
}

export function notifyPaid(world: World, order: Order): Notification {
  return enqueue(world, order, null, paidContent(world, order))
}

/** A trade that was closed unpaid, by the merchant or by its time-out. */
export function notifyClosed(world: World, order: Order): Notification {
  return enqueue(world, order, null, { ...commonContent(world, order), gmt_close: dateTime(order.closedAtMs ?? 0) })
}

export function notifyRefunded(world: World, order: Order, refund: Refund): Notification {
  return enqueue(world, order, refund.refundNo, {
    ...paidContent(world, order),
    out_biz_no: refund.refundNo,
    refund_fee: fenToYuan(order.refundedFen),
    gmt_refund: dateTime(refund.settledAtMs ?? 0),
    ...(order.refundedFen === order.amountFen ? { gmt_close: dateTime(refund.settledAtMs ?? 0) } : {}),
  })
}

export function alipayNotificationWire(world: () => World): NotificationWire {
  return {
    compose(notification, options) {
      const content = notification.content as Readonly<Record<string, string>>
      const parameters = { ...content, notify_id: notification.id, notify_time: dateTime(world().settings.clockMs()) }
      const sign = signText(world(), signedText(parameters, ["sign", "sign_type"]))
      const form = new URLSearchParams({
        ...parameters,
        sign_type: "RSA2",
        sign: options.probe ? brokenSignature(sign) : sign,
      })
      return { body: form.toString(), headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" } }
    },
    accepts: (status, text) => status === 200 && text === "success",
  }
}
