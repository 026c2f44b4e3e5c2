/** `POST /v3/pay[/partner]/transactions/{jsapi|native|h5}`: the documented fields, checked as documented. */
import { randomBytes, randomInt } from "node:crypto"
import { isIP } from "node:net"
import { isDeepStrictEqual } from "node:util"
import { z } from "zod"
import { inRange, wechat } from "../accounts"
import type { Order } from "../orders/order"
import { isReachable } from "../settings"
import { compactDay, compactTime, parseRfc3339 } from "../time/china-time"
import type { World } from "../world"
import { paramError, wechatErrors } from "./error"

/** How long what the phone pays with is good for; a repeated request gets a new one. */
export const prepayLifeMs = { jsapi: 2 * 3600_000, native: 2 * 3600_000, h5: 5 * 60_000 } as const
/** Without `time_expire` an order can be paid for seven days. */
const orderLifeMs = 7 * 24 * 3600 * 1000
const apps: readonly string[] = [wechat.appId, wechat.miniAppId]
const text = (max: number) => z.string().min(1).max(max)

const scene = z.object({
  payer_client_ip: text(45).refine((address) => isIP(address) > 0, "不是合法的IP地址"),
  device_id: text(32).optional(),
  store_info: z
    .object({ id: text(32) })
    .loose()
    .optional(),
})
const h5Scene = scene.extend({
  h5_info: z.object({
    type: z.enum(["iOS", "Android", "Wap"]),
    app_name: text(64).optional(),
    app_url: text(128).optional(),
    bundle_id: text(128).optional(),
    package_name: text(128).optional(),
  }),
})
const common = {
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
  detail: z.object({}).loose().optional(),
}
const partner = { sp_appid: text(32), sp_mchid: text(32), sub_appid: text(32).optional(), sub_mchid: text(32) }
const direct = { appid: text(32), mchid: text(32) }
const inputs = {
  partner: {
    jsapi: z.object({
      ...{ ...partner, ...common, scene_info: scene.optional() },
      payer: z.object({ sp_openid: text(128).optional(), sub_openid: text(128).optional() }),
    }),
    native: z.object({ ...partner, ...common, scene_info: scene.optional() }),
    h5: z.object({ ...partner, ...common, scene_info: h5Scene }),
  },
  direct: {
    jsapi: z.object({
      ...{ ...direct, ...common, scene_info: scene.optional() },
      payer: z.object({ openid: text(128) }),
    }),
    native: z.object({ ...direct, ...common, scene_info: scene.optional() }),
    h5: z.object({ ...direct, ...common, scene_info: h5Scene }),
  },
} as const

/** Who collects: a service provider for a sub-merchant, or a merchant by itself. */
export type Mode = keyof typeof inputs
type Input<M extends Mode> = z.output<(typeof inputs)[M][Order["way"]]>

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

export interface PartnerParties {
  readonly sp_mchid: string
  readonly sub_mchid: string
}

/** @param signer merchant number that signed the request */
export function checkPartner(world: World, signer: string, input: PartnerParties): void {
  if (input.sp_mchid !== signer || signer !== wechat.spMchid) throw wechatErrors.noAuth()
  if (!inRange(world.settings.subMchids, input.sub_mchid)) throw wechatErrors.merchantUnknown()
}

/** A service provider has no customers of its own. */
export function checkDirect(signer: string, mchid: string): void {
  if (mchid !== signer || signer === wechat.spMchid) throw wechatErrors.noAuth()
}

function checkApp(appId: string): string {
  if (!apps.includes(appId)) throw wechatErrors.appNotBound()
  return appId
}

interface Payer {
  readonly appId: string
  readonly payer: string
}

function partnerPayer(world: World, input: Input<"partner">): Payer {
  checkApp(input.sp_appid)
  if (input.sub_appid !== undefined) checkApp(input.sub_appid)
  if (!("payer" in input)) return { appId: input.sp_appid, payer: "" }
  const { sp_openid, sub_openid } = input.payer
  if ((sp_openid === undefined) === (sub_openid === undefined)) {
    throw paramError("/payer", input.payer, "sp_openid和sub_openid必须且只能填写一个")
  }
  if (sub_openid !== undefined && input.sub_appid === undefined)
    throw paramError("/sub_appid", "", "传入sub_openid时sub_appid必填")
  const appId = sub_openid === undefined ? input.sp_appid : (input.sub_appid ?? "")
  return knownPayer(world, appId, sub_openid ?? sp_openid ?? "")
}

function directPayer(world: World, input: Input<"direct">): Payer {
  const appId = checkApp(input.appid)
  return "payer" in input ? knownPayer(world, appId, input.payer.openid) : { appId, payer: "" }
}

