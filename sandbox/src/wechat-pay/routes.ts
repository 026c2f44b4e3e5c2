/** WeChat Pay APIv3 for a service provider and for merchants by themselves, as facts and documents describe it. */

import { randomUUID } from "node:crypto"
import { Hono } from "hono"
import { z } from "zod"
import { dropConnection } from "../faults/drop-connection"
import type { Occasion, Operation } from "../faults/faults"
import { closeOrder } from "../orders/close-order"
import type { Order } from "../orders/order"
import { payOrder } from "../orders/pay-order"
import { settleRefund } from "../orders/settle-refund"
import type { World } from "../world"
import { tradeBill } from "./bill"
import { platformCertificates } from "./certificates"
import { createOrder, handleOf, type Mode, parseBody } from "./create-order"
import { paramError, WechatPayError, wechatErrors } from "./error"
import { findOrder, type Parties, partiesOf } from "./find-order"
import { createRefund, findRefund } from "./refund-order"
import { signatureHeaders } from "./sign"
import { refundAnswer, transaction } from "./transaction"
import { verifyRequest } from "./verify-request"

const bodyBytesMax = 64 * 1024
const mchid = z.string().min(1).max(32)
const closeInputs = {
  partner: z.object({ sp_mchid: mchid, sub_mchid: mchid }),
  direct: z.object({ mchid }),
} as const

/** Which of the paths was called. */
interface Endpoint {
  readonly operation: Operation | "certificates"
  readonly mode: Mode
  readonly way: Order["way"]
}

interface Reply {
  readonly status: 200 | 204
  readonly body: Record<string, unknown> | undefined
}

interface Call extends Endpoint {
  /** Merchant number that signed it. */
  readonly signer: string
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
      const order = createOrder(world, call.signer, call.mode, call.way, call.json)
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
        await payOrder(world, order, 0, world.buyers.list()[0])
      }
      return ok(handleOf(order, call.origin))
    }
    case "query":
      return ok(transaction(findOrder(world, call.signer, call.number, partiesOf(call.mode, call.query))))
    case "close": {
      const order = findOrder(world, call.signer, call.number, closedParties(call))
      if (order.state === "paid") throw wechatErrors.orderPaid()
      if (order.state === "closed") throw wechatErrors.orderClosed()
      closeOrder(world, order)
      return { status: 204, body: undefined }
    }
    case "refund": {
      const { order, refund, fresh } = createRefund(world, call.signer, call.json)
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
      const { order, refund } = findRefund(world, call.signer, call.number, call.query.get("sub_mchid") || undefined)
      return ok(refundAnswer(order, refund))
    }
    case "bill":
      return ok(tradeBill(world, call.signer, call.query, call.origin))
    case "certificates":
      return ok(platformCertificates(world, call.signer))
    default:
      throw wechatErrors.resourceNotExists("接口不存在")
  }
}

function closedParties({ mode, json }: Call): Parties {
  return mode === "partner"
    ? { mode, ...parseBody(closeInputs.partner, json) }
    : { mode, ...parseBody(closeInputs.direct, json) }
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

async function answer(world: World, request: Request, endpoint: Endpoint, number: string): Promise<Response> {
  const { operation } = endpoint
  const body = new Uint8Array(await request.arrayBuffer())
  const target = request.url.slice(new URL(request.url).origin.length)
  let probe = false
  try {
    const authorization = request.headers.get("authorization")
    checkHeaders(request, body)
    const signer = verifyRequest(world, { method: request.method, target, authorization, body })
    const query = new URLSearchParams(target.split("?")[1] ?? "")
    const origin = new URL(request.url).origin
    const call: Call = { ...endpoint, signer, number, query, json: parseJson(body), origin }
    const occasion: Occasion | undefined =
      operation === "certificates" ? undefined : { platform: "wechat-pay", operation, numbers: numbersOf(call) }
    const strike = (kind: Parameters<World["faults"]["strike"]>[0]) =>
      occasion === undefined ? undefined : world.faults.strike(kind, occasion)
    const lostRequest = strike("lost-request")
    if (lostRequest !== undefined) return dropConnection(lostRequest.manner, request.signal)
    if (strike("system-error") !== undefined) throw wechatErrors.systemError()
    if (strike("refused") !== undefined) throw wechatErrors.noAuth()
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
  const plain = (operation: Endpoint["operation"]): Endpoint => ({ operation, mode: "partner", way: "jsapi" })
  for (const [mode, path] of [
    ["partner", "/v3/pay/partner/transactions"],
    ["direct", "/v3/pay/transactions"],
  ] as const) {
    const order = `${path}/out-trade-no/:number`
    for (const way of ["jsapi", "native", "h5"] as const) {
      routes.post(`${path}/${way}`, (c) => answer(world, c.req.raw, { operation: "create", mode, way }, ""))
    }
    routes.get(order, (c) => answer(world, c.req.raw, { ...plain("query"), mode }, c.req.param("number") ?? ""))
    routes.post(`${order}/close`, (c) =>
      answer(world, c.req.raw, { ...plain("close"), mode }, c.req.param("number") ?? ""),
    )
  }
  routes.post("/v3/refund/domestic/refunds", (c) => answer(world, c.req.raw, plain("refund"), ""))
  routes.get("/v3/refund/domestic/refunds/:number", (c) =>
    answer(world, c.req.raw, plain("refund-query"), c.req.param("number")),
  )
  routes.get("/v3/bill/tradebill", (c) => answer(world, c.req.raw, plain("bill"), c.req.query("bill_date") ?? ""))
  routes.get("/v3/certificates", (c) => answer(world, c.req.raw, plain("certificates"), ""))
  routes.all("/v3/*", (c) => {
    const error = wechatErrors.resourceNotExists("接口不存在")
    return respond(world, c.req.raw, error.status, error.body(), false)
  })
  return routes
}
