/** `wxacode.getUnlimited`: a picture, or an error as JSON with status 200. */
import { Hono } from "hono"
import { z } from "zod"
import { wechat } from "../accounts"
import { dropConnection } from "../faults/drop-connection"
import type { FaultKind } from "../faults/faults"
import type { World } from "../world"
import { drawMiniCode, publishedPages } from "./mini-code"

const input = z.object({
  scene: z.string(),
  page: z.string().optional(),
  check_path: z.boolean().default(true),
  env_version: z.enum(["release", "trial", "develop"]).default("release"),
  width: z.number().int().default(430),
})
const scenePattern = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}$/
const width = { min: 280, max: 1280 } as const

const refusal = (errcode: number, errmsg: string) =>
  new Response(JSON.stringify({ errcode, errmsg }), { headers: { "Content-Type": "application/json; charset=UTF-8" } })

export function wechatMiniCodeRoutes(world: World): Hono {
  const routes = new Hono()
  routes.post("/wxa/getwxacodeunlimit", async (c) => {
    const parsed = input.safeParse(await c.req.json().catch(() => undefined))
    if (!world.messages.isToken(c.req.query("access_token") ?? "")) return refusal(40_001, "invalid credential")
    if (!parsed.success) return refusal(47_001, "data format error")
    const numbers = [parsed.data.scene]
    const strike = (kind: FaultKind) =>
      world.faults.strike(kind, { platform: "wechat-pay", operation: "mini-code", numbers })
    const lostRequest = strike("lost-request")
    if (lostRequest !== undefined) return dropConnection(lostRequest.manner, c.req.raw.signal)
    if (strike("system-error") !== undefined) return refusal(-1, "system error")
    const answer = await make(parsed.data)
    const lostResponse = strike("lost-response")
    return lostResponse === undefined ? answer : dropConnection(lostResponse.manner, c.req.raw.signal)
  })
  return routes
}

async function make(asked: z.output<typeof input>): Promise<Response> {
  const { scene, page = "", check_path } = asked
  if (scene.length > 32) return refusal(40_169, "invalid length for scene, or the data is not json string")
  if (!scenePattern.test(scene)) return refusal(40_097, "invalid args")
  if (page.startsWith("/") || page.includes("?")) return refusal(41_030, "invalid page")
  if (check_path && !publishedPages.includes(page)) return refusal(41_030, "invalid page")
  if (asked.width < width.min || asked.width > width.max) return refusal(40_097, "invalid args")
  const png = await drawMiniCode(
    `weixin://dl/business/?appid=${wechat.miniAppId}&path=${page}&scene=${scene}`,
    asked.width,
  )
  return new Response(new Uint8Array(png), { headers: { "Content-Type": "image/png" } })
}