function knownPayer(world: World, appId: string, payer: string): Payer {
  if (world.buyers.byId(appId, payer) === undefined) throw wechatErrors.openidMismatch()
  return { appId, payer }
}

function expiryOf(input: { readonly time_expire?: string | undefined }, nowMs: number): number {
  if (input.time_expire === undefined) return nowMs + orderLifeMs
  const atMs = parseRfc3339(input.time_expire)
  if (atMs === undefined) throw paramError("/time_expire", input.time_expire, "不符合rfc3339格式")
  if (atMs <= nowMs) throw paramError("/time_expire", input.time_expire, "支付结束时间早于当前时间")
  return atMs
}

/** Same number with the same parameters: the same order; with others, or after its end: refused. */
function repeated(world: World, existing: Order, way: Order["way"], input: object): Order {
  if (existing.way !== way || !isDeepStrictEqual(existing.request, input)) throw wechatErrors.numberUsed()
  if (existing.state === "paid") throw wechatErrors.orderPaid()
  if (existing.state === "closed") throw wechatErrors.orderClosed()
  const now = world.settings.clockMs()
  if (now - existing.prepayAtMs <= prepayLifeMs[way]) return existing
  const renewed = { ...existing, prepayId: newPrepayId(way, now), prepayAtMs: now }
  world.store.saveOrder(renewed)
  return renewed
}

function newPrepayId(way: Order["way"], nowMs: number): string {
  if (way === "native") return randomBytes(9).toString("base64url")
  return `wx${compactDay(nowMs)}${compactTime(nowMs)}${randomBytes(10).toString("hex")}`
}

/** @param signer merchant number that signed the request */
export function createOrder(world: World, signer: string, mode: Mode, way: Order["way"], body: unknown): Order {
  if (mode === "partner") {
    const input = parseBody(inputs.partner[way] as z.ZodType<Input<"partner">>, body)
    checkPartner(world, signer, input)
    return storeOrder(world, signer, way, { input, payeeNo: input.sub_mchid, ...partnerPayer(world, input) })
  }
  const input = parseBody(inputs.direct[way] as z.ZodType<Input<"direct">>, body)
  checkDirect(signer, input.mchid)
  return storeOrder(world, signer, way, { input, payeeNo: input.mchid, ...directPayer(world, input) })
}

interface Checked extends Payer {
  readonly input: Input<"partner"> | Input<"direct">
  readonly payeeNo: string
}

function storeOrder(world: World, signer: string, way: Order["way"], checked: Checked): Order {
  const { input, payeeNo, appId, payer } = checked
  const existing = world.store.order("wechat-pay", input.out_trade_no)
  if (existing !== undefined) return repeated(world, existing, way, input)
  checkNotifyUrl(world, input.notify_url)
  const now = world.settings.clockMs()
  const order: Order = {
    platform: "wechat-pay",
    collector: signer,
    way,
    hidden: false,
    orderNo: input.out_trade_no,
    tradeNo: `4200${randomInt(1e6, 1e7)}${compactDay(now)}${randomInt(1e8, 1e9)}`,
    prepayId: newPrepayId(way, now),
    prepayAtMs: now,
    appId,
    payer,
    payeeNo,
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

const codePrefix = "weixin://wxpay/bizpayurl?pr="

/** What the answer to a create holds. */
export function handleOf(order: Order, origin: string): Record<string, string> {
  if (order.way === "native") return { code_url: codePrefix + order.prepayId }
  if (order.way === "jsapi") return { prepay_id: order.prepayId }
  const query = new URLSearchParams({ prepay_id: order.prepayId, package: order.tradeNo.slice(-9) })
  return { h5_url: `${origin}/cgi-bin/mmpayweb-bin/checkmweb?${query}` }
}

/** The order behind a scanned code; undefined when it is none of ours or too old. */
export function orderOfCode(world: World, code: string): Order | undefined {
  if (!code.startsWith(codePrefix)) return undefined
  return freshOrder(world, code.slice(codePrefix.length), "native")
}

/** The order behind an `h5_url`. */
export function orderOfH5(world: World, query: URLSearchParams): Order | undefined {
  const order = freshOrder(world, query.get("prepay_id") ?? "", "h5")
  return order?.tradeNo.slice(-9) === query.get("package") ? order : undefined
}

function freshOrder(world: World, prepayId: string, way: Order["way"]): Order | undefined {
  const order = world.store.orderByPrepayId("wechat-pay", prepayId)
  if (order?.way !== way) return undefined
  return world.settings.clockMs() - order.prepayAtMs > prepayLifeMs[way] ? undefined : order
}
