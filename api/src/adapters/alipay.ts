/**
 * Alipay by `alipay-sdk`'s `exec`, always with the answer's signature checked. What the SDK leaves open is closed here:
 * a time-out of our own around it, China time, keys without a trailing newline, the shape of what it returns.
 */
import { err } from "@suyuan/protocol/result"
import { fenToYuan, yuanToFen } from "@suyuan/protocol/units/money"
import type { AlipaySdk } from "alipay-sdk"
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock } from "../context"
import {
  type Bridge,
  failed,
  type Outcome,
  type Payee,
  type PayMethodKind,
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
import { alipayBill } from "./alipay-bill"
import {
  type AlipayAnswer,
  type AlipayCaller,
  type AlipayClientOptions,
  type AlipayPage,
  alipayCaller,
} from "./alipay-client"
import { readAlipayNotification } from "./alipay-notification"
import { payerOf, tradeOf } from "./alipay-trade"
import { billOrigins, billTimeoutFactor } from "./bill-origins"
import { chinaDateTime } from "./china-time"

/** Alipay does not know itself; a query does. */
const unsureCodes = new Set(["SYSTEMERROR", "UNKNOWERROR", "SERVICECURRENTLYUNAVAILABLE", "TRADESETTLEERROR"])
/** On a repeated create: the number is in use, so a query knows more than this answer. */
const usedCodes = new Set(["TRADEHASSUCCESS", "TRADEHASCLOSE", "CONTEXTINCONSISTENT", "TRADEHASFINISHED"])
/** A refund that only has to wait: the seller's balance may be filled up by then. */
const waitingCodes = new Set(["SELLERBALANCENOTENOUGH", "REFUNDCHARGEERROR"])

const created = z.object({ out_trade_no: z.string(), trade_no: z.string().min(1).max(64) })
const precreated = z.object({ out_trade_no: z.string(), qr_code: z.string().min(1).max(1024) })
const yuan = z.string().transform((text, issues) => {
  const fen = yuanToFen(text)
  if (fen.ok) return fen.value
  issues.addIssue({ code: "custom", message: "not an amount of yuan" })
  return z.NEVER
})
const trade = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1).max(64),
  trade_status: z.string(),
  total_amount: yuan,
  /** Present once the buyer has paid, also when everything went back since. */
  send_pay_date: z.string().optional(),
  buyer_open_id: z.string().max(128).optional(),
  buyer_user_id: z.string().max(32).optional(),
})
const refunded = z.object({ out_trade_no: z.string(), fund_change: z.string().optional() })
const refundQuery = z.object({
  out_trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  refund_status: z.string().optional(),
})

/** A merchant that collects with an app of its own. */
export type AlipayOwnApp = {
  readonly appId: string
  readonly sellerId: string
  readonly privateKeyPem: string
  readonly alipayPublicKeyPem: string
}

export type AlipayOptions = AlipayClientOptions & {
  /** Merchants that collect by themselves, by the name that their payees give. */
  readonly direct: ReadonlyMap<string, AlipayOwnApp>
  /** Absolute; without a query. A direct account's has its name as one more part. */
  readonly notifyUrl: string
  /** Where bill files may come from. */
  readonly billOrigins: readonly string[]
  /** Of the download of a whole bill. */
  readonly billTimeoutMs: number
}

/** An app at work. */
type Account = {
  readonly name: string | undefined
  readonly appId: string
  /** Of a direct account: the one who is paid. */
  readonly sellerId: string | undefined
  readonly call: AlipayCaller
  readonly page: AlipayPage
  readonly sdk: AlipaySdk
  readonly notifyUrl: string
  /** The gateway's own app, as which payers are known. */
  readonly payersAppId: string
}

const notConfigured = unknown("not-configured")

