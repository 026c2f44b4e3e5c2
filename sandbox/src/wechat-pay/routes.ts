/** WeChat Pay APIv3 in service-provider mode, as facts and documents describe it. */

import { randomUUID } from "node:crypto"
import { Hono } from "hono"
import { z } from "zod"
import { dropConnection } from "../faults/drop-connection"
import type { Occasion, Operation } from "../faults/faults"
import { closeOrder } from "../orders/close-order"
import { payOrder } from "../orders/pay-order"
import { settleRefund } from "../orders/settle-refund"
import type { World } from "../world"
import { tradeBill } from "./bill"
import { platformCertificates } from "./certificates"
import { createOrder, parseBody } from "./create-order"
import { paramError, WechatPayError, wechatErrors } from "./error"
import { findOrder, partiesOf } from "./find-order"
import { createRefund, findRefund } from "./refund-order"
import { signatureHeaders } from "./sign"
import { refundAnswer, transaction } from "./transaction"
import { verifyRequest } from "./verify-request"

const bodyBytesMax = 64 * 1024
const closeInput = z.object({ sp_mchid: z.string().min(1).max(32), sub_mchid: z.string().min(1).max(32) })

interface Reply {
  readonly status: 200 | 204
  readonly body: Record<string, unknown> | undefined
}

interface Call {
  readonly operation: Operation | "certificates"
  /** Order or refund number of the path. */
  readonly number: string
  readonly query: URLSearchParams
  readonly json: unknown
  readonly origin: string
}

const ok = (body: Record<string, unknown>): Reply => ({ status: 200, body })

async function carryOut(world: World, call: Call): Promise<Reply> {
  switch (call.operation) {
    case "create": {
      const order = createOrder(world, call.json)
      const first = { platform: "wechat-pay", operation: "create", numbers: [order.orderNo] } as const
      if (world.faults.strike("notification-first", first) !== undefined) {
        world.faults.add({
          kind: "notification-first",
          operation: "pay",
          orderNo: order.orderNo,
          rate: 1,
          delayMs: 0,
          manner: "reset",
        })
        await payOrder(world, order)
      }
      return ok({ prepay_id: order.prepayId })
    }
    case "query":
      return ok(transaction(findOrder(world, call.number, partiesOf(call.query))))
    case "close": {
      const order = findOrder(world, call.number, parseBody(closeInput, call.json))
      if (order.state === "paid") throw wechatErrors.orderPaid()
      if (order.state === "closed") throw wechatErrors.orderClosed()
      closeOrder(world, order)
      return { status: 204, body: undefined }
    }
    case "refund": {
      const { order, refund, fresh } = createRefund(world, call.json)
      const occasion = {
        platform: "wechat-pay",
        operation: "refund",
        numbers: [order.orderNo, refund.refundNo],
      } as const
      if (fresh && world.faults.strike("notification-first", occasion) !== undefined) {
        const settled = settleRefund(world, refund)
        if (settled.notification !== undefined) await world.notifier.postNow(settled.notification)
      }
      return ok(refundAnswer(order, refund))
    }
    case "refund-query": {
      const { order, refund } = findRefund(world, call.number, call.query.get("sub_mchid"))
      return ok(refundAnswer(order, refund))
    }
    case "bill":
      return ok(tradeBill(world, call.query, call.origin))
    case "certificates":
      return ok(platformCertificates(world))
    default:
      throw wechatErrors.resourceNotExists("接口不存在")
  }
}

function respond(world: World, request: Request, status: number, body: string, probe: boolean): Response {
  const wantedSerial = request.headers.get("wechatpay-serial") ?? undefined
  const headers = { ...signatureHeaders(world, body, { probe, wantedSerial }), "Request-ID": randomUUID() }
  if (status === 204) return new Response(null, { status, headers })
  return new Response(body, { status, headers: { ...headers, "Content-Type": "application/json; charset=utf-8" } })
}

/** What faults may be about: the number in the path, or those in the body. */
function numbersOf(call: Call): string[] {
  const body = typeof call.json === "object" && call.json !== null ? (call.json as Record<string, unknown>) : {}
  const found = [call.number, body.out_trade_no, body.out_refund_no]
  return found.filter((value): value is string => typeof value === "string" && value !== "")
}

function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    throw paramError("", "", "请求包体不是合法的JSON")
  }
}

function checkHeaders(request: Request, body: Uint8Array): void {
  if (!request.headers.has("accept") || !request.headers.has("user-agent")) {
    throw new WechatPayError(400, "PARAM_ERROR", "Http头缺少Accept或User-Agent")
  }
  const type = request.headers.get("content-type") ?? ""
  if (body.length > 0 && !/^application\/json\b/i.test(type)) {
    throw wechatErrors.invalidRequest("Http头Content-Type必须为application/json")
  }
  if (body.length > bodyBytesMax) throw wechatErrors.invalidRequest("请求包体过大")
}

async function answer(world: World, request: Request, operation: Call["operation"], number: string): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer())
  const target = request.url.slice(new URL(request.url).origin.length)
  let probe = false
  try {
    const authorization = request.headers.get("authorization")
    checkHeaders(request, body)
    verifyRequest(world, { method: request.method, target, authorization, body })
    const query = new URLSearchParams(target.split("?")[1] ?? "")
    const call: Call = { operation, number, query, json: parseJson(body), origin: new URL(request.url).origin }
    const occasion: Occasion | undefined =
      operation === "certificates" ? undefined : { platform: "wechat-pay", operation, numbers: numbersOf(call) }
    const strike = (kind: Parameters<World["faults"]["strike"]>[0]) =>
      occasion === undefined ? undefined : world.faults.strike(kind, occasion)
    const lostRequest = strike("lost-request")
    if (lostRequest !== undefined) return dropConnection(lostRequest.manner, request.signal)
    if (strike("system-error") !== undefined) throw wechatErrors.systemError()
    const reply = await carryOut(world, call)
    const delay = strike("delay")
    if (delay !== undefined) await Bun.sleep(delay.delayMs)
    const lostResponse = strike("lost-response")
    if (lostResponse !== undefined) return dropConnection(lostResponse.manner, request.signal)
    probe = strike("signature-probe") !== undefined
    return respond(world, request, reply.status, reply.body === undefined ? "" : JSON.stringify(reply.body), probe)
  } catch (error) {
    if (!(error instanceof WechatPayError)) throw error
    return respond(world, request, error.status, error.body(), probe)
  }
}

export function wechatPayRoutes(world: World): Hono {
  const routes = new Hono()
  const order = "/v3/pay/partner/transactions/out-trade-no/:number"
  routes.post("/v3/pay/partner/transactions/jsapi", (c) => answer(world, c.req.raw, "create", ""))
  routes.get(order, (c) => answer(world, c.req.raw, "query", c.req.param("number")))
  routes.post(`${order}/close`, (c) => answer(world, c.req.raw, "close", c.req.param("number")))
  routes.post("/v3/refund/domestic/refunds", (c) => answer(world, c.req.raw, "refund", ""))
  routes.get("/v3/refund/domestic/refunds/:number", (c) =>
    answer(world, c.req.raw, "refund-query", c.req.param("number")),
  )
  routes.get("/v3/bill/tradebill", (c) => answer(world, c.req.raw, "bill", c.req.query("bill_date") ?? ""))
  routes.get("/v3/certificates", (c) => answer(world, c.req.raw, "certificates", ""))
  routes.all("/v3/*", (c) => {
    const error = wechatErrors.resourceNotExists("接口不存在")
    return respond(world, c.req.raw, error.status, error.body(), false)
  })
  return routes
}
