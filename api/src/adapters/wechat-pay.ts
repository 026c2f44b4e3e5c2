/**
 * WeChat Pay APIv3 for a service provider with many merchants: partner JSAPI orders, query, close, refund,
 * notifications. Facts that it is built on are the platform's documents; the contract is `payments/payment-provider`.
 */
import { createHash } from "node:crypto"
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock, Random } from "../context"
import {
  failed,
  type Outcome,
  type PaymentOrder,
  type PaymentProvider,
  type PlatformRefund,
  type PlatformTrade,
  type RefundOrder,
  type RefundReference,
  succeeded,
  type TradeReference,
  unknown,
} from "../payments/payment-provider"
import { billOrigins, billTimeoutFactor } from "./bill-origins"
import { chinaRfc3339 } from "./china-time"
import { wechatPayBill } from "./wechat-pay-bill"
import { loadWechatPayKeys, type WechatPayKeys } from "./wechat-pay-keys"
import { type NotificationReading, readWechatPayNotification } from "./wechat-pay-notification"
import { refundStateOf, tradeOf, transactionShape } from "./wechat-pay-trade"
import { type WechatPayAnswer, type WechatPayTransport, wechatPayTransport } from "./wechat-pay-transport"

/** Says nothing about what became of the request: asked again, or queried. */
const unsureCodes = new Set(["SYSTEMERROR", "BANKERROR", "FREQUENCYLIMITED", "RATELIMITEXCEEDED", "USERPAYING"])
/** On a repeated create: the number is in use, so a query knows more than this answer. */
const usedCodes = new Set(["OUTTRADENOUSED", "ORDERPAID", "ORDERCLOSED", "ORDERREVERSED"])
/** A refund that only has to wait: the merchant's balance may be filled up by then. */
const waitingCodes = new Set(["NOTENOUGH"])
const absentOrderCodes = new Set(["ORDERNOTEXIST", "ORDERNOTEXISTS"])
const absentRefundCodes = new Set(["RESOURCENOTEXISTS", "REFUNDNOTEXISTS"])
/** The one 5xx that is a plain refusal. */
const firmServerCodes = new Set(["OPENIDMISMATCH"])

const opened = z.object({ prepay_id: z.string().min(1).max(64) })
const refundShape = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1).max(64),
  status: z.string(),
  amount: z.object({ refund: z.number().int().min(1) }),
})

export type WechatPayOptions = {
  readonly keys: WechatPayKeys
  /** Official account and mini-program: whose payers we know by openid. */
  readonly appIds: readonly string[]
  readonly apiV3Key: string
  readonly baseUrl: string
  /** Absolute, https in production, without a query. */
  readonly notifyUrl: string
  readonly timeoutMs: number
  /** Where bill files may come from. */
  readonly billOrigins: readonly string[]
  /** Of the download of a whole bill. */
  readonly billTimeoutMs: number
  readonly clock: Clock
  readonly random: Random
}

export function wechatPay(options: WechatPayOptions): PaymentProvider {
  const call = wechatPayTransport(options.keys, options)
  const { mchid } = options.keys
  const reading: NotificationReading = { ...options, mchid }
  return {
    platform: "wechat-pay",
    open: (order) => open(call, mchid, options.notifyUrl, order),
    query: (reference) => query(call, mchid, reference),
    close: (reference) => close(call, mchid, reference),
    refund: (order) => refund(call, options.notifyUrl, order),
    queryRefund: (reference) => queryRefund(call, reference),
    billPerPayee: false,
    dailyBill: async ({ day }) => {
      const answer = await wechatPayBill(call, options, day)
      return answer.kind === "refused" ? refusalOf(answer) : answer
    },
    readNotification: (message) => readWechatPayNotification(reading, message),
    bridge: ({ handle, appId, outTradeNo, openedAt }) => {
      const timeStamp = String(Math.floor(openedAt.getTime() / 1000))
      // Derived, so that asking again gives the same call; it only has to differ from order to order.
      const nonceStr = createHash("sha256").update(`${outTradeNo}\n${handle}`).digest("hex").slice(0, 32)
      const packageValue = `prepay_id=${handle}`
      const paySign = options.keys.sign(`${appId}\n${timeStamp}\n${nonceStr}\n${packageValue}\n`)
      return { kind: "wechat-jsapi", appId, timeStamp, nonceStr, package: packageValue, signType: "RSA", paySign }
    },
  }
}

/** From the gateway's settings. */
export function wechatPayFromConfig(config: Config, clock: Clock, random: Random): PaymentProvider {
  const keys = loadWechatPayKeys({
    mchid: config.WECHAT_PAY_MCHID,
    appId: config.WECHAT_PAY_APPID,
    serial: config.WECHAT_PAY_SERIAL,
    privateKeyPem: readSecret(config.WECHAT_PAY_PRIVATE_KEY_FILE),
    platformKeys: new Map([[config.WECHAT_PAY_PLATFORM_KEY_ID, readSecret(config.WECHAT_PAY_PLATFORM_KEY_FILE)]]),
  })
  return wechatPay({
    keys,
    appIds: [config.WECHAT_PAY_APPID, config.WECHAT_MINI_APPID],
    apiV3Key: readSecret(config.WECHAT_PAY_API_V3_KEY_FILE),
    baseUrl: config.WECHAT_PAY_BASE_URL,
    notifyUrl: `${config.GATEWAY_PUBLIC_URL}/notifications/wechat-pay`,
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
    billOrigins: billOrigins(config, config.WECHAT_PAY_BASE_URL, "https://api.mch.weixin.qq.com"),
    billTimeoutMs: config.PLATFORM_TIMEOUT_MS * billTimeoutFactor,
    clock,
    random,
  })
}

