import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { attempts, reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { eq } from "drizzle-orm"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { launchBrowser } from "../../support/launch-browser"
import { operator } from "../../support/stall"
import { type Market, openMarket } from "../payments/market"

setDefaultTimeout(90_000)

let market: Market
let browser: Browser
let server: ReturnType<typeof Bun.serve>
let day: string
beforeAll(async () => {
  browser = await launchBrowser()
  market = await openMarket()
  const app = testApp(market.ctx, { payments: market.deps })
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) })
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const [attempt] = await market.attempts(sale)
  day = new Date(market.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  await market.ctx.db
    .update(attempts)
    .set({ state: "closed", succeededAt: null, receivedFen: null })
    .where(eq(attempts.outTradeNo, attempt?.outTradeNo ?? ""))
  market.clock.advance(Date.parse(`${day}T00:00:00+08:00`) + 35 * 3_600_000 - market.clock.nowMs())
  await reconcileDay(market.ctx, market.deps, operator, { platform: "alipay", day })
})
afterAll(async () => {
  await browser.close()
  await server.stop(true)
  await market.end()
})

async function fits(page: Page, width: number): Promise<void> {
  const box = await page.locator("body").boundingBox()
  expect(box?.width).toBeLessThanOrEqual(width)
  const wide = await page.locator("main *").evaluateAll((all, most) => {
    return all.filter((element) => element.getBoundingClientRect().right > most).map((element) => element.outerHTML)
  }, width)
  expect(wide).toEqual([])
}

test("[RS-1] a difference is repaired on a phone-wide page by keyboard, without a script, and nothing overflows", async () => {
  const order = { label: "test", kind: "operator", actorId: "wang", siteIds: [], days: 1 } as const
  const { token } = await issueToken(market.ctx, operator, {
    ...order,
    scopes: ["payments:read", "payments:reconcile"],
  })
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    javaScriptEnabled: false,
    locale: "zh-CN",
  })
  const page = await context.newPage()
  const base = `http://127.0.0.1:${server.port}`
  const [item] = await market.ctx.db.select().from(reconciliationItems)
  await page.goto(`${base}/office/reconciliations/alipay/${day}/items/${item?.id}`)
  await fits(page, 390)
  // Asked to sign in, and led back to where it was.
  await page.fill("input[name=token]", token)
  await page.keyboard.press("Enter")
  await page.waitForSelector(".effect")
  await fits(page, 390)
  await page.goto(`${base}/office/reconciliations`)
  await fits(page, 390)
  await page.goto(`${base}/office/reconciliations/alipay/${day}`)
  await fits(page, 390)
  await page.click("text=查看并处理")
  await page.focus(".effect button")
  await page.keyboard.press("Enter")
  await page.waitForSelector("text=已修复")
  expect(await page.locator("a[href*='as=csv']").count()).toBe(1)
  // It entered the books when it was repaired, so it stands on that day's.
  await page.click("text=这笔钱所在的商户对账单")
  await page.waitForSelector("text=每日对账单")
  expect(page.url()).toContain(`/office/statements/${market.stall.merchantId}/`)
  expect(await page.locator("tr.total td[data-label='笔数']").textContent()).toBe("1")
  await fits(page, 390)
  await page.emulateMedia({ media: "print", colorScheme: "dark" })
  // A4 less its margins.
  await page.setViewportSize({ width: 672, height: 1000 })
  await fits(page, 672)
  expect(await page.locator("footer").isVisible()).toBe(false)
  await context.close()
})
