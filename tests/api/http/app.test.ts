import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createRoute, z } from "@hono/zod-openapi"
import { issueToken } from "@suyuan/api/access/issue-token"
import { type AppDeps, createApp } from "@suyuan/api/http/app"
import { merchantRoutes } from "@suyuan/api/http/merchants"
import { participantRoutes } from "@suyuan/api/http/participants"
import { newRouter } from "@suyuan/api/http/router"
import { createMetrics } from "@suyuan/api/metrics"
import { pino } from "pino"
import { type TestGateway, testGateway } from "../../support/context"
import { operator } from "../../support/stall"

let gateway: TestGateway
let operatorToken: string
beforeAll(async () => {
  gateway = await testGateway({ REQUESTS_PER_MINUTE: "5", GATEWAY_PROXY_HOPS: "1" })
  operatorToken = await tokenWith(["participants:write", "merchants:write"])
}, 60_000)
afterAll(() => gateway.close())

async function tokenWith(scopes: Parameters<typeof issueToken>[2]["scopes"]) {
  const order = { label: "test", kind: "operator", actorId: "somebody", siteIds: [], days: 1 } as const
  return (await issueToken(gateway.ctx, operator, { ...order, scopes })).token
}

/** Routes that fail in ways of their own. */
function failingRoutes() {
  const router = newRouter()
  router.get("/breaks", () => {
    throw new Error("password=hunter2 at 10.0.0.9")
  })
  router.openapi(
    createRoute({
      method: "post",
      path: "/typed",
      request: {
        body: {
          content: { "application/json": { schema: z.object({ goods: z.object({ grams: z.number().int() }) }) } },
          required: true,
        },
      },
      responses: { 204: { description: "fine" } },
    }),
    (c) => c.body(null, 204),
  )
  router.get("/p/:digits", (c) => c.text("page"))
  router.get("/traces/shares/:shareId", (c) => c.text("trace"))
  router.post("/notifications/wechat-pay", (c) => c.text("ok"))
  return router
}

function appWith(more: Partial<AppDeps> = {}) {
  const { ctx } = gateway
  return createApp({
    ctx,
    metrics: createMetrics(false),
    probes: [],
    routes: [participantRoutes({ ctx }), merchantRoutes({ ctx }), failingRoutes()],
    ...more,
  })
}

let lastAddress = 0
type Asked = { readonly body?: unknown; readonly headers?: Record<string, string>; readonly address?: string }
function ask(app: ReturnType<typeof appWith>, method: string, path: string, { body, headers, address }: Asked = {}) {
  const text = typeof body === "string" ? body : body === undefined ? null : JSON.stringify(body)
  return app.request(
    path,
    {
      method,
      headers: {
        "Content-Type": "application/json",
        "X-Forwarded-For": address ?? `10.1.0.${++lastAddress}`,
        ...headers,
      },
      body: text,
    },
    { address: "127.0.0.1" },
  )
}

describe("refusals", () => {
  test("carry a code, the reader's language, the field and what is expected", async () => {
    const app = appWith()
    const body = { goods: { grams: "much" } }
    const english = await ask(app, "POST", "/typed", { body, headers: { "Accept-Language": "en-GB, zh;q=0.5" } })
    expect(english.status).toBe(400)
    expect(await english.json()).toEqual({
      code: "request/malformed",
      message: "The request is not in order; see the field named.",
      field: "goods.grams",
      expected: expect.stringContaining("number"),
    })
    const chinese = await ask(app, "POST", "/typed", { body })
    expect((await chinese.json()).message).toMatch(/[一-龥]/)
  })

  test("a body that is no JSON, none at all, or of another type is malformed", async () => {
    const app = appWith()
    for (const asked of [{ body: "{" }, {}, { body: "{}", headers: { "Content-Type": "text/plain" } }]) {
      const response = await ask(app, "POST", "/typed", asked)
      expect([response.status, (await response.json()).code]).toEqual([400, "request/malformed"])
    }
  })

  test("what breaks inside is logged and never told", async () => {
    const lines: string[] = []
    const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) })
    const app = appWith({ ctx: { ...gateway.ctx, log } })
    const response = await ask(app, "GET", "/breaks")
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(JSON.parse(text).code).toBe("service/failed")
    expect(text).not.toContain("hunter2")
    expect(lines.join("")).toContain("hunter2")
  })

  test("an unknown path is request/not-found", async () => {
    const response = await ask(appWith(), "GET", "/nothing/here")
    expect([response.status, (await response.json()).code]).toEqual([404, "request/not-found"])
  })

  test("a body beyond a megabyte is too large", async () => {
    const response = await ask(appWith(), "POST", "/typed", { body: { goods: "x".repeat(1_100_000) } })
    expect([response.status, (await response.json()).code]).toEqual([413, "request/too-large"])
  })

  test("a browser may get a page in place of JSON", async () => {
    const app = appWith({ errorPage: (c, body, status) => c.html(`<p>${body.code}</p>`, status) })
    const response = await ask(app, "GET", "/nothing")
    expect([response.status, await response.text()]).toEqual([404, "<p>request/not-found</p>"])
  })
})

