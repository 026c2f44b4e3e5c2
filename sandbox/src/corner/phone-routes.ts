/** `/sandbox/phone/<id>/*`: the market corner's page steers its phone. Phones live in memory; a lost one is opened anew. */
import { Hono } from "hono"
import { z } from "zod"
import { decisions } from "../buyers/confirm-payment"
import { guard } from "../control/guard"
import type { World } from "../world"
import { languageOf } from "./language"
import { Phone, type PhoneView, phoneApps } from "./phone"

const phonesMax = 50
const openInput = z.strictObject({ app: z.enum(phoneApps), url: z.string().max(2000) })
const loginInput = z.strictObject({ buyer: z.number().int() })
const payInput = z.strictObject({ platform: z.enum(["wechat-pay", "alipay"]).optional() })
const confirmInput = z.strictObject({ decision: z.enum(decisions) })

/** The gateway's page keeps its own look, runs nothing, and loads only from the gateway. */
function framed(page: { html: string; origin: string }): Response {
  const base = `<base href="${page.origin}/">`
  const html = /<head[^>]*>/i.test(page.html)
    ? page.html.replace(/<head[^>]*>/i, (head) => head + base)
    : base + page.html
  return new Response(html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `sandbox; default-src 'none'; style-src 'unsafe-inline' ${page.origin}; img-src data: ${page.origin}; font-src ${page.origin}`,
    },
  })
}

export function phoneRoutes(world: World): Hono {
  const routes = new Hono()
  const phones = new Map<string, Phone>()
  const phoneOf = (id: string, request: Request): Phone => {
    const phone = phones.get(id) ?? new Phone(world)
    phones.delete(id)
    phones.set(id, phone)
    const oldest = phones.keys().next().value
    if (phones.size > phonesMax && oldest !== undefined) phones.delete(oldest)
    phone.language = languageOf(request)
    return phone
  }
  const act = <T>(path: string, schema: z.ZodType<T>, verb: (phone: Phone, input: T) => Promise<PhoneView>) =>
    routes.post(`/:id/${path}`, async (c) => {
      const input = schema.safeParse(await c.req.json().catch(() => undefined))
      if (!input.success) return c.json({ error: z.prettifyError(input.error) }, 400)
      return c.json(await verb(phoneOf(c.req.param("id"), c.req.raw), input.data))
    })
  routes.use("*", guard)
  act("open", openInput, (phone, input) => phone.open(input.app, input.url))
  act("login", loginInput, (phone, input) => phone.login(input.buyer))
  act("pay", payInput, (phone, { platform }) => phone.pay(platform))
  act("confirm", confirmInput, (phone, input) => phone.confirm(input.decision))
  act("refresh", z.strictObject({}), (phone) => phone.refresh())
  routes.get("/:id/page", async (c) => {
    const page = await phoneOf(c.req.param("id"), c.req.raw).page()
    return page === undefined ? c.text("", 404) : framed(page)
  })
  return routes
}
