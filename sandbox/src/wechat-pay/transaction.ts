/** An order and a refund in WeChat Pay's words, the same in query answers and in notifications. */
import type { Order, Refund } from "../orders/order"
import { rfc3339 } from "../time/china-time"

const stateWords = {
  SUCCESS: "支付成功",
  REFUND: "转入退款",
  NOTPAY: "订单未支付",
  CLOSED: "订单已关闭",
} as const

export function tradeState(order: Order): keyof typeof stateWords {
  if (order.state === "paid") return order.refundedFen > 0 ? "REFUND" : "SUCCESS"
  return order.state === "closed" ? "CLOSED" : "NOTPAY"
}

const tradeTypes = { jsapi: "JSAPI", native: "NATIVE", h5: "MWEB" } as const

/** Who collects, in an order and in a refund. */
function merchantsOf({ request }: Order): Record<string, unknown> {
  if (request.sp_mchid === undefined) return { mchid: request.mchid }
  return { sp_mchid: request.sp_mchid, sub_mchid: request.sub_mchid }
}

function partiesOf(order: Order): Record<string, unknown> {
  const { request } = order
  if (request.sp_mchid === undefined) return { appid: request.appid, ...merchantsOf(order) }
  return {
    sp_appid: request.sp_appid,
    ...(request.sub_appid === undefined ? {} : { sub_appid: request.sub_appid }),
    ...merchantsOf(order),
  }
}

/** Whoever paid; before, only whom the request named. */
function payerOf(order: Order): Record<string, unknown> {
  if (order.request.payer !== undefined) return { payer: order.request.payer }
  if (order.payer === "") return {}
  return { payer: order.request.sp_mchid === undefined ? { openid: order.payer } : { sp_openid: order.payer } }
}

export function transaction(order: Order): Record<string, unknown> {
  const { request } = order
  const state = tradeState(order)
  const head = {
    ...partiesOf(order),
    out_trade_no: order.orderNo,
    trade_state: state,
    trade_state_desc: stateWords[state],
    attach: request.attach ?? "",
    ...(request.scene_info === undefined ? {} : { scene_info: request.scene_info }),
    ...payerOf(order),
  }
  if (order.paidAtMs === null) return { ...head, amount: { total: order.amountFen, currency: "CNY" } }
  return {
    ...head,
    transaction_id: order.tradeNo,
    trade_type: tradeTypes[order.way],
    bank_type: "OTHERS",
    success_time: rfc3339(order.paidAtMs),
    amount: {
      total: order.amountFen,
      payer_total: order.amountFen - order.couponFen,
      currency: "CNY",
      payer_currency: "CNY",
    },
  }
}

export const refundStatus = {
  processing: "PROCESSING",
  succeeded: "SUCCESS",
  closed: "CLOSED",
  abnormal: "ABNORMAL",
} as const

function refundAmount(order: Order, refund: Refund) {
  return {
    total: order.amountFen,
    refund: refund.amountFen,
    payer_total: order.amountFen - order.couponFen,
    payer_refund: Math.min(refund.amountFen, order.amountFen - order.couponFen),
  }
}

export function refundAnswer(order: Order, refund: Refund): Record<string, unknown> {
  const amount = refundAmount(order, refund)
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.refundNo,
    transaction_id: order.tradeNo,
    out_trade_no: order.orderNo,
    channel: "ORIGINAL",
    user_received_account: "支付用户零钱",
    create_time: rfc3339(refund.createdAtMs),
    ...(refund.settledAtMs === null ? {} : { success_time: rfc3339(refund.settledAtMs) }),
    status: refundStatus[refund.state],
    funds_account: "AVAILABLE",
    amount: {
      ...amount,
      from: [],
      settlement_total: order.amountFen,
      settlement_refund: refund.amountFen,
      discount_refund: refund.amountFen - amount.payer_refund,
      currency: "CNY",
    },
    promotion_detail: [],
  }
}

export function refundNews(order: Order, refund: Refund): Record<string, unknown> {
  return {
    ...merchantsOf(order),
    out_trade_no: order.orderNo,
    transaction_id: order.tradeNo,
    out_refund_no: refund.refundNo,
    refund_id: refund.refundId,
    refund_status: refundStatus[refund.state],
    ...(refund.settledAtMs === null ? {} : { success_time: rfc3339(refund.settledAtMs) }),
    user_received_account: "支付用户零钱",
    amount: refundAmount(order, refund),
  }
}
