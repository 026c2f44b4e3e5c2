import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { judgeDay } from "@suyuan/api/alarms/judge-days"
import { listAlarms, readAlarm } from "@suyuan/api/alarms/read-alarms"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { launchBrowser } from "../../support/launch-browser"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { operator } from "../../support/stall"

setDefaultTimeout(90_000)

let gateway: TestGateway
let stall: SellingTerminal
let browser: Browser
let server: ReturnType<typeof Bun.serve>
beforeAll(async () => {
  browser = await launchBrowser()
  gateway = await testGateway()
  const { ctx, clock } = gateway
  const app = testApp(ctx)
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) })
  stall = await sellingTerminal(ctx, "market", [slotOf(1, cabbage)])
  const day = new Date(clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const code = await stall.code(1, [gramsOf(1, 12_500)])
  await stall.deliver(await stall.envelope("sale", stall.saleBody(code, "cash")))
  clock.advance(2 * 86_400_000)
  await judgeDay(ctx, { siteId: stall.siteId, day })
})
afterAll(async () => {
  await browser.close()
  await server.stop(true)
  await gateway.close()
})

async function fits(page: Page, width: number): Promise<void> {
  const wide = await page.locator("body *").evaluateAll((all, most) => {
    return all.filter((element) => element.getBoundingClientRect().right > most).map((element) => element.outerHTML)
  }, width)
  expect(wide).toEqual([])
}

/** Tab until it is there: everything must be reached without a mouse. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab")
    if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === text) return
  }
  throw new Error(`${text} is not reached by keyboard`)
}

test("an alarm is read, looked at and explained on a phone-wide page by keyboard, without a script", async () => {
  const { ctx } = gateway
  const order = { label: "test", kind: "operator", actorId: "wang", siteIds: [stall.siteId], days: 1 } as const
  const { token } = await issueToken(ctx, operator, { ...order, scopes: ["alarms:read", "alarms:write"] })
  const viewport = { width: 390, height: 844 }
  const context = await browser.newContext({ viewport, javaScriptEnabled: false, locale: "zh-CN" })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/office/alarms`)
  await page.fill("input[name=token]", token)
  await page.keyboard.press("Enter")
  await page.waitForSelector(".cards li")
  await fits(page, 390)
  expect(await page.locator("main").textContent()).toContain(
    "大白菜：账上只有 0 公斤，却卖出 12.5 公斤，多出 12.5 公斤",
  )
  await page.goto(`http://127.0.0.1:${server.port}/office/alarms?lang=en`)
  expect(await page.locator("main").textContent()).toContain("Chinese cabbage: the book had 0 kg and 12.5 kg were sold")
  const [alarm] = await listAlarms(ctx.db, operator, { kind: "sold-above-bought", limit: 1 })
  const id = alarm?.id ?? ""
  await page.goto(`http://127.0.0.1:${server.port}/office/alarms/${id}`)
  await fits(page, 390)
  await tabTo(page, "我已查看")
  await page.keyboard.press("Enter")
  await page.waitForSelector("input[name=note]")
  await fits(page, 390)
  await page.focus("input[name=note]")
  await page.keyboard.type("进货单漏录，已补")
  await tabTo(page, "有合理解释")
  await page.keyboard.press("Enter")
  await page.waitForSelector("text=已解释")
  await fits(page, 390)
  expect(await page.locator("form.ask").count()).toBe(0)
  expect(await readAlarm(ctx.db, operator, id)).toMatchObject({
    ...{ state: "explained", decidedBy: "wang", note: "进货单漏录，已补" },
  })
  await context.close()
})

test("a form from elsewhere decides nothing, and neither does one without a session", async () => {
  const { ctx } = gateway
  const app = testApp(ctx)
  const [alarm] = await listAlarms(ctx.db, operator, { kind: "unknown-share", limit: 1 })
  const order = { label: "test", kind: "operator", actorId: "wang", siteIds: [stall.siteId], days: 1 } as const
  const { token } = await issueToken(ctx, operator, { ...order, scopes: ["alarms:read"] })
  const post = (headers: Record<string, string>) =>
    app.request(`/office/alarms/${alarm?.id}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: "state=looked-at&version=1",
    })
  const cookie = `suyuan_office=${token}`
  const origin = ctx.config.GATEWAY_PUBLIC_URL
  expect((await post({ cookie, origin: "https://elsewhere.example" })).status).toBe(403)
  expect((await post({ origin })).headers.get("location")).toContain("/office?")
  // It may look only.
  expect((await post({ cookie, origin })).status).toBe(403)
  expect(await readAlarm(ctx.db, operator, alarm?.id ?? "")).toMatchObject({ state: "new" })
})
