import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { alipayLoginFromConfig } from "@suyuan/api/adapters/alipay-login"
import { wechatLoginFromConfig } from "@suyuan/api/adapters/wechat-login"
import { isReturnPath } from "@suyuan/api/buyers/return-path"
import { startWebSession } from "@suyuan/api/buyers/start-web-session"
import { buyerRoutes } from "@suyuan/api/http/buyers"
import { answerError } from "@suyuan/api/http/errors"
import { newRouter, type Routes } from "@suyuan/api/http/router"
import { type Market, openMarket, saleFen } from "../payments/market"
import { platformsOf } from "../payments/platforms"

let market: Market
let app: Routes
beforeAll(async () => {
  market = await openMarket()
  const { ctx, clock } = market
  const logins = { "wechat-pay": wechatLoginFromConfig(ctx.config), alipay: alipayLoginFromConfig(ctx.config, clock) }
  app = newRouter()
  app.route("/", buyerRoutes({ ctx, logins }))
  app.onError(answerError(ctx.log))
}, 60_000)
afterAll(() => market.end())

const returnPath = "/p/123456789"

function cookieOf(response: Response, name: string): { value: string; attributes: string } {
  const line = response.headers.getSetCookie().find((one) => one.startsWith(`${name}=`)) ?? ""
  const [pair = "", ...attributes] = line.split("; ")
  return { value: pair.slice(name.length + 1), attributes: attributes.join("; ") }
}

async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { code: string }
  return body.code
}

for (const platform of platformsOf) {
  describe(platform, () => {
    /** The browser as it stands on the platform's page, and where the platform sends it when the person nods. */
    async function setOut() {
      const person = market.sandbox.world.buyers.add("乙")
      const start = await app.request(`/buyers/login/${platform}?return=${encodeURIComponent(returnPath)}`)
      expect(start.status).toBe(302)
      const page = new URL(start.headers.get("location") ?? "")
      page.searchParams.set("buyer", String(person.id))
      const nod = await fetch(page, { redirect: "manual" })
      const back = new URL(nod.headers.get("location") ?? "")
      return { cookie: cookieOf(start, "suyuan_login"), back: back.pathname + back.search }
    }

    test("[PY-16] leads over the platform's page back to the pay code, with a session cookie", async () => {
      const { cookie, back } = await setOut()
      expect(cookie.attributes).toContain("HttpOnly")
      const landing = await app.request(back, { headers: { cookie: `suyuan_login=${cookie.value}` } })
      expect(landing.status).toBe(302)
      expect(landing.headers.get("location")).toBe(returnPath)
      const session = cookieOf(landing, "suyuan_session")
      expect(session.attributes).toMatch(/HttpOnly/)
      expect(session.attributes).toMatch(/SameSite=Lax/)
      expect(session.attributes).not.toMatch(/Secure/)
      const headers = { cookie: `suyuan_session=${session.value}` }
      expect((await app.request("/buyers/purchases", { headers })).status).toBe(200)
      expect((await app.request("/buyers/session", { method: "DELETE", headers })).status).toBe(204)
      expect((await app.request("/buyers/purchases", { headers })).status).toBe(401)
    })

    test("[PY-16] a return that another browser set out on logs nobody in", async () => {
      const { back } = await setOut()
      expect(await codeOf(await app.request(back))).toBe("buyer/state-mismatch")
      const { cookie } = await setOut()
      const swapped = await app.request(back, { headers: { cookie: `suyuan_login=${cookie.value}` } })
      expect(await codeOf(swapped)).toBe("buyer/state-mismatch")
      expect(swapped.headers.getSetCookie().join()).not.toContain("suyuan_session=syb_")
    })

    test("a person who says no is told that the login did not succeed", async () => {
      const { cookie, back } = await setOut()
      const state = new URLSearchParams(back.split("?")[1]).get("state")
      const refused = await app.request(`/buyers/callback/${platform}?state=${state}`, {
        headers: { cookie: `suyuan_login=${cookie.value}` },
      })
      expect(await codeOf(refused)).toBe("buyer/login-refused")
    })
  })
}

test("[PY-16] leads back to pay codes and bind codes only", async () => {
  for (const path of [
    "//evil.example/p/1",
    "https://evil.example/p/1",
    "/p/1/../x",
    "/p/1?x=1",
    "/p/1#x",
    "/buyers",
    "/p/",
    "/p/1\n",
  ]) {
    expect(isReturnPath(path)).toBe(false)
    const response = await app.request(`/buyers/login/alipay?return=${encodeURIComponent(path)}`)
    expect(await codeOf(response)).toBe("buyer/return-refused")
  }
  expect(isReturnPath(`/p/${"9".repeat(393)}`)).toBe(true)
  expect(isReturnPath("/b/123")).toBe(true)
  expect(isReturnPath(`/p/${"9".repeat(394)}`)).toBe(false)
})

test("a mini-program logs in by its code and lists what its buyer, and nobody else, has paid", async () => {
  const { sandbox } = market
  const person = sandbox.world.buyers.add("丙")
  const request = (body: unknown) =>
    app.request("/buyers/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    })
  const code = sandbox.world.buyers.issueCode(person, "alipay")
  const answer = (await (await request({ platform: "alipay", code })).json()) as { token: string }
  expect(await codeOf(await request({ platform: "alipay", code }))).toBe("buyer/login-refused")
  expect(await codeOf(await request({ platform: "cash", code }))).toBe("request/malformed")

  const headers = { authorization: `Bearer ${answer.token}` }
  const list = async () =>
    (await (await app.request("/buyers/purchases", { headers })).json()) as { purchases: Record<string, unknown>[] }
  expect(await list()).toEqual({ purchases: [] })

  const payer = await market.newPayer("alipay")
  const sale = await market.newSale()
  await market.upload(sale.code)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  expect(await list()).toEqual({ purchases: [] })
  await market.ctx.sql`
    UPDATE sales SET buyer_id = (SELECT id FROM buyers WHERE open_id = ${person.alipayOpenId}) WHERE counter = ${sale.counter}`
  const { purchases } = await list()
  expect(purchases).toMatchObject([
    {
      counter: sale.counter,
      paidFen: saleFen,
      refundedFen: 0,
      stall: { number: "A-12" },
      lines: [{ line: 0, amountFen: saleFen }],
    },
  ])
  expect(purchases[0]?.recordId).toMatch(/^[0-9a-f]{32}$/)
})

test("[PY-16] a browser whose purchases are looked at keeps its session, for a year at most; not with every look", async () => {
  const { ctx, clock } = market
  const { token } = await startWebSession(ctx)
  const look = () => app.request("/buyers/purchases", { headers: { cookie: `suyuan_session=${token}` } })
  const fresh = await look()
  expect([fresh.status, fresh.headers.getSetCookie()]).toEqual([200, []])
  let days = 0
  let renewals = 0
  for (; days < 500; days += 15) {
    const looked = await look()
    if (looked.status !== 200) break
    if (cookieOf(looked, "suyuan_session").value === token) renewals += 1
    clock.advance(15 * 86_400_000)
  }
  expect(renewals).toBeGreaterThan(15)
  expect(days).toBeGreaterThan(330)
  expect(days).toBeLessThanOrEqual(375)
  // Nobody looked for longer than it lasts.
  const { token: left } = await startWebSession(ctx)
  clock.advance(31 * 86_400_000)
  const late = await app.request("/buyers/purchases", { headers: { cookie: `suyuan_session=${left}` } })
  expect(late.status).toBe(401)
})