describe("who asks", () => {
  test("needs a token that is known; 401 without, 403 without the scope", async () => {
    const app = appWith()
    const participant = {
      id: gateway.ctx.random.uuid(),
      number: 77,
      name: "新发地",
      nameEn: "Xinfadi",
      role: "wholesale",
    }
    const post = (authorization?: string) =>
      ask(app, "POST", "/participants", { body: participant, ...(authorization && { headers: { authorization } }) })
    for (const wrong of [
      undefined,
      "Bearer",
      "Bearer sya_0",
      `Bearer sya_${"0".repeat(64)}`,
      `Basic ${operatorToken}`,
    ]) {
      expect((await post(wrong)).status).toBe(401)
    }
    expect((await post(`Bearer ${await tokenWith(["traces:read"])}`)).status).toBe(403)
    const added = await post(`Bearer ${operatorToken}`)
    expect(added.status).toBe(200)
    expect(await added.json()).toMatchObject({ id: participant.id, number: 77, createdAt: expect.any(String) })
  })

  test("a number that the books have no room for is refused with its field, and nothing is added", async () => {
    const app = appWith()
    const headers = { headers: { authorization: `Bearer ${operatorToken}` } }
    const names = { name: "新发地", nameEn: "Xinfadi" }
    const add = (path: string, more: object) =>
      ask(app, "POST", path, { body: { id: gateway.ctx.random.uuid(), ...names, ...more }, ...headers })
    const participant = (number: number) => add("/participants", { number, role: "wholesale" })
    for (const number of [2 ** 31, 2 ** 32 - 1, 0]) {
      const refused = await participant(number)
      expect([refused.status, await refused.json()]).toEqual([
        400,
        expect.objectContaining({ code: "request/malformed", field: "number" }),
      ])
    }
    const greatest = await participant(2 ** 31 - 1)
    expect(greatest.status).toBe(200)
    const { id: participantId } = await greatest.json()
    const about = { participantId, kind: "wholesale", regionCode: "110106", zone: "Asia/Shanghai" }
    expect((await add("/sites", { ...about, number: 2 ** 31 })).status).toBe(400)
    expect((await add("/sites", { ...about, number: 2 ** 31 - 1 })).status).toBe(200)
  })

  test("another site's page may not act with a buyer's cookie", async () => {
    const app = appWith()
    const send = (origin: string) =>
      ask(app, "POST", "/typed", {
        body: { goods: { grams: 1 } },
        headers: { Cookie: "suyuan_session=x", Origin: origin },
      })
    expect((await send("https://evil.example")).status).toBe(403)
    expect((await send("null")).status).toBe(403)
    expect((await send(gateway.ctx.config.GATEWAY_PUBLIC_URL)).status).toBe(204)
  })
})

/** Buyers share a market's Wi-Fi. */
const asOftenAtCodes = 10

