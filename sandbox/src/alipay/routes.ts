/** `POST /gateway.do`: one address for every method, signed both ways. */

import { randomUUID } from "node:crypto"
import { Hono } from "hono"
import { dropConnection } from "../faults/drop-connection"
import type { FaultKind, Operation } from "../faults/faults"
import { sendTemplateMessage } from "../messages/alipay-message"
import { createMiniCode } from "../mini-codes/alipay-mini-code"
import { payOrder } from "../orders/pay-order"
import type { World } from "../world"
import { billUrl } from "./bill"
import { AlipayError, alipayErrors } from "./error"
import { exchangeCode } from "./oauth-token"
import { queryRefund, refundTrade } from "./refund-trade"
import { brokenSignature, signedAnswer, verifyCall } from "./signature"
import { type CallContext, closeTrade, createTrade, precreateTrade, queryTrade } from "./trade"

const operationOf: Readonly<Record<string, Operation>> = {
  "alipay.trade.create": "create",
  "alipay.trade.precreate": "create",
  "alipay.trade.query": "query",
  "alipay.trade.close": "close",
  "alipay.trade.refund": "refund",
  "alipay.trade.fastpay.refund.query": "refund-query",
  "alipay.data.dataservice.bill.downloadurl.query": "bill",
  "alipay.open.app.mini.templatemessage.send": "message",
  "alipay.open.app.qrcode.create": "mini-code",
}

interface Call {
  readonly method: string
  readonly parameters: Readonly<Record<string, string>>
  readonly content: unknown
  readonly numbers: readonly string[]
  readonly origin: string
}

async function createAndPerhapsPay(world: World, context: CallContext, call: Call): Promise<Record<string, unknown>> {
  const make = call.method === "alipay.trade.precreate" ? precreateTrade : createTrade
  const node = make(world, context, call.content)
  const order = world.store.order("alipay", String(node.out_trade_no))
  const occasion = { platform: "alipay", operation: "create", numbers: call.numbers } as const
  if (order !== undefined && world.faults.strike("notification-first", occasion) !== undefined) {
    world.faults.add({
      kind: "notification-first",
      operation: "pay",
      orderNo: order.orderNo,
      rate: 1,
      delayMs: 0,
      manner: "reset",
    })
    await payOrder(world, order, 0, world.buyers.list()[0])
  }
  return node
}

async function refundAndPerhapsNotify(
  world: World,
  context: CallContext,
  call: Call,
): Promise<Record<string, unknown>> {
  const { node, notification } = refundTrade(world, context, call.content)
  const occasion = { platform: "alipay", operation: "refund", numbers: call.numbers } as const
  if (notification !== undefined && world.faults.strike("notification-first", occasion) !== undefined) {
    await world.notifier.postNow(notification)
  }
  return node
}

export function contextOf(parameters: Readonly<Record<string, string>>): CallContext {
  const { notify_url = "", app_auth_token = "", app_id = "" } = parameters
  return { notifyUrl: notify_url, appAuthToken: app_auth_token, appId: app_id }
}

async function carryOut(world: World, call: Call): Promise<Record<string, unknown>> {
  const context = contextOf(call.parameters)
  switch (call.method) {
    case "alipay.trade.create":
    case "alipay.trade.precreate":
      return createAndPerhapsPay(world, context, call)
    case "alipay.trade.query":
      return queryTrade(world, context, call.content)
    case "alipay.trade.close":
      return closeTrade(world, context, call.content)
    case "alipay.trade.refund":
      return refundAndPerhapsNotify(world, context, call)
    case "alipay.trade.fastpay.refund.query":
      return queryRefund(world, context, call.content)
    case "alipay.data.dataservice.bill.downloadurl.query":
      return billUrl(world, context, call.content, call.origin)
    case "alipay.open.app.mini.templatemessage.send":
      return sendTemplateMessage(world, call.content)
    case "alipay.open.app.qrcode.create":
      return createMiniCode(call.content, call.origin)
    case "alipay.system.oauth.token":
      return exchangeCode(world, call.parameters)
    default:
      throw alipayErrors.invalidMethod()
  }
}

/** Query string and form body together; the query string wins nothing, a name given twice is the form's. */
async function readParameters(
  request: Request,
): Promise<{ parameters: Record<string, string>; query: URLSearchParams }> {
  const query = new URL(request.url).searchParams
  const form = new URLSearchParams(await request.text())
  return { parameters: { ...Object.fromEntries(query), ...Object.fromEntries(form) }, query }
}

export function parseBizContent(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "{}")
  } catch {
    throw alipayErrors.invalidParameter("biz_content不是合法的JSON")
  }
}

function numbersOf(content: unknown): string[] {
  if (typeof content !== "object" || content === null) return []
  const { out_trade_no, trade_no, out_request_no, bill_date, form_id, query_param } = content as Record<string, unknown>
  return [out_trade_no, trade_no, out_request_no, bill_date, form_id, query_param].filter(
    (value): value is string => typeof value === "string",
  )
}

function nodeNameOf(method: string, failed: boolean): string {
  if (method === "" || (failed && method === "alipay.system.oauth.token")) return "error_response"
  return `${method.replaceAll(".", "_")}_response`
}

function respond(world: World, nodeName: string, node: Record<string, unknown>, broken = false): Response {
  // A changed signature stands for an answer that did not come from Alipay: the caller must not believe it.
  const sent = signedAnswer(world, nodeName, node, broken ? brokenSignature : undefined)
  return new Response(sent, {
    headers: { "Content-Type": "application/json;charset=utf-8", trace_id: randomUUID().replaceAll("-", "") },
  })
}

async function answer(world: World, request: Request): Promise<Response> {
  const { parameters, query } = await readParameters(request)
  const method = parameters.method ?? ""
  try {
    if (method === "") throw alipayErrors.missingMethod()
    verifyCall(world, parameters, query)
    const content = parseBizContent(parameters.biz_content)
    const call: Call = { method, parameters, content, numbers: numbersOf(content), origin: new URL(request.url).origin }
    const operation = operationOf[method]
    const strike = (kind: FaultKind) =>
      operation === undefined
        ? undefined
        : world.faults.strike(kind, { platform: "alipay", operation, numbers: call.numbers })
    const lostRequest = strike("lost-request")
    if (lostRequest !== undefined) return dropConnection(lostRequest.manner, request.signal)
    if (strike("system-error") !== undefined) throw alipayErrors.systemError()
    if (strike("refused") !== undefined) throw alipayErrors.invalidAuthToken()
    const node = await carryOut(world, call)
    const delay = strike("delay")
    if (delay !== undefined) await Bun.sleep(delay.delayMs)
    const lostResponse = strike("lost-response")
    if (lostResponse !== undefined) return dropConnection(lostResponse.manner, request.signal)
    return respond(world, nodeNameOf(method, false), node, strike("signature-probe") !== undefined)
  } catch (error) {
    if (!(error instanceof AlipayError)) throw error
    return respond(world, nodeNameOf(method, true), error.node())
  }
}

export function alipayRoutes(world: World): Hono {
  const routes = new Hono()
  routes.post("/gateway.do", (c) => answer(world, c.req.raw))
  return routes
}
