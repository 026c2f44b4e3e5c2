/** `alipay.trade.refund` and its query: a refund is done when it is answered, and repeats by its request number. */

import { randomInt } from "node:crypto"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { z } from "zod"
import type { Notification } from "../notifications/notification"
import type { Order, Refund } from "../orders/order"
import { bookRefund } from "../orders/settle-refund"
import { compactDay, dateTime } from "../time/china-time"
import type { World } from "../world"
import { alipayErrors } from "./error"
import { notifyRefunded } from "./notify"
import { amountOf, buyerIn, type CallContext, findTrade, parseContent } from "./trade"

const refundInput = z.object({
  out_trade_no: z.string().min(1).max(64).optional(),
  trade_no: z.string().min(1).max(64).optional(),
  refund_amount: z.string().regex(/^\d{1,9}(\.\d{1,2})?$/),
  out_request_no: z.string().min(1).max(64).optional(),
  refund_reason: z.string().max(256).optional(),
})

const queryInput = z.object({
  out_trade_no: z.string().min(1).max(64).optional(),
  trade_no: z.string().min(1).max(64).optional(),
  out_request_no: z.string().min(1).max(64),
})

function refundNode(world: World, order: Order, refund: Refund, changed: boolean): Record<string, unknown> {
  return {
    code: "10000",
    msg: "Success",
    buyer_logon_id: "buy***@sandbox",
    ...buyerIn(world, order),
    fund_change: changed ? "Y" : "N",
    gmt_refund_pay: dateTime(refund.settledAtMs ?? 0),
    out_trade_no: order.orderNo,
    refund_fee: fenToYuan(order.refundedFen),
    send_back_fee: fenToYuan(refund.amountFen),
    trade_no: order.tradeNo,
  }
}

export interface RefundResult {
  readonly node: Record<string, unknown>
  readonly notification: Notification | undefined
}

export function refundTrade(world: World, context: CallContext, body: unknown): RefundResult {
  const content = parseContent(refundInput, body)
  const order = findTrade(world, context, content)
  const amountFen = amountOf(content.refund_amount)
  if (content.out_request_no === undefined && amountFen !== order.amountFen) {
    throw alipayErrors.invalidParameter("部分退款时out_request_no必填")
  }
  const refundNo = content.out_request_no ?? order.orderNo
  const existing = world.store.refundsOf("alipay", order.orderNo).find((refund) => refund.refundNo === refundNo)
  if (existing !== undefined) {
    if (existing.amountFen !== amountFen) throw alipayErrors.discordantRepeat()
    return { node: refundNode(world, order, existing, false), notification: undefined }
  }
  if (order.state !== "paid" || order.refundedFen === order.amountFen) throw alipayErrors.tradeStatusError()
  if (order.refundedFen + amountFen > order.amountFen) throw alipayErrors.refundAmountNotEqual()
  const now = world.settings.clockMs()
  const booked = bookRefund(
    world,
    {
      platform: "alipay",
      orderNo: order.orderNo,
      refundNo,
      refundId: `${compactDay(now)}${randomInt(1e8, 1e9)}`,
      amountFen,
      reason: content.refund_reason ?? "",
      notifyUrl: order.notifyUrl,
      state: "processing",
      createdAtMs: now,
      dueAtMs: now,
      settledAtMs: null,
    },
    "succeeded",
  )
  const notification = notifyRefunded(world, booked.order, booked.refund)
  return { node: refundNode(world, booked.order, booked.refund, true), notification }
}

/** An unknown request number is not an error: the answer just has no `refund_status`. */
export function queryRefund(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const content = parseContent(queryInput, body)
  const order = findTrade(world, context, content)
  const refund = world.store.refundsOf("alipay", order.orderNo).find((one) => one.refundNo === content.out_request_no)
  const head = { code: "10000", msg: "Success" }
  if (refund === undefined) return head
  return {
    ...head,
    gmt_refund_pay: dateTime(refund.settledAtMs ?? 0),
    out_request_no: refund.refundNo,
    out_trade_no: order.orderNo,
    refund_amount: fenToYuan(refund.amountFen),
    refund_status: "REFUND_SUCCESS",
    total_amount: fenToYuan(order.amountFen),
    trade_no: order.tradeNo,
  }
}
