/** `alipay.trade.*`: what each method does with a checked `biz_content`. */

import { randomBytes, randomInt } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { fenToYuan, yuanToFen } from "@suyuan/protocol/units/money"
import { z } from "zod"
import { alipay, inRange, ownerOfApp, sellerOfToken } from "../accounts"
import { openIdFor } from "../buyers/buyers"
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

const common = {
  out_trade_no: z.string().regex(/^[A-Za-z0-9_]{1,64}$/),
  total_amount: money,
  subject: z.string().regex(/^[^/=&]{1,256}$/),
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
}
const createInput = z.object({
  ...common,
  product_code: z.literal("JSAPI_PAY"),
  op_app_id: text(32),
  buyer_id: z
    .string()
    .regex(/^2088\d{12}$/)
    .optional(),
  buyer_open_id: text(128).optional(),
  op_buyer_open_id: text(128).optional(),
})
const precreateInput = z.object({ ...common, product_code: z.literal("FACE_TO_FACE_PAYMENT").optional() })
const wapInput = z.object({ ...common, product_code: z.literal("QUICK_WAP_WAY"), quit_url: text(400) })

const tradeInput = z.object({ out_trade_no: text(64).optional(), trade_no: text(64).optional() })

/** The public parameters beside `biz_content` that a method looks at. */
export interface CallContext {
  readonly notifyUrl: string
  readonly appAuthToken: string
  /** The app that signed. */
  readonly appId: string
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

/** Whom the call acts for: the token's merchant, or the app's own account. Only the gateway's app was given tokens. */
export function sellerOf(world: World, context: CallContext, sellerId: string | undefined): string {
  const { appAuthToken, appId } = context
  const granted = appId === alipay.appId ? sellerOfToken(appAuthToken) : undefined
  const seller = appAuthToken === "" ? ownerOfApp(appId) : granted
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
  const isTheirs = order?.payeeNo === seller && order.collector === context.appId
  if (order === undefined || !isTheirs || order.hidden) throw alipayErrors.tradeNotExist()
  return order
}

type Common = Pick<z.output<typeof precreateInput>, keyof typeof common>

function expiryOf(content: Common, nowMs: number): number {
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

/** The payer, as the app knows them whose id was given: the caller's, or that of the page on which they stand. */
function buyerOf(
  world: World,
  context: CallContext,
  content: z.output<typeof createInput>,
  seller: string,
): { appId: string; payer: string } {
  const { buyer_id, buyer_open_id, op_buyer_open_id, op_app_id } = content
  const payer = buyer_id ?? buyer_open_id ?? op_buyer_open_id
  if (payer === undefined) throw alipayErrors.invalidParameter("buyer_id、buyer_open_id、op_buyer_open_id不能同时为空")
  if (payer === seller) throw alipayErrors.buyerSellerEqual()
  const appId = buyer_id === undefined && buyer_open_id === undefined ? op_app_id : context.appId
  if (world.buyers.byId(appId, payer) === undefined) throw alipayErrors.invalidParameter("买家不存在")
  return { appId, payer }
}

interface Checked {
  readonly way: Order["way"]
  readonly seller: string
  readonly content: Common
  readonly appId: string
  readonly payer: string
}

/** The order of this number, made now or before; with other content it is refused. */
function storeTrade(world: World, context: CallContext, checked: Checked): Order {
  const { way, seller, content } = checked
  const amountFen = amountOf(content.total_amount)
  const existing = world.store.order("alipay", content.out_trade_no)
  if (existing !== undefined) {
    const same = existing.way === way && existing.payeeNo === seller && existing.collector === context.appId
    if (!same || !isDeepStrictEqual(existing.request, content)) throw alipayErrors.contextInconsistent()
    if (existing.state === "paid") throw alipayErrors.tradeHasSuccess()
    if (existing.state === "closed") throw alipayErrors.tradeHasClose()
    return existing
  }
  checkNotifyUrl(world, context.notifyUrl)
  const now = world.settings.clockMs()
  const tradeNo = `${compactDay(now)}22001${randomInt(1e6, 1e7)}${randomInt(1e7, 1e8)}`
  const order: Order = {
    platform: "alipay",
    collector: context.appId,
    way,
    hidden: way === "native",
    orderNo: content.out_trade_no,
    tradeNo,
    prepayId: way === "native" ? randomBytes(12).toString("hex") : tradeNo,
    prepayAtMs: now,
    appId: checked.appId,
    payer: checked.payer,
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
  return order
}

export function createTrade(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const content = parseContent(createInput, body)
  const seller = sellerOf(world, context, content.seller_id)
  if (content.op_app_id !== alipay.appId) throw alipayErrors.invalidParameter("op_app_id与应用不匹配")
  const payer = buyerOf(world, context, content, seller)
  const order = storeTrade(world, context, { way: "jsapi", seller, content, ...payer })
  return { code: "10000", msg: "Success", out_trade_no: order.orderNo, trade_no: order.tradeNo }
}

const codePrefix = "https://qr.alipay.com/"

/** Makes a code; a trade that can be asked after is there only once somebody has scanned it. */
export function precreateTrade(world: World, context: CallContext, body: unknown): Record<string, unknown> {
  const content = parseContent(precreateInput, body)
  const seller = sellerOf(world, context, content.seller_id)
  const order = storeTrade(world, context, { way: "native", seller, content, appId: context.appId, payer: "" })
  return { code: "10000", msg: "Success", out_trade_no: order.orderNo, qr_code: codePrefix + order.prepayId }
}

/** The trade behind a scanned code, which is there from now on; undefined when the code is none of ours. */
export function tradeOfCode(world: World, code: string): Order | undefined {
  if (!code.startsWith(codePrefix)) return undefined
  const order = world.store.orderByPrepayId("alipay", code.slice(codePrefix.length))
  if (order?.way !== "native" || !order.hidden) return order?.way === "native" ? order : undefined
  const scanned: Order = { ...order, hidden: false }
  world.store.saveOrder(scanned)
  return scanned
}

/** `alipay.trade.wap.pay`: the payer's own browser brings the signed order, which is a trade from then on. */
export function openWapTrade(world: World, context: CallContext, body: unknown): Order {
  const content = parseContent(wapInput, body)
  const seller = sellerOf(world, context, content.seller_id)
  return storeTrade(world, context, { way: "h5", seller, content, appId: context.appId, payer: "" })
}

export function buyerIn(world: World, order: Order): Record<string, unknown> {
  if (order.payer === "") return {}
  if (typeof order.request.buyer_id === "string") return { buyer_user_id: order.payer }
  return { buyer_open_id: openIdFor(world.buyers, order) }
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
    ...buyerIn(world, order),
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
    const closed = closeOrder(world, order)
    // A code that nobody scanned never was a trade.
    if (!closed.hidden) notifyClosed(world, closed)
  }
}
