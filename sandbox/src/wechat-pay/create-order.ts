/** `POST /v3/pay/partner/transactions/jsapi`: the documented fields, checked as documented. */
import { randomBytes, randomInt } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import { z } from "zod"
import { inRange, wechat } from "../accounts"
import type { Order } from "../orders/order"
import { isReachable } from "../settings"
import { compactDay, compactTime, parseRfc3339 } from "../time/china-time"
import type { World } from "../world"
import { paramError, wechatErrors } from "./error"

export const prepayLifeMs = 2 * 3600 * 1000
/** Without `time_expire` an order can be paid for seven days. */
const orderLifeMs = 7 * 24 * 3600 * 1000
const apps: readonly string[] = [wechat.appId, wechat.miniAppId]
const text = (max: number) => z.string().min(1).max(max)

const createInput = z.object({
  sp_appid: text(32),
  sp_mchid: text(32),
  sub_appid: text(32).optional(),
  sub_mchid: text(32),
  description: text(127),
  out_trade_no: z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/, "必须为6至32个字符，只能是数字、大小写字母_-|*"),
  time_expire: text(64).optional(),
  attach: text(128).optional(),
  notify_url: text(255),
  goods_tag: text(32).optional(),
  support_fapiao: z.boolean().optional(),
  settle_info: z.object({ profit_sharing: z.boolean().optional() }).optional(),
  amount: z.object({
    total: z.number().int("必须为整数，单位为分").min(1, "值低于最小值 1").max(10_000_000_000),
    currency: z.literal("CNY").optional(),
  }),
  payer: z.object({ sp_openid: text(128).optional(), sub_openid: text(128).optional() }),
  detail: z.object({}).loose().optional(),
  scene_info: z
    .object({
      payer_client_ip: text(45),
      device_id: text(32).optional(),
      store_info: z
        .object({ id: text(32) })
        .loose()
        .optional(),
    })
    .optional(),
})

type CreateInput = z.output<typeof createInput>

/** The first thing wrong with a body, as PARAM_ERROR names it. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path ?? []
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], body)
  throw paramError(path.map((key) => `/${String(key)}`).join(""), value, issue?.message ?? "格式错误")
}

/**
 * Where notifications may go. WeChat Pay takes https without a query; the sandbox also takes http, but posts to
 * nothing except this machine and its own gateway.
 */
export function checkNotifyUrl(world: World, value: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !["https:", "http:"].includes(url.protocol))
    throw paramError("/notify_url", value, "不是合法的URL")
  if (url.search !== "" || url.hash !== "") throw paramError("/notify_url", value, "通知地址不能携带参数")
  if (isReachable(url, world.gateway.url)) return
  throw paramError("/notify_url", value, "the sandbox posts to loopback addresses and to its gateway only")
}

export function checkParties(world: World, input: { sp_mchid: string; sub_mchid: string }): void {
  if (input.sp_mchid !== wechat.spMchid) throw wechatErrors.noAuth()
  if (!inRange(world.settings.subMchids, input.sub_mchid)) throw wechatErrors.merchantUnknown()
}

function payerOf(world: World, input: CreateInput): { appId: string; payer: string } {
  const { sp_openid, sub_openid } = input.payer
  for (const appId of [input.sp_appid, input.sub_appid]) {
    if (appId !== undefined && !apps.includes(appId)) throw wechatErrors.appNotBound()
  }
  if ((sp_openid === undefined) === (sub_openid === undefined)) {
    throw paramError("/payer", input.payer, "sp_openid和sub_openid必须且只能填写一个")
  }
  if (sub_openid !== undefined && input.sub_appid === undefined)
    throw paramError("/sub_appid", "", "传入sub_openid时sub_appid必填")
  const appId = sub_openid === undefined ? input.sp_appid : (input.sub_appid ?? "")
  const payer = sub_openid ?? sp_openid ?? ""
  if (world.buyers.byId(appId, payer) === undefined) throw wechatErrors.openidMismatch()
  return { appId, payer }
}

function expiryOf(input: CreateInput, nowMs: number): number {
  if (input.time_expire === undefined) return nowMs + orderLifeMs
  const atMs = parseRfc3339(input.time_expire)
  if (atMs === undefined) throw paramError("/time_expire", input.time_expire, "不符合rfc3339格式")
  if (atMs <= nowMs) throw paramError("/time_expire", input.time_expire, "支付结束时间早于当前时间")
  return atMs
}

/** Same number with the same parameters: the same order; with others, or after its end: refused. */
function repeated(world: World, existing: Order, input: CreateInput): Order {
  if (!isDeepStrictEqual(existing.request, input)) throw wechatErrors.numberUsed()
  if (existing.state === "paid") throw wechatErrors.orderPaid()
  if (existing.state === "closed") throw wechatErrors.orderClosed()
  const now = world.settings.clockMs()
  if (now - existing.prepayAtMs <= prepayLifeMs) return existing
  const renewed = { ...existing, prepayId: newPrepayId(now), prepayAtMs: now }
  world.store.saveOrder(renewed)
  return renewed
}

function newPrepayId(nowMs: number): string {
  return `wx${compactDay(nowMs)}${compactTime(nowMs)}${randomBytes(10).toString("hex")}`
}

export function createOrder(world: World, body: unknown): Order {
  const input = parseBody(createInput, body)
  checkParties(world, input)
  const { appId, payer } = payerOf(world, input)
  const existing = world.store.order("wechat-pay", input.out_trade_no)
  if (existing !== undefined) return repeated(world, existing, input)
  checkNotifyUrl(world, input.notify_url)
  const now = world.settings.clockMs()
  const order: Order = {
    platform: "wechat-pay",
    orderNo: input.out_trade_no,
    tradeNo: `4200${randomInt(1e6, 1e7)}${compactDay(now)}${randomInt(1e8, 1e9)}`,
    prepayId: newPrepayId(now),
    prepayAtMs: now,
    appId,
    payer,
    payeeNo: input.sub_mchid,
    amountFen: input.amount.total,
    couponFen: 0,
    description: input.description,
    notifyUrl: input.notify_url,
    request: input,
    state: "open",
    createdAtMs: now,
    expiresAtMs: expiryOf(input, now),
    paidAtMs: null,
    closedAtMs: null,
    refundedFen: 0,
  }
  world.store.saveOrder(order)
  return order
}
