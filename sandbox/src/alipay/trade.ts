/** `alipay.trade.*` for JSAPI payments: what each method does with a checked `biz_content`. */

import { randomInt } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { fenToYuan, yuanToFen } from "@suyuan/protocol/units/money"
import { z } from "zod"
import { alipay, inRange, sellerOfToken } from "../accounts"
import { closeOrder } from "../orders/close-order"
import type { Order } from "../orders/order"
import { isReachable } from "../settings"
import { compactDay, dateTime, parseDateTime } from "../time/china-time"
import type { World } from "../world"
import { alipayErrors } from "./error"
import { notifyClosed } from "./notify"

const amountFenMax = 10_000_000_000
/** Without `time_expire` a trade can be paid for 15 days. */
const tradeLifeMs = 15 * 24 * 3600 * 1000
const text = (max: number) => z.string().min(1).max(max)
const money = z.string().regex(/^\d{1,11}(\.\d{1,2})?$/)

const createInput = z.object({
  out_trade_no: z.string().regex(/^[A-Za-z0-9_]{1,64}$/),
  total_amount: money,
  subject: z.string().regex(/^[^/=&]{1,256}$/),
  product_code: z.literal("JSAPI_PAY"),
  op_app_id: text(32),
  buyer_id: z
    .string()
    .regex(/^2088\d{12}$/)
    .optional(),
  buyer_open_id: text(128).optional(),
  op_buyer_open_id: text(128).optional(),
  seller_id: z
    .string()
    .regex(/^2088\d{12}$/)
    .optional(),
  body: text(128).optional(),
  time_expire: z.string().optional(),
  timeout_express: z
    .string()
    .regex(/^\d{1,4}[mhd]$/)
    .optional(),
  store_id: text(32).optional(),
  terminal_id: text(32).optional(),
  passback_params: text(512).optional(),
  goods_detail: z.array(z.object({}).loose()).max(200).optional(),
  extend_params: z.object({}).loose().optional(),
})

const tradeInput = z.object({ out_trade_no: text(64).optional(), trade_no: text(64).optional() })

/** The public parameters beside `biz_content` that a method looks at. */
export interface CallContext {
  readonly notifyUrl: string
  readonly appAuthToken: string
}

export function parseContent<T>(schema: z.ZodType<T>, content: unknown): T {
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  throw alipayErrors.invalidParameter(`${parsed.error.issues[0]?.path.join(".") ?? "biz_content"}格式错误`)
}

/** An amount in fen, 1 to 100 million yuan. */
export function amountOf(yuanText: string): number {
  const fen = yuanToFen(yuanText.replace(/^0+(?=\d)/, ""))
  if (!fen.ok || fen.value < 1 || fen.value > amountFenMax) throw alipayErrors.totalFeeExceed()
  return fen.value
}

/** Whom the call acts for: the token's merchant, or the app's own account. */
export function sellerOf(world: World, context: CallContext, sellerId: string | undefined): string {
  const seller = context.appAuthToken === "" ? alipay.sellerId : sellerOfToken(context.appAuthToken)
  if (seller === undefined || !inRange(world.settings.sellerIds, seller)) throw alipayErrors.invalidAuthToken()
  if (sellerId !== undefined && sellerId !== seller) throw alipayErrors.invalidParameter("seller_id与授权商户不一致")
  return seller
}

export function tradeStatus(order: Order): "WAIT_BUYER_PAY" | "TRADE_CLOSED" | "TRADE_SUCCESS" {
  if (order.state === "open") return "WAIT_BUYER_PAY"
  return order.state === "closed" || order.refundedFen === order.amountFen ? "TRADE_CLOSED" : "TRADE_SUCCESS"
}

/** The trade by either number; a merchant sees only its own. */
export function findTrade(
  world: World,
  context: CallContext,
  content: { out_trade_no?: string | undefined; trade_no?: string | undefined },
): Order {
  const seller = sellerOf(world, context, undefined)
  const order =
    content.trade_no !== undefined
      ? world.store.orderByTradeNo("alipay", content.trade_no)
      : world.store.order("alipay", content.out_trade_no ?? "")
  if (order === undefined || order.payeeNo !== seller) throw alipayErrors.tradeNotExist()
  return order
}

function expiryOf(content: z.output<typeof createInput>, nowMs: number): number {
  if (content.time_expire !== undefined) {
    const atMs = parseDateTime(content.time_expire)
    if (atMs === undefined || atMs <= nowMs) throw alipayErrors.invalidParameter("time_expire不合法")
    return atMs
  }
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }
  const timeout = /^(\d+)([mhd])$/.exec(content.timeout_express ?? "")
  if (timeout === null) return nowMs + tradeLifeMs
  return nowMs + Number(timeout[1]) * unitMs[timeout[2] as "m" | "h" | "d"]
}