describe("too many requests", () => {
  test("of one address are refused with 429 until the minute is over; others go on", async () => {
    const app = appWith()
    const visit = (address: string) => ask(app, "GET", "/p/1", { address })
    for (let i = 0; i < 5 * asOftenAtCodes; i++) expect((await visit("10.9.0.1")).status).toBe(200)
    const refused = await visit("10.9.0.1")
    expect(refused.status).toBe(429)
    expect((await refused.json()).code).toBe("request/too-many")
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0)
    expect((await visit("10.9.0.2")).status).toBe(200)
    gateway.clock.advance(60_000)
    expect((await visit("10.9.0.1")).status).toBe(200)
  })

  test("cannot be dodged by inventing X-Forwarded-For entries, or by moving within an IPv6 network", async () => {
    const app = appWith()
    for (let i = 0; i < 5 * asOftenAtCodes; i++) await ask(app, "GET", "/p/1", { address: `1.2.3.${i}, 10.9.0.3` })
    expect((await ask(app, "GET", "/p/1", { address: "9.9.9.9, 10.9.0.3" })).status).toBe(429)
    for (let i = 0; i < 5 * asOftenAtCodes; i++) await ask(app, "GET", "/p/1", { address: `2001:db8:1:2::${i}` })
    expect((await ask(app, "GET", "/p/1", { address: "2001:db8:1:2:ffff::1" })).status).toBe(429)
    expect((await ask(app, "GET", "/p/1", { address: "2001:db8:1:3::1" })).status).toBe(200)
  })

  test("at codes count apart from the rest, and files of the programs not at all", async () => {
    const app = appWith()
    const address = "10.9.0.6"
    for (let i = 0; i < 20; i++) await ask(app, "GET", "/p/1", { address })
    for (let i = 0; i < 20; i++) expect((await ask(app, "GET", "/kiosk/none.js", { address })).status).toBe(404)
    for (let i = 0; i < 5; i++) expect((await ask(app, "GET", "/nowhere", { address })).status).toBe(404)
    expect((await ask(app, "GET", "/nowhere", { address })).status).toBe(429)
    expect((await ask(app, "GET", "/p/1", { address })).status).toBe(200)
  })

  test("platforms may notify more often: they speak for all stalls from a few addresses", async () => {
    const app = appWith()
    for (let i = 0; i < 50; i++) {
      const notified = await ask(app, "POST", "/notifications/wechat-pay", { address: "10.9.0.4", body: {} })
      expect(notified.status).toBe(200)
    }
  })

  test("health is always answered", async () => {
    const app = appWith()
    for (let i = 0; i < 10; i++) expect((await ask(app, "GET", "/healthz", { address: "10.9.0.5" })).status).toBe(200)
  })
})

describe("every answer", () => {
  test("forbids inline scripts, foreign sources, framing and caching", async () => {
    const response = await ask(appWith(), "GET", "/p/1")
    const policy = response.headers.get("Content-Security-Policy") ?? ""
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain("unsafe-inline")
    expect(policy).not.toContain("unsafe-eval")
    expect(policy).toContain("https://open.weixin.qq.com")
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff")
    expect(response.headers.get("Cache-Control")).toBe("no-store")
  })
})

describe("request logs", () => {
  test("name the sale of a pay code, and hold no digits, ids, queries, addresses or tokens", async () => {
    const vectors = await import("../../vectors/pay-code.json")
    const url = JSON.stringify(vectors).match(/\/p\/([0-9]{100,})/)?.[1] ?? ""
    expect(url.length).toBeGreaterThan(100)
    const lines: string[] = []
    const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) })
    const app = appWith({ ctx: { ...gateway.ctx, log } })
    await ask(app, "GET", `/p/${url}?code=oauth-secret`, { address: "203.0.113.99" })
    await ask(app, "GET", "/traces/shares/AbCdEfGhIjKlMnOp", { headers: { authorization: "Bearer very-secret" } })
    await ask(app, "GET", "/p/12345")
    const [sale, share, unreadable] = lines.map((line) => JSON.parse(line))
    expect(sale).toMatchObject({
      method: "GET",
      route: "/p/:digits",
      status: 200,
      path: expect.stringMatching(/^\/p\/[0-9a-f]{10}\/\d+$/),
    })
    expect(share).toMatchObject({ route: "/traces/shares/:shareId", status: 200 })
    expect(unreadable.path).toBe("/p/?")
    const text = lines.join("")
    for (const secret of [
      url.slice(0, 40),
      "oauth-secret",
      "203.0.113.99",
      "AbCdEfGhIjKlMnOp",
      "very-secret",
      "12345",
    ]) {
      expect(text).not.toContain(secret)
    }
  })
})