export function alipay(options: AlipayOptions): PaymentProvider {
  const serviceProvider = accountOf(options, undefined)
  const direct = new Map([...options.direct].map(([name, app]) => [name, accountOf(options, { name, ...app })]))
  const named = (name: string | undefined) => (name === undefined ? serviceProvider : direct.get(name))
  /** None when the name is gone, or stands for another seller by now. */
  const of = ({ directAccount, account }: Pick<Payee, "account" | "directAccount">): Account | undefined => {
    const found = named(directAccount)
    return directAccount === undefined || found?.sellerId === account ? found : undefined
  }
  const using = <T>(payee: Payee, ask: (account: Account) => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const account = of(payee)
    return account === undefined ? Promise.resolve(notConfigured) : ask(account)
  }
  return {
    platform: "alipay",
    directAccounts: [...direct].map(([name, { sellerId }]) => ({ name, account: sellerId ?? "" })),
    open: (order) => using(order.payee, (account) => open(account, order)),
    query: (reference) => using(reference.payee, (account) => query(account, reference)),
    close: (reference) => using(reference.payee, ({ call }) => close(call, reference)),
    refund: (order) => using(order.payee, ({ call }) => refund(call, order)),
    queryRefund: (reference) => using(reference.payee, ({ call }) => queryRefund(call, reference)),
    billPerPayee: true,
    dailyBill: async ({ day, payee }) => {
      if (payee === undefined) throw new Error("a bill of Alipay's is one seller's")
      const account = of(payee)
      if (account === undefined) return notConfigured
      const answer = await alipayBill(account.call, options, day, payee)
      return answer.kind === "refused" ? refusalOf(answer) : answer
    },
    readNotification: async (message) => {
      const account = named(message.directAccount)
      if (account === undefined) return err("notification/not-ours")
      return readAlipayNotification(account.sdk, account, message)
    },
    bridge: ({ handle, method, payee }) => (of(payee) === undefined ? undefined : bridgeOf(method.kind, handle)),
  }
}

function bridgeOf(kind: PayMethodKind, handle: string): Bridge {
  switch (kind) {
    case "jsapi":
      return { kind: "alipay", tradeNo: handle }
    case "native":
      return { kind: "native", codeUrl: handle }
    case "h5":
      return { kind: "redirect", url: handle }
  }
}

function accountOf(options: AlipayOptions, own: (AlipayOwnApp & { readonly name: string }) | undefined): Account {
  const { name, sellerId, ...keys } = own ?? { name: undefined, sellerId: undefined }
  return {
    name,
    sellerId,
    ...alipayCaller({ ...options, ...keys }),
    appId: own?.appId ?? options.appId,
    notifyUrl: name === undefined ? options.notifyUrl : `${options.notifyUrl}/${name}`,
    payersAppId: options.appId,
  }
}

export function alipayFromConfig(config: Config, clock: Clock): PaymentProvider {
  return alipay({
    ...alipayClientOptions(config, clock),
    direct: new Map(
      config.ALIPAY_MERCHANTS_FILE.map(({ name, appId, sellerId, privateKeyFile, publicKeyFile }) => {
        const keys = { privateKeyPem: readSecret(privateKeyFile), alipayPublicKeyPem: readSecret(publicKeyFile) }
        return [name, { appId, sellerId, ...keys }]
      }),
    ),
    notifyUrl: `${config.GATEWAY_PUBLIC_URL}/notifications/alipay`,
    billOrigins: billOrigins(config, config.ALIPAY_GATEWAY_URL, "https://dwbillcenter.alipay.com"),
    billTimeoutMs: config.PLATFORM_TIMEOUT_MS * billTimeoutFactor,
  })
}

export function alipayClientOptions(config: Config, clock: Clock): AlipayClientOptions {
  return {
    appId: config.ALIPAY_APP_ID,
    gatewayUrl: config.ALIPAY_GATEWAY_URL,
    privateKeyPem: readSecret(config.ALIPAY_PRIVATE_KEY_FILE),
    alipayPublicKeyPem: readSecret(config.ALIPAY_PUBLIC_KEY_FILE),
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
    clock,
  }
}

async function open(account: Account, order: PaymentOrder): Promise<Outcome<{ handle: string }>> {
  const { method, payee } = order
  const content = {
    out_trade_no: order.outTradeNo,
    total_amount: fenToYuan(order.amountFen),
    subject: order.description,
    time_expire: chinaDateTime(order.expiresAt),
    terminal_id: order.terminalHex,
  }
  const request = { authToken: payee.authToken, notifyUrl: account.notifyUrl }
  switch (method.kind) {
    case "jsapi": {
      const buyer = { op_app_id: account.payersAppId, ...buyerOf(account, method.payer.openId) }
      const answer = await account.call("alipay.trade.create", {
        ...request,
        content: { ...content, product_code: "JSAPI_PAY", ...buyer },
      })
      return opened(answer, created, (body) => body.out_trade_no === order.outTradeNo && body.trade_no)
    }
    case "native": {
      const answer = await account.call("alipay.trade.precreate", {
        ...request,
        content: { ...content, product_code: "FACE_TO_FACE_PAYMENT" },
      })
      return opened(answer, precreated, (body) => body.out_trade_no === order.outTradeNo && body.qr_code)
    }
    case "h5": {
      const { returnUrl } = method
      // Signed here and brought to Alipay by the payer's browser: there is no trade before, and nothing to be lost.
      const url = account.page("alipay.trade.wap.pay", {
        ...request,
        returnUrl,
        content: { ...content, product_code: "QUICK_WAP_WAY", quit_url: returnUrl },
      })
      return succeeded({ handle: url })
    }
  }
}