function checkNotifyUrl(world: World, value: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const known = url !== undefined && isReachable(url, world.gateway.url)
  if (!known)
    throw alipayErrors.invalidParameter("notify_url: the sandbox posts to loopback addresses and to its gateway only")
}

function buyerOf(world: World, content: z.output<typeof createInput>, seller: string): string {
  const ids = [content.buyer_id, content.buyer_open_id, content.op_buyer_open_id].filter((id) => id !== undefined)
  const payer = ids[0]
  if (payer === undefined) throw alipayErrors.invalidParameter("buyer_id、buyer_open_id、op_buyer_open_id不能同时为空")
  if (payer === seller) throw alipayErrors.buyerSellerEqual()
  if (world.buyers.byId(alipay.appId, payer) === undefined) throw alipayErrors.invalidParameter("买家不存在")
  return payer
}

export function createTrade(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const content = parseContent(createInput, body)
  const seller = sellerOf(world, context, content.seller_id)
  const amountFen = amountOf(content.total_amount)
  if (content.op_app_id !== alipay.appId) throw alipayErrors.invalidParameter("op_app_id与应用不匹配")
  const payer = buyerOf(world, content, seller)
  const answer = (order: Order) => ({
    code: "10000",
    msg: "Success",
    out_trade_no: order.orderNo,
    trade_no: order.tradeNo,
  })
  const existing = world.store.order("alipay", content.out_trade_no)
  if (existing !== undefined) {
    if (existing.payeeNo !== seller || !isDeepStrictEqual(existing.request, content))
      throw alipayErrors.contextInconsistent()
    if (existing.state === "paid") throw alipayErrors.tradeHasSuccess()
    if (existing.state === "closed") throw alipayErrors.tradeHasClose()
    return answer(existing)
  }
  checkNotifyUrl(world, context.notifyUrl)
  const now = world.settings.clockMs()
  const tradeNo = `${compactDay(now)}22001${randomInt(1e6, 1e7)}${randomInt(1e7, 1e8)}`
  const order: Order = {
    platform: "alipay",
    orderNo: content.out_trade_no,
    tradeNo,
    prepayId: tradeNo,
    prepayAtMs: now,
    appId: alipay.appId,
    payer,
    payeeNo: seller,
    amountFen,
    couponFen: 0,
    description: content.subject,
    notifyUrl: context.notifyUrl,
    request: content,
    state: "open",
    createdAtMs: now,
    expiresAtMs: expiryOf(content, now),
    paidAtMs: null,
    closedAtMs: null,
    refundedFen: 0,
  }
  world.store.saveOrder(order)
  world.notifier.onDue()
  return answer(order)
}

export function queryTrade(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const order = findTrade(world, context, parseContent(tradeInput, body))
  const paid = order.paidAtMs !== null
  const paidByBuyer = paid ? fenToYuan(order.amountFen - order.couponFen) : "0.00"
  return {
    code: "10000",
    msg: "Success",
    buyer_logon_id: "buy***@sandbox",
    buyer_pay_amount: paidByBuyer,
    ...(typeof order.request.buyer_id === "string" ? { buyer_user_id: order.payer } : { buyer_open_id: order.payer }),
    invoice_amount: paidByBuyer,
    out_trade_no: order.orderNo,
    point_amount: "0.00",
    receipt_amount: paid ? fenToYuan(order.amountFen) : "0.00",
    ...(order.paidAtMs === null ? {} : { send_pay_date: dateTime(order.paidAtMs) }),
    ...(order.request.store_id === undefined ? {} : { store_id: order.request.store_id }),
    ...(order.request.terminal_id === undefined ? {} : { terminal_id: order.request.terminal_id }),
    total_amount: fenToYuan(order.amountFen),
    trade_no: order.tradeNo,
    trade_status: tradeStatus(order),
  }
}

export function closeTrade(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const order = findTrade(world, context, parseContent(tradeInput, body))
  if (order.state !== "open") throw alipayErrors.tradeStatusError()
  notifyClosed(world, closeOrder(world, order))
  return { code: "10000", msg: "Success", trade_no: order.tradeNo, out_trade_no: order.orderNo }
}

/** Alipay closes what is not paid in time, and says so. */
export function closeExpiredTrades(world: World): void {
  for (const order of world.store.openOrdersExpiredBy("alipay", world.settings.clockMs())) {
    notifyClosed(world, closeOrder(world, order))
  }
}
