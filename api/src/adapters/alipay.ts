/**
 * Alipay by `alipay-sdk`'s `exec`, always with the answer's signature checked. What the SDK leaves open is closed here:
 * a time-out of our own around it, China time, keys without a trailing newline, the shape of what it returns.
 */
import { fenToYuan, yuanToFen } from "@suyuan/protocol/units/money"
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock } from "../context"
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
import { alipayBill } from "./alipay-bill"
import { type AlipayAnswer, type AlipayCaller, type AlipayClientOptions, alipayCaller } from "./alipay-client"
import { readAlipayNotification } from "./alipay-notification"
import { tradeOf } from "./alipay-trade"
import { billOrigins, billTimeoutFactor } from "./bill-origins"
import { chinaDateTime } from "./china-time"

/** Alipay does not know itself; a query does. */
const unsureCodes = new Set(["SYSTEMERROR", "UNKNOWERROR", "SERVICECURRENTLYUNAVAILABLE", "TRADESETTLEERROR"])
/** On a repeated create: the number is in use, so a query knows more than this answer. */
const usedCodes = new Set(["TRADEHASSUCCESS", "TRADEHASCLOSE", "CONTEXTINCONSISTENT", "TRADEHASFINISHED"])
/** A refund that only has to wait: the seller's balance may be filled up by then. */
const waitingCodes = new Set(["SELLERBALANCENOTENOUGH", "REFUNDCHARGEERROR"])

const created = z.object({ out_trade_no: z.string(), trade_no: z.string().min(1).max(64) })
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
})
const refunded = z.object({ out_trade_no: z.string(), fund_change: z.string().optional() })
const refundQuery = z.object({
  out_trade_no: z.string().optional(),
  out_request_no: z.string().optional(),
  refund_status: z.string().optional(),
})

export type AlipayOptions = AlipayClientOptions & {
  /** Absolute; without a query. */
  readonly notifyUrl: string
  /** Where bill files may come from. */
  readonly billOrigins: readonly string[]
  /** Of the download of a whole bill. */
  readonly billTimeoutMs: number
}

export function alipay(options: AlipayOptions): PaymentProvider {
  const { call, sdk } = alipayCaller(options)
  return {
    platform: "alipay",
    open: (order) => open(call, options, order),
    query: (reference) => query(call, reference),
    close: (reference) => close(call, reference),
    refund: (order) => refund(call, order),
    queryRefund: (reference) => queryRefund(call, reference),
    billPerPayee: true,
    dailyBill: async ({ day, payee }) => {
      if (payee === undefined) throw new Error("a bill of Alipay's is one seller's")
      const answer = await alipayBill(call, options, day, payee)
      return answer.kind === "refused" ? refusalOf(answer) : answer
    },
    readNotification: async (message) => readAlipayNotification(sdk, options.appId, message),
    bridge: ({ handle }) => ({ kind: "alipay", tradeNo: handle }),
  }
}

export function alipayFromConfig(config: Config, clock: Clock): PaymentProvider {
  return alipay({
    ...alipayClientOptions(config, clock),
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

async function open(
  call: AlipayCaller,
  options: AlipayOptions,
  order: PaymentOrder,
): Promise<Outcome<{ handle: string }>> {
  const answer = await call("alipay.trade.create", {
    authToken: order.payee.authToken,
    notifyUrl: options.notifyUrl,
    content: {
      out_trade_no: order.outTradeNo,
      total_amount: fenToYuan(order.amountFen),
      subject: order.description,
      product_code: "JSAPI_PAY",
      op_app_id: options.appId,
      // Old identities are user numbers, new ones open ids.
      ...(/^2088\d{12}$/.test(order.payer.openId)
        ? { buyer_id: order.payer.openId }
        : { buyer_open_id: order.payer.openId }),
      time_expire: chinaDateTime(order.expiresAt),
      terminal_id: order.terminalHex,
    },
  })
  if (answer.kind === "refused" && usedCodes.has(answer.code)) return unknown("platform-unsure", answer.code)
  return read(answer, created, (body) => {
    return body.out_trade_no === order.outTradeNo ? { handle: body.trade_no } : undefined
  })
}

async function query(call: AlipayCaller, reference: TradeReference): Promise<Outcome<PlatformTrade>> {
  const answer = await call("alipay.trade.query", {
    authToken: reference.payee.authToken,
    content: { out_trade_no: reference.outTradeNo },
  })
  if (answer.kind === "refused" && answer.code === "TRADENOTEXIST") return succeeded({ state: "absent" })
  return read(answer, trade, (body) => {
    return body.out_trade_no === reference.outTradeNo
      ? tradeOf(body.trade_status, body.total_amount, body.trade_no, body.send_pay_date !== undefined)
      : undefined
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
