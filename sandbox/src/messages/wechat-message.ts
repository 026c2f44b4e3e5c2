/** WeChat's subscription messages: `stable_token`, and `message/subscribe/send`, one message for one leave. */
import { timingSafeEqual } from "node:crypto"
import { Hono } from "hono"
import { z } from "zod"
import { wechat } from "../accounts"
import { dropConnection } from "../faults/drop-connection"
import type { FaultKind } from "../faults/faults"
import { isPublished } from "../mini-codes/mini-code"
import type { World } from "../world"

const tokenInput = z.object({
  grant_type: z.literal("client_credential"),
  appid: z.string(),
  secret: z.string(),
  force_refresh: z.boolean().optional(),
})

const fields = { thing1: 20, date2: 32, thing3: 20, thing4: 20 } as const
const sendInput = z.object({
  touser: z.string(),
  template_id: z.string(),
  page: z.string().optional(),
  miniprogram_state: z.enum(["developer", "trial", "formal"]).optional(),
  lang: z.string().optional(),
  data: z.record(z.string(), z.object({ value: z.string() })),
})
type SendInput = z.output<typeof sendInput>

const answer = (errcode: number, errmsg: string, more: Record<string, unknown> = {}) =>
  new Response(JSON.stringify({ errcode, errmsg, ...more }), { headers: { "Content-Type": "application/json" } })

export function wechatMessageRoutes(world: World): Hono {
  const routes = new Hono()
  routes.post("/cgi-bin/stable_token", async (c) => {
    const input = tokenInput.safeParse(await c.req.json().catch(() => undefined))
    if (!input.success) return answer(40_002, "invalid grant_type")
    if (input.data.appid !== wechat.miniAppId) return answer(40_013, "invalid appid")
    if (!sameSecret(input.data.secret, world.keys.miniSecret)) return answer(40_125, "invalid appsecret")
    const { text, seconds } = world.messages.token()
    return c.json({ access_token: text, expires_in: seconds })
  })
  routes.post("/cgi-bin/message/subscribe/send", async (c) => {
    const input = sendInput.safeParse(await c.req.json().catch(() => undefined))
    if (!world.messages.isToken(c.req.query("access_token") ?? "")) return answer(40_001, "invalid credential")
    if (!input.success) return answer(47_001, "data format error")
    const strike = (kind: FaultKind) =>
      world.faults.strike(kind, { platform: "wechat-pay", operation: "message", numbers: [input.data.touser] })
    const lostRequest = strike("lost-request")
    if (lostRequest !== undefined) return dropConnection(lostRequest.manner, c.req.raw.signal)
    if (strike("system-error") !== undefined) return answer(-1, "system error")
    const said = send(world, input.data)
    const delay = strike("delay")
    if (delay !== undefined) await Bun.sleep(delay.delayMs)
    const lostResponse = strike("lost-response")
    return lostResponse === undefined ? said : dropConnection(lostResponse.manner, c.req.raw.signal)
  })
  return routes
}

function send(world: World, { touser, template_id, page = "", data }: SendInput): Response {
  if (template_id !== wechat.recallTemplateId) return answer(40_037, "invalid template_id")
  if (world.buyers.byId(wechat.miniAppId, touser) === undefined) return answer(40_003, "invalid openid")
  if (page !== "" && !isPublished(page)) return answer(41_030, "invalid page")
  for (const [name, most] of Object.entries(fields)) {
    const value = data[name]?.value ?? ""
    if (value === "" || [...value].length > most) return answer(47_003, `argument invalid! data.${name}.value invalid`)
  }
  if (!world.messages.takeLeave(touser, template_id)) return answer(43_101, "user refuse to accept the msg")
  const values = Object.fromEntries(Object.entries(data).map(([name, { value }]) => [name, value]))
  const sent = world.messages.bring({ platform: "wechat-pay", to: touser, template: template_id, page, data: values })
  return answer(0, "ok", { msgid: Number(sent.id) })
}

function sameSecret(given: string, kept: string): boolean {
  return given.length === kept.length && timingSafeEqual(Buffer.from(given), Buffer.from(kept))
}
