/** The files themselves. WeChat Pay wants its download signed by the merchant and answers without a signature of its own. */
import { Hono } from "hono"
import type { Platform } from "../accounts"
import { dropConnection } from "../faults/drop-connection"
import { WechatPayError } from "../wechat-pay/error"
import { verifyRequest } from "../wechat-pay/verify-request"
import type { World } from "../world"

async function send(world: World, request: Request, platform: Platform, token: string, type: string) {
  const occasion = { platform, operation: "bill-file", numbers: [] } as const
  const lost = world.faults.strike("lost-request", occasion) ?? world.faults.strike("lost-response", occasion)
  if (lost !== undefined) return dropConnection(lost.manner, request.signal)
  const bytes = world.billFiles.find(platform, token, world.settings.clockMs())
  if (bytes === undefined) return new Response("expired", { status: 404 })
  return new Response(new Uint8Array(bytes), { headers: { "Content-Type": type } })
}

export function billRoutes(world: World): Hono {
  const routes = new Hono()
  routes.get("/v3/billdownload/file", (c) => {
    const target = c.req.url.slice(new URL(c.req.url).origin.length)
    const authorization = c.req.header("authorization") ?? null
    try {
      verifyRequest(world, { method: "GET", target, authorization, body: new Uint8Array() })
    } catch (error) {
      if (!(error instanceof WechatPayError)) throw error
      return new Response(error.body(), { status: error.status, headers: { "Content-Type": "application/json" } })
    }
    return send(world, c.req.raw, "wechat-pay", c.req.query("token") ?? "", "text/plain")
  })
  routes.get("/downloadBillFile.resource", (c) =>
    send(world, c.req.raw, "alipay", c.req.query("fileId") ?? "", "application/zip"),
  )
  return routes
}
