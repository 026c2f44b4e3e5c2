// A browser that runs no script, with the policy that it is given: the scanned page, paying, and one's own result.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { eq } from "drizzle-orm"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { launchBrowser } from "../../support/launch-browser"
import { type Market, openMarket } from "../payments/market"

let market: Market
let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
  market = await openMarket()
  const app = testApp(market.ctx, { payments: market.deps })
  market.serveWith((request, address) => app.fetch(request, address === undefined ? {} : { address }))
  market.sandbox.world.gateway.url = market.ctx.config.GATEWAY_PUBLIC_URL
  market.sandbox.world.buyers.add("赵大爷")
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await market?.end()
})

const android = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
const phone = { viewport: { width: 360, height: 640 }, userAgent: android, javaScriptEnabled: false }
const computer = { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false }

async function openPage(code: PayCode, device: object, search = ""): Promise<Page> {
  const page = await (await browser.newContext(device)).newPage()
  await page.goto(`${market.ctx.config.GATEWAY_PUBLIC_URL}/p/${payCodeDigits(code)}${search}`)
  return page
}
/** The sandbox's own pages, where its buyer pays. */
const payInWallet = (page: Page) => page.locator("button", { hasText: "付款" }).press("Enter")

for (const [word, platform] of [
  ["微信支付", "wechat-pay"],
  ["支付宝支付", "alipay"],
] as const) {
  test(`on a phone, ${platform}: a button, the platform's page, and back to the receipt`, async () => {
    const page = await openPage(await market.newCode(), phone)
    expect(await page.textContent("main")).toContain("¥12.34")
    await page.locator("button", { hasText: word }).click()
    await page.getByText("去付款", { exact: true }).click()
    await page.waitForSelector("form.sheet")
    expect(page.url()).toStartWith(market.sandbox.url)
    await payInWallet(page)
    await page.waitForURL(/\/p\/\d+/)
    await page.getByText("看我付的结果").click()
    await page.waitForURL(/\/receipt$/)
    // It asks again by itself while nothing is known.
    await page.locator(".digits").waitFor()
    expect(await page.textContent("main")).toMatch(/已付款.*✓ ¥12\.34.*\d{3} \d{3}/s)
  }, 30_000)

  test(`on a computer, ${platform}: a code for a phone, and the receipt`, async () => {
    const code = await market.newCode()
    const page = await openPage(code, computer)
    await page.locator("button", { hasText: word }).click()
    expect(await page.locator("img.code").getAttribute("src")).toStartWith("data:image/svg+xml;base64,")
    const wallet = await browser.newPage({ userAgent: android })
    await wallet.goto(`${market.sandbox.url}/wallet`)
    await wallet.locator(".choices a").first().click()
    await payInWallet(wallet)
    await wallet.waitForSelector("h1.paid")
    await page.getByText("看我付的结果").click()
    await page.locator(".digits").waitFor()
    const stranger = await openPage(code, computer)
    await stranger.getByText("看我付的结果").click()
    expect(await stranger.textContent("main")).toContain("不是这个浏览器付的")
    expect(await stranger.locator(".digits").count()).toBe(0)
  }, 30_000)
}

test("what was begun is not offered a second time: the way to pay opens only when it is asked for", async () => {
  const code = await market.newCode()
  const page = await openPage(code, phone)
  await page.locator("button", { hasText: "微信支付" }).click()
  const again = await openPage(code, phone)
  await again.getByText("看我付的结果").waitFor()
  expect(await again.locator("button", { hasText: "支付宝支付" }).isVisible()).toBe(false)
  await again.locator("summary").click()
  expect(await again.locator("button", { hasText: "支付宝支付" }).isVisible()).toBe(true)
}, 30_000)

test("in a wallet's own browser it says that paying needs scripts, to those who have none", async () => {
  const code = await market.newCode()
  const headers = { accept: "text/html", "user-agent": `${android} MicroMessenger/8.0` }
  const answer = await fetch(`${market.ctx.config.GATEWAY_PUBLIC_URL}/p/${payCodeDigits(code)}`, { headers })
  expect(await answer.text()).toMatch(/<noscript><p[^>]*>在这里付款要用到脚本[^<]*<\/p><\/noscript>/)
})

test("each page says whose stall it is and that it is a demonstration, in the language that was asked for", async () => {
  const page = await openPage(await market.newCode(), phone, "?lang=en")
  const says = async (...words: readonly string[]) => {
    const text = (await page.textContent("body")) ?? ""
    for (const word of ["Demonstration", "Stall", ...words]) expect(text).toContain(word)
    expect(text).not.toMatch(/演示|付款/)
  }
  await says("To pay")
  await page.locator("button", { hasText: "Pay with WeChat" }).click()
  await page.getByText("Go and pay", { exact: true }).waitFor()
  await says("To pay ¥12.34", "One step more: pay in your wallet")
  await page.getByText("See my result").click()
  await page.waitForURL(/\/receipt\?lang=en$/)
  await says("Do not take the goods yet", "This page asks again by itself")
  await page.getByText("Back to the sale").click()
  await page.waitForURL(/\/p\/\d+\?lang=en$/)
  await says("See my result")
}, 30_000)

test("a stall that cannot hear is told by six digits; what was cancelled asks no more; what went back is said", async () => {
  const code = await market.newCode()
  const page = await openPage(code, phone)
  await page.locator("button", { hasText: "微信支付" }).click()
  await page.getByText("去付款", { exact: true }).click()
  await payInWallet(page)
  await page.waitForURL(/\/p\/\d+/)
  await page.getByText("看我付的结果").click()
  await page.locator(".digits").waitFor()
  const isOfSale = eq(sales.counter, code.body.counter)
  await market.ctx.db.update(terminals).set({ lastSeenAt: null })
  await page.reload()
  expect(await page.textContent("main")).toContain("摊位离线，请报六位收款码")
  await market.ctx.db.update(sales).set({ refundedFen: 1234 }).where(isOfSale)
  await page.reload()
  expect(await page.textContent("main")).toContain("已退款 ¥12.34")
  expect(await page.locator(".digits").count()).toBe(0)
  await market.ctx.db.update(sales).set({ state: "closed" }).where(isOfSale)
  await page.reload()
  const closed = await page.textContent("main")
  expect(closed).toContain("这笔已取消")
  expect(closed).not.toContain("这一页自己会再问")
  expect(await page.locator("meta[http-equiv=refresh]").count()).toBe(0)
}, 30_000)