async function open(
  call: WechatPayTransport,
  mchid: string,
  notifyUrl: string,
  order: PaymentOrder,
): Promise<Outcome<{ handle: string }>> {
  const answer = await call({
    method: "POST",
    target: "/v3/pay/partner/transactions/jsapi",
    body: {
      sp_appid: order.payer.appId,
      sp_mchid: mchid,
      sub_mchid: order.payee.account,
      description: order.description,
      out_trade_no: order.outTradeNo,
      time_expire: chinaRfc3339(order.expiresAt),
      notify_url: notifyUrl,
      amount: { total: order.amountFen, currency: "CNY" },
      payer: { sp_openid: order.payer.openId },
    },
  })
  if (answer.kind === "refused" && usedCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read(answer, opened, ({ prepay_id }) => ({ handle: prepay_id }))
}

async function query(
  call: WechatPayTransport,
  mchid: string,
  reference: TradeReference,
): Promise<Outcome<PlatformTrade>> {
  const parties = new URLSearchParams({ sp_mchid: mchid, sub_mchid: reference.payee.account })
  const answer = await call({
    method: "GET",
    target: `/v3/pay/partner/transactions/out-trade-no/${encodeURIComponent(reference.outTradeNo)}?${parties}`,
  })
  if (answer.kind === "refused" && absentOrderCodes.has(answer.code)) return succeeded({ state: "absent" })
  return read(answer, transactionShape, (transaction) => {
    const same =
      transaction.out_trade_no === reference.outTradeNo &&
      transaction.sp_mchid === mchid &&
      transaction.sub_mchid === reference.payee.account
    return same ? tradeOf(transaction) : undefined
  })
}

async function close(call: WechatPayTransport, mchid: string, reference: TradeReference): Promise<Outcome<undefined>> {
  const answer = await call({
    method: "POST",
    target: `/v3/pay/partner/transactions/out-trade-no/${encodeURIComponent(reference.outTradeNo)}/close`,
    body: { sp_mchid: mchid, sub_mchid: reference.payee.account },
  })
  if (answer.kind === "answered") return succeeded(undefined)
  if (answer.kind === "refused" && answer.code === "ORDERCLOSED") return succeeded(undefined)
  return refusalOf(answer)
}

async function refund(
  call: WechatPayTransport,
  notifyUrl: string,
  order: RefundOrder,
): Promise<Outcome<PlatformRefund>> {
  const answer = await call({
    method: "POST",
    target: "/v3/refund/domestic/refunds",
    body: {
      sub_mchid: order.payee.account,
      out_trade_no: order.outTradeNo,
      out_refund_no: order.outRefundNo,
      reason: order.reason,
      notify_url: notifyUrl,
      amount: { refund: order.refundFen, total: order.totalFen, currency: "CNY" },
    },
  })
  if (answer.kind === "refused" && waitingCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read(answer, refundShape, (body) => refundOf(body, order, order.refundFen))
}

async function queryRefund(call: WechatPayTransport, reference: RefundReference): Promise<Outcome<PlatformRefund>> {
  const parties = new URLSearchParams({ sub_mchid: reference.payee.account })
  const answer = await call({
    method: "GET",
    target: `/v3/refund/domestic/refunds/${encodeURIComponent(reference.outRefundNo)}?${parties}`,
  })
  if (answer.kind === "refused" && absentRefundCodes.has(answer.code)) return succeeded({ state: "absent" })
  return read(answer, refundShape, (body) => refundOf(body, reference, undefined))
}

function refundOf(
  body: z.infer<typeof refundShape>,
  reference: RefundReference,
  refundFen: number | undefined,
): PlatformRefund | undefined {
  const state = refundStateOf(body.status)
  const same =
    body.out_trade_no === reference.outTradeNo &&
    body.out_refund_no === reference.outRefundNo &&
    (refundFen === undefined || body.amount.refund === refundFen)
  return state !== undefined && same ? { state, refundId: body.refund_id } : undefined
}

/** An answer in the documented shape and about what was asked; anything else is unknown. */
function read<Shape, Value>(
  answer: WechatPayAnswer,
  shape: z.ZodType<Shape>,
  pick: (body: Shape) => Value | undefined,
): Outcome<Value> {
  if (answer.kind !== "answered") return refusalOf(answer)
  const body = shape.safeParse(answer.json)
  const value = body.success ? pick(body.data) : undefined
  return value === undefined ? unknown("malformed") : succeeded(value)
}

function refusalOf(answer: Exclude<WechatPayAnswer, { kind: "answered" }>): Outcome<never> {
  if (answer.kind === "unknown") return unknown(answer.cause)
  const firm = answer.status < 500 || firmServerCodes.has(answer.code)
  if (!firm || answer.status === 429 || unsureCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return failed(answer.code)
}
