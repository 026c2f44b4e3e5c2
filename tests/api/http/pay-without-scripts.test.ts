// A browser that runs no script, with the policy that it is given: the scanned page, paying, and one's own result.
import { afterAll, beforeAll, expect, test } from "bun:test"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { launchBrowser } from "../../terminal-kiosk/browser/launch-browser"
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

async function openPage(code: PayCode, device: object): Promise<Page> {
  const page = await (await browser.newContext(device)).newPage()
  await page.goto(`${market.ctx.config.GATEWAY_PUBLIC_URL}/p/${payCodeDigits(code)}`)
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