function opened<Shape>(
  answer: AlipayAnswer,
  shape: z.ZodType<Shape>,
  pick: (body: Shape) => string | false,
): Outcome<{ handle: string }> {
  if (answer.kind === "refused" && usedCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read(answer, shape, (body) => {
    const handle = pick(body)
    return handle === false ? undefined : { handle }
  })
}

/** Old identities are user numbers, the same for every app; new ones are open ids, of the app in which the payer stands. */
function buyerOf(account: Account, openId: string): Record<string, string> {
  if (/^2088\d{12}$/.test(openId)) return { buyer_id: openId }
  return account.appId === account.payersAppId ? { buyer_open_id: openId } : { op_buyer_open_id: openId }
}

async function query(account: Account, reference: TradeReference): Promise<Outcome<PlatformTrade>> {
  const answer = await account.call("alipay.trade.query", {
    authToken: reference.payee.authToken,
    content: { out_trade_no: reference.outTradeNo },
  })
  if (answer.kind === "refused" && answer.code === "TRADENOTEXIST") return succeeded({ state: "absent" })
  return read(answer, trade, (body) => {
    if (body.out_trade_no !== reference.outTradeNo) return undefined
    const payer = payerOf(account, { openId: body.buyer_open_id, userId: body.buyer_user_id })
    return tradeOf(body.trade_status, body.total_amount, body.trade_no, body.send_pay_date !== undefined, payer)
  })
}

async function close(call: AlipayCaller, reference: TradeReference): Promise<Outcome<undefined>> {
  const answer = await call("alipay.trade.close", {
    authToken: reference.payee.authToken,
    content: { out_trade_no: reference.outTradeNo },
  })
  return answer.kind === "answered" ? succeeded(undefined) : refusalOf(answer)
}

async function refund(call: AlipayCaller, order: RefundOrder): Promise<Outcome<PlatformRefund>> {
  const answer = await call("alipay.trade.refund", {
    authToken: order.payee.authToken,
    content: {
      out_trade_no: order.outTradeNo,
      out_request_no: order.outRefundNo,
      refund_amount: fenToYuan(order.refundFen),
      refund_reason: order.reason,
    },
  })
  if (answer.kind === "refused" && waitingCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read(answer, refunded, (body) => {
    if (body.out_trade_no !== order.outTradeNo) return undefined
    // "N" is also what a repeated request gets whose first answer was lost: the query tells.
    return { state: body.fund_change === "Y" ? "succeeded" : "processing", refundId: undefined }
  })
}

async function queryRefund(call: AlipayCaller, reference: RefundReference): Promise<Outcome<PlatformRefund>> {
  const answer = await call("alipay.trade.fastpay.refund.query", {
    authToken: reference.payee.authToken,
    content: { out_trade_no: reference.outTradeNo, out_request_no: reference.outRefundNo },
  })
  if (answer.kind === "refused" && answer.code === "TRADENOTEXIST") return succeeded({ state: "absent" })
  return read(answer, refundQuery, (body): PlatformRefund | undefined => {
    if (body.refund_status !== "REFUND_SUCCESS") return { state: "absent" }
    const same = body.out_trade_no === reference.outTradeNo && body.out_request_no === reference.outRefundNo
    return same ? { state: "succeeded", refundId: undefined } : undefined
  })
}

function read<Shape, Value>(
  answer: AlipayAnswer,
  shape: z.ZodType<Shape>,
  pick: (body: Shape) => Value | undefined,
): Outcome<Value> {
  if (answer.kind !== "answered") return refusalOf(answer)
  const body = shape.safeParse(answer.body)
  const value = body.success ? pick(body.data) : undefined
  return value === undefined ? unknown("malformed") : succeeded(value)
}

function refusalOf(answer: Exclude<AlipayAnswer, { kind: "answered" }>): Outcome<never> {
  if (answer.kind === "unknown") return unknown(answer.cause)
  return unsureCodes.has(answer.code) ? unknown("platform-unsure", answer.code) : failed(answer.code)
}
