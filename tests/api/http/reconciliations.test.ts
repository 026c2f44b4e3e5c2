import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Scope } from "@suyuan/api/actor"
import { attempts, reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { dayStartMs } from "@suyuan/sandbox/bills/day-books"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { operator } from "../../support/stall"
import { type Market, openMarket, saleFen } from "../payments/market"

setDefaultTimeout(60_000)

let market: Market
let app: ReturnType<typeof testApp>
let day: string
const root = "/payments/reconciliations"
const office = "/office/reconciliations"

beforeAll(async () => {
  market = await openMarket()
  app = testApp(market.ctx, { payments: market.deps })
  day = new Date(market.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  for (let n = 0; n < 3; n++) await forgottenPayment()
  market.clock.advance((dayStartMs(day) ?? 0) + 35 * 3_600_000 - market.clock.nowMs())
})
afterAll(() => market.end())

/** The platform has the money; our books think that the buyer never paid. */
async function forgottenPayment(): Promise<void> {
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const [attempt] = await market.attempts(sale)
  const number = attempt?.outTradeNo ?? ""
  await market.ctx.db
    .update(attempts)
    .set({ state: "closed", succeededAt: null, receivedFen: null })
    .where(eq(attempts.outTradeNo, number))
  await market.ctx.db.update(sales).set({ state: "paying", paidFen: 0 }).where(eq(sales.settledBy, number))
}

async function call(path: string, headers: Record<string, string>, body?: unknown) {
  const response = await app.request(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { "Content-Type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

/** Signs a person in; gives the cookie. */
async function signIn(scopes: readonly Scope[], kind: "operator" | "machine" = "operator", siteIds: string[] = []) {
  const order = { label: "test", kind, actorId: "wang", siteIds, days: 1 } as const
  const { token } = await issueToken(market.ctx, operator, { ...order, scopes })
  const answer = await post("/office/session", { token, next: office })
  return {
    location: answer.headers.get("location") ?? "",
    cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "",
  }
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(form)
  return app.request(path, { method: "POST", headers: { accept: "text/html", ...headers }, body })
}

async function page(path: string, cookie: string, headers: Record<string, string> = {}) {
  const response = await app.request(path, { headers: { accept: "text/html", cookie, ...headers } })
  return { status: response.status, location: response.headers.get("location"), html: await response.text(), response }
}

describe("[RS-1] over HTTP", () => {
  test("a day is run, listed, read page by page and repaired as shown", async () => {
    const token = await tokenOf(market.ctx, ["payments:read", "payments:reconcile"])
    const about = { platform: "alipay", day }
    expect(await call(`${root}/alipay/${day}`, token)).toMatchObject({
      status: 404,
      body: { code: "reconciliation/unknown" },
    })
    const made = await call(root, token, about)
    expect(made).toMatchObject({
      status: 200,
      body: { ...about, state: "reconciled", items: 3, openItems: 3, bill: { matched: 0, paidFen: 3 * saleFen } },
    })
    expect((await call(root, token)).body).toMatchObject([about])
    expect((await call(`${root}?before=${day}`, token)).body).toEqual([] as never)
    const first = await call(`${root}/alipay/${day}?limit=2`, token)
    const items = first.body.items as unknown as Item[]
    expect(items).toHaveLength(2)
    const rest = await call(`${root}/alipay/${day}?limit=2&after=${items[1]?.id}`, token)
    expect(rest.body.items).toHaveLength(1)
    expect((await call(`${root}/alipay/${day}?kind=missing-here`, token)).body.items).toHaveLength(0)
    const [item] = items
    expect(item).toMatchObject({
      kind: "state-differs",
      state: "open",
      books: { state: "closed", amountFen: saleFen },
      bill: { state: "succeeded", amountFen: saleFen },
      booksNow: { state: "closed", amountFen: saleFen },
      proposal: { effect: "settle-sale", amountFen: saleFen },
    })
    expect(item?.proposal?.zh).toContain("¥12.34")
    expect(item?.proposal?.en).toContain("the sale is paid")
    const path = `${root}/alipay/${day}/items/${item?.id}`
    expect((await call(path, token)).body).toEqual(item as never)
    const other = { shown: "0".repeat(32) }
    expect(await call(`${path}/repair`, token, other)).toMatchObject({
      status: 409,
      body: { code: "reconciliation/item-changed", field: "shown" },
    })
    const done = await call(`${path}/repair`, token, { shown: item?.proposal?.shown })
    expect(done).toMatchObject({
      status: 200,
      body: { state: "repaired", repairedBy: "a machine", proposal: null, booksNow: { state: "succeeded" } },
    })
    expect(await call(`${path}/repair`, token, { shown: item?.proposal?.shown })).toEqual(done)
    expect((await call(`${root}/alipay/${day}?state=open`, token)).body.items).toHaveLength(2)
  })

  test("whoever may only look does not run or repair, and nobody does without a token", async () => {
    const looking = await tokenOf(market.ctx, ["payments:read"])
    const [item] = await market.ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.state, "open"))
    const path = `${root}/alipay/${day}/items/${item?.id}`
    const { body } = await call(path, looking)
    const { shown } = (body as unknown as Item).proposal ?? { shown: "" }
    expect(await call(`${path}/repair`, looking, { shown })).toMatchObject({ status: 403 })
    expect(await call(root, looking, { platform: "alipay", day })).toMatchObject({ status: 403 })
    const elsewhere = await tokenOf(market.ctx, ["payments:read", "payments:reconcile"], market.ctx.random.uuid())
    expect(await call(path, elsewhere)).toMatchObject({ status: 403 })
    expect(await call(`${path}/repair`, elsewhere, { shown })).toMatchObject({ status: 403 })
    const ofSite = await call(`${root}/alipay/${day}`, elsewhere)
    expect(ofSite).toMatchObject({ status: 200, body: { items: [], reconciliation: { items: 0 } } })
    expect(ofSite.body.reconciliation).not.toHaveProperty("bill")
    const reconciling = await tokenOf(market.ctx, ["payments:reconcile"])
    expect(await call(path, reconciling)).toMatchObject({ status: 403 })
    for (const asked of [root, `${root}/alipay/${day}`, path]) {
      expect(await call(asked, {})).toMatchObject({ status: 401 })
    }
    const [still] = await market.ctx.db
      .select()
      .from(reconciliationItems)
      .where(eq(reconciliationItems.id, item?.id ?? ""))
    expect(still).toEqual(item)
  })

  test("bad input is a closed code with its field and changes nothing", async () => {
    const token = await tokenOf(market.ctx, ["payments:read", "payments:reconcile"])
    expect(await call(root, token, { platform: "cash", day })).toMatchObject({
      status: 400,
      body: { field: "platform" },
    })
    expect(await call(root, token, { platform: "alipay", day: "2026-02-30" })).toMatchObject({
      status: 400,
      body: { field: "day" },
    })
    const tomorrow = new Date(market.clock.nowMs() + 30 * 3_600_000).toISOString().slice(0, 10)
    expect(await call(root, token, { platform: "alipay", day: tomorrow })).toMatchObject({
      status: 409,
      body: { code: "reconciliation/day-not-over", field: "day" },
    })
    expect(await call(`${root}/alipay/${day}/items/${market.ctx.random.uuid()}`, token)).toMatchObject({ status: 404 })
    expect(await call(`${root}/alipay/${day}/items/x/repair`, token, { shown: "" })).toMatchObject({ status: 400 })
  })
})

type Item = {
  readonly id: string
  readonly proposal: { readonly zh: string; readonly en: string; readonly shown: string } | null
}

describe("[RS-1] as pages, without a script", () => {
  test("an operator signs in with a token; a machine's, a wrong one and a foreign address lead nowhere", async () => {
    const { cookie, location } = await signIn(["payments:read"])
    expect(location).toStartWith(office)
    const set = (await post("/office/session", { token: "no", next: office })).headers
    expect(set.get("set-cookie")).toBeNull()
    expect(set.get("location")).toContain("refused=1")
    expect((await signIn(["payments:read"], "machine")).cookie).toBe("")
    expect((await page("/office?refused=1", "")).html).toContain("这个令牌无效或已过期")
    for (const next of ["https://evil.example/", "//evil.example", "/office/../p/1", "/office/\\evil"]) {
      expect((await page(`/office?next=${encodeURIComponent(next)}`, "")).html).not.toContain('name="next"')
    }
    const shut = await page(`${office}/alipay/${day}`, "")
    expect(shut).toMatchObject({ status: 303 })
    expect(shut.location).toContain(encodeURIComponent(`${office}/alipay/${day}`))
    // The API takes no cookie, and another site's page may not post with it.
    expect((await app.request(root, { headers: { cookie } })).status).toBe(401)
    const foreign = { cookie, origin: "https://evil.example" }
    expect((await post(office, { platform: "alipay", day }, foreign)).status).toBe(403)
    const out = await post("/office/session/end", {}, { cookie })
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0")
  })

  test("shows the day's items and filters them; the button stands behind a page that states the effect", async () => {
    const { cookie } = await signIn(["payments:read", "payments:reconcile"])
    const list = await page(office, cookie)
    expect(list.html).toContain("现在对账")
    const ran = await post(office, { platform: "alipay", day }, { cookie })
    expect(ran.headers.get("location")).toStartWith(`${office}/alipay/${day}`)
    const shown = await page(`${office}/alipay/${day}?lang=en`, cookie)
    expect(shown.html).toContain("States differ")
    expect(shown.html).toContain("¥12.34")
    expect(shown.html).not.toContain("<script")
    expect(shown.html).not.toContain('<button type="submit">Do it')
    expect((await page(`${office}/alipay/${day}?kind=missing-here`, cookie)).html).toContain("没有差异")
    const [open] = await market.ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.state, "open"))
    const path = `${office}/alipay/${day}/items/${open?.id}`
    const asked = await page(path, cookie)
    expect(asked.html).toContain("执行后会发生什么")
    expect(asked.html).toContain(`平台若确认已收 ¥12.34`)
    const value = /name="shown" value="([0-9a-f]{32})"/.exec(asked.html)?.[1] ?? ""
    const done = await post(`${path}/repair`, { shown: value }, { cookie })
    expect(done).toMatchObject({ status: 303 })
    const after = await page(done.headers.get("location") ?? "", cookie)
    expect(after.html).toContain("已修复")
    expect(after.html).toContain("wang")
    expect(after.html).not.toContain('name="shown"')
    const late = await post(`${path}/repair`, { shown: "0".repeat(32) }, { cookie })
    expect(late.status).toBe(409)
    expect(await late.text()).toContain("请重新查看再决定")
  })

  test("whoever may only look sees the effect and no button", async () => {
    const { cookie } = await signIn(["payments:read"])
    const [open] = await market.ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.state, "open"))
    const path = `${office}/alipay/${day}/items/${open?.id}`
    const { html } = await page(path, cookie)
    expect(html).toContain("您只能查看")
    expect(html).not.toContain('name="shown"')
    expect((await page(office, cookie)).html).not.toContain("现在对账")
    const { proposal } = (
      await call(`${root}/alipay/${day}/items/${open?.id}`, await tokenOf(market.ctx, ["payments:read"]))
    ).body as unknown as Item
    expect((await post(`${path}/repair`, { shown: proposal?.shown ?? "" }, { cookie })).status).toBe(403)
  })
})
