/**
 * WeChat Pay APIv3 for a service provider with many merchants, and for merchants that collect by their own number:
 * JSAPI, native and H5 orders, query, close, refund, notifications. Facts that it is built on are the platform's documents; the
 * contract is `payments/payment-provider`.
 */
import { createHash } from "node:crypto"
import { err } from "@suyuan/protocol/result"
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock, Random } from "../context"
import type { WechatPayMerchant } from "../direct-accounts"
import {
  failed,
  type NotificationMessage,
  type Outcome,
  type Payee,
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
import { readWechatPayNotification } from "./wechat-pay-notification"
import { byItself, type Parties, throughProvider } from "./wechat-pay-parties"
import { refundStateOf, tradeOf } from "./wechat-pay-trade"
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

/** What an order is paid with, by how the payer comes to it. */
const openedBy = {
  jsapi: z.object({ prepay_id: z.string().min(1).max(64) }).transform((body) => body.prepay_id),
  native: z.object({ code_url: z.string().min(1).max(512) }).transform((body) => body.code_url),
  h5: z.object({ h5_url: z.url({ protocol: /^https?$/ }).max(512) }).transform((body) => body.h5_url),
} as const
const refundShape = z.object({
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string().min(1).max(64),
  status: z.string(),
  amount: z.object({ refund: z.number().int().min(1) }),
})

/** One merchant number with its keys. */
export type WechatPayKeyring = { readonly keys: WechatPayKeys; readonly apiV3Key: string }

export type WechatPayOptions = {
  readonly serviceProvider: WechatPayKeyring
  /** Merchants that collect by themselves, by the name that their payees give. */
  readonly direct: ReadonlyMap<string, WechatPayKeyring>
  /** Official account, in whose name orders from outside the wallet are made, and mini-program. */
  readonly appIds: readonly [string, ...string[]]
  readonly baseUrl: string
  /** Absolute, https in production, without a query; a direct account's has its name as one more part. */
  readonly notifyUrl: string
  readonly timeoutMs: number
  /** Where bill files may come from. */
  readonly billOrigins: readonly string[]
  /** Of the download of a whole bill. */
  readonly billTimeoutMs: number
  readonly clock: Clock
  readonly random: Random
}

/** A merchant number at work. */
type Account = WechatPayKeyring & {
  readonly name: string | undefined
  readonly call: WechatPayTransport
  readonly parties: Parties
  readonly notifyUrl: string
  /** Of orders whose payer nobody knows before. */
  readonly appId: string
}

const notConfigured = unknown("not-configured")

export function wechatPay(options: WechatPayOptions): PaymentProvider {
  const serviceProvider = accountOf(options, options.serviceProvider, undefined)
  const direct = new Map([...options.direct].map(([name, keyring]) => [name, accountOf(options, keyring, name)]))
  const named = (name: string | undefined) => (name === undefined ? serviceProvider : direct.get(name))
  /** None when the name is gone, or stands for another merchant number by now. */
  const of = ({ directAccount, account }: Pick<Payee, "account" | "directAccount">): Account | undefined => {
    const found = named(directAccount)
    return directAccount === undefined || found?.parties.mchid === account ? found : undefined
  }
  const using = <T>(payee: Payee, ask: (account: Account) => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const account = of(payee)
    return account === undefined ? Promise.resolve(notConfigured) : ask(account)
  }
  return {
    platform: "wechat-pay",
    directAccounts: [...direct].map(([name, { parties }]) => ({ name, account: parties.mchid })),
    open: (order) => using(order.payee, (account) => open(account, order)),
    query: (reference) => using(reference.payee, (account) => query(account, reference)),
    close: (reference) => using(reference.payee, (account) => close(account, reference)),
    refund: (order) => using(order.payee, (account) => refund(account, order)),
    queryRefund: (reference) => using(reference.payee, (account) => queryRefund(account, reference)),
    billPerPayee: false,
    dailyBill: async ({ day, payee }) => {
      const account = payee?.directAccount === undefined ? serviceProvider : of(payee)
      if (account === undefined) return notConfigured
      const answer = await wechatPayBill(account.call, { ...options, keys: account.keys }, day)
      return answer.kind === "refused" ? refusalOf(answer) : answer
    },
    readNotification: async (message: NotificationMessage) => {
      const account = named(message.directAccount)
      if (account === undefined) return err("notification/not-ours")
      return readWechatPayNotification({ ...options, ...account }, message)
    },
    bridge: ({ handle, method, payee, outTradeNo, openedAt }) => {
      const account = of(payee)
      if (account === undefined) return undefined
      if (method.kind === "native") return { kind: "native", codeUrl: handle }
      if (method.kind === "h5") {
        return { kind: "redirect", url: `${handle}&redirect_url=${encodeURIComponent(method.returnUrl)}` }
      }
      const { appId } = method.payer
      const timeStamp = String(Math.floor(openedAt.getTime() / 1000))
      // Derived, so that asking again gives the same call; it only has to differ from order to order.
      const nonceStr = createHash("sha256").update(`${outTradeNo}\n${handle}`).digest("hex").slice(0, 32)
      const packageValue = `prepay_id=${handle}`
      const paySign = account.keys.sign(`${appId}\n${timeStamp}\n${nonceStr}\n${packageValue}\n`)
      return { kind: "wechat-jsapi", appId, timeStamp, nonceStr, package: packageValue, signType: "RSA", paySign }
    },
  }
}

function accountOf(options: WechatPayOptions, keyring: WechatPayKeyring, name: string | undefined): Account {
  const { mchid } = keyring.keys
  return {
    ...keyring,
    name,
    call: wechatPayTransport(keyring.keys, options),
    parties: name === undefined ? throughProvider(mchid) : byItself(mchid),
    notifyUrl: name === undefined ? options.notifyUrl : `${options.notifyUrl}/${name}`,
    appId: options.appIds[0],
  }
}

/** From the gateway's settings. */
export function wechatPayFromConfig(config: Config, clock: Clock, random: Random): PaymentProvider {
  return wechatPay({
    serviceProvider: {
      keys: loadWechatPayKeys({
        mchid: config.WECHAT_PAY_MCHID,
        appId: config.WECHAT_PAY_APPID,
        serial: config.WECHAT_PAY_SERIAL,
        privateKeyPem: readSecret(config.WECHAT_PAY_PRIVATE_KEY_FILE),
        platformKeys: new Map([[config.WECHAT_PAY_PLATFORM_KEY_ID, readSecret(config.WECHAT_PAY_PLATFORM_KEY_FILE)]]),
      }),
      apiV3Key: readSecret(config.WECHAT_PAY_API_V3_KEY_FILE),
    },
    direct: new Map(
      config.WECHAT_PAY_MERCHANTS_FILE.map((merchant) => [merchant.name, keyringOf(merchant, config.WECHAT_PAY_APPID)]),
    ),
    appIds: [config.WECHAT_PAY_APPID, config.WECHAT_MINI_APPID],
    baseUrl: config.WECHAT_PAY_BASE_URL,
    notifyUrl: `${config.GATEWAY_PUBLIC_URL}/notifications/wechat-pay`,
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
    billOrigins: billOrigins(config, config.WECHAT_PAY_BASE_URL, "https://api.mch.weixin.qq.com"),
    billTimeoutMs: config.PLATFORM_TIMEOUT_MS * billTimeoutFactor,
    clock,
    random,
  })
}

function keyringOf(merchant: WechatPayMerchant, appId: string): WechatPayKeyring {
  const { mchid, serial } = merchant
  const platformKeys = new Map(merchant.platformKeys.map(({ id, file }) => [id, readSecret(file)]))
  return {
    keys: loadWechatPayKeys({ mchid, appId, serial, privateKeyPem: readSecret(merchant.privateKeyFile), platformKeys }),
    apiV3Key: readSecret(merchant.apiV3KeyFile),
  }
}

async function open(account: Account, order: PaymentOrder): Promise<Outcome<{ handle: string }>> {
  const { call, parties, notifyUrl } = account
  const { method } = order
  const answer = await call({
    method: "POST",
    target: `${parties.path}/${method.kind}`,
    body: {
      ...parties.ofOrder(method.kind === "jsapi" ? method.payer.appId : account.appId, order.payee.account),
      description: order.description,
      out_trade_no: order.outTradeNo,
      time_expire: chinaRfc3339(order.expiresAt),
      notify_url: notifyUrl,
      amount: { total: order.amountFen, currency: "CNY" },
      ...(method.kind === "jsapi" && { payer: parties.ofPayer(method.payer.openId) }),
      ...(method.kind === "h5" && {
        scene_info: { payer_client_ip: method.clientIp, h5_info: { type: "Wap" } },
      }),
    },
  })
  if (answer.kind === "refused" && usedCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read<string, { handle: string }>(answer, openedBy[method.kind], (handle) => ({ handle }))
}

async function query({ call, parties }: Account, reference: TradeReference): Promise<Outcome<PlatformTrade>> {
  const { outTradeNo, payee } = reference
  const answer = await call({
    method: "GET",
    target: `${pathOf(parties, outTradeNo)}?${new URLSearchParams(parties.ofReference(payee.account))}`,
  })
  if (answer.kind === "refused" && absentOrderCodes.has(answer.code)) return succeeded({ state: "absent" })
  return read(answer, parties.transaction, (transaction) => {
    const same =
      transaction.outTradeNo === outTradeNo &&
      transaction.mchid === parties.mchid &&
      transaction.payeeAccount === payee.account
    return same ? tradeOf(transaction) : undefined
  })
}

async function close({ call, parties }: Account, reference: TradeReference): Promise<Outcome<undefined>> {
  const answer = await call({
    method: "POST",
    target: `${pathOf(parties, reference.outTradeNo)}/close`,
    body: parties.ofReference(reference.payee.account),
  })
  if (answer.kind === "answered") return succeeded(undefined)
  if (answer.kind === "refused" && answer.code === "ORDERCLOSED") return succeeded(undefined)
  return refusalOf(answer)
}

function pathOf(parties: Parties, outTradeNo: string): string {
  return `${parties.path}/out-trade-no/${encodeURIComponent(outTradeNo)}`
}

async function refund({ call, parties, notifyUrl }: Account, order: RefundOrder): Promise<Outcome<PlatformRefund>> {
  const answer = await call({
    method: "POST",
    target: "/v3/refund/domestic/refunds",
    body: {
      ...parties.ofRefund(order.payee.account),
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

async function queryRefund({ call, parties }: Account, reference: RefundReference): Promise<Outcome<PlatformRefund>> {
  const query = new URLSearchParams(parties.ofRefund(reference.payee.account)).toString()
  const answer = await call({
    method: "GET",
    target: `/v3/refund/domestic/refunds/${encodeURIComponent(reference.outRefundNo)}${query && `?${query}`}`,
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
