import { afterAll, beforeAll, expect, test } from "bun:test"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { launchBrowser } from "../../support/launch-browser"
import { type Market, openMarket } from "../payments/market"
import { decide } from "../payments/platforms"

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

const phone = {
  viewport: { width: 390, height: 844 },
  userAgent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
}
const computer = { viewport: { width: 1280, height: 900 } }

/** A page of its own cookies, and what went wrong in it. */
async function openPage(code: PayCode, device: typeof phone | typeof computer) {
  const page = await (await browser.newContext(device)).newPage()
  const troubles: string[] = []
  page.on("pageerror", (error) => troubles.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text())
  })
  await page.goto(`${market.ctx.config.GATEWAY_PUBLIC_URL}/p/${payCodeDigits(code)}`)
  return { page, troubles }
}

const press = (page: Page, word: string) => page.locator("button", { hasText: word }).press("Enter")
const overflows = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

for (const [word, platform] of [
  ["微信支付", "wechat-pay"],
  ["支付宝支付", "alipay"],
] as const) {
  test(`[PY-21] on a computer, ${platform}: a code that a phone pays, and the page says so`, async () => {
    const { page, troubles } = await openPage(await market.newCode(), computer)
    await press(page, word)
    await page.waitForSelector("#state img.code")
    expect(await page.textContent("#state")).toContain("请用手机上的钱包扫码付款")
    const wallet = await browser.newPage(phone)
    await wallet.goto(`${market.sandbox.url}/wallet`)
    await wallet.locator(".choices a").first().click()
    expect(await overflows(wallet)).toBe(false)
    await press(wallet, "付款")
    await wallet.waitForSelector("h1.paid")
    await page.waitForSelector("#state .good")
    expect(await page.textContent("#state")).toContain("✓ 已付款 ¥12.34")
    expect(troubles).toEqual([])
  }, 30_000)

  test(`[PY-21] on a phone outside the app, ${platform}: to the platform's page and back`, async () => {
    const { page, troubles } = await openPage(await market.newCode(), phone)
    expect(await overflows(page)).toBe(false)
    await press(page, word)
    await page.waitForSelector("form.sheet")
    expect(page.url()).toStartWith(market.sandbox.url)
    expect(await overflows(page)).toBe(false)
    await press(page, "付款")
    await page.waitForURL(/\/p\/\d+/)
    await page.waitForSelector("#state .good")
    expect(await page.textContent("#state")).toContain("已付款 ¥12.34")
    expect(troubles).toEqual([])
  }, 30_000)
}

test("[PY-21] on a computer the other wallet's code is one button away, and either settles", async () => {
  const { page, troubles } = await openPage(await market.newCode(), computer)
  await press(page, "微信支付")
  await page.waitForSelector("#state img.code")
  const first = await page.getAttribute("#state img.code", "src")
  await press(page, "支付宝支付")
  await page.waitForFunction(
    (before) => document.querySelector("#state img.code")?.getAttribute("src") !== before,
    first,
  )
  const [order] = market.sandbox.world.store.orders(1)
  expect(order).toMatchObject({ platform: "alipay", way: "native", state: "open" })
  const code = `https://qr.alipay.com/${order?.prepayId}`
  const person = market.sandbox.world.buyers.list()[0]
  await decide(market.sandbox, person!, { kind: "native", codeUrl: code })
  await page.waitForSelector("#state .good")
  expect(troubles).toEqual([])
}, 30_000)

test("[PY-21] who turns back at the platform's page may go again, to the same order", async () => {
  const code = await market.newCode()
  const { page } = await openPage(code, phone)
  for (const decision of ["取消", "付款"]) {
    await press(page, "微信支付")
    await page.waitForSelector("form.sheet")
    await press(page, decision)
    await page.waitForURL(/\/p\/\d+/)
  }
  await page.waitForSelector("#state .good")
  const orders = market.sandbox.world.store.orders(1)
  expect(orders).toMatchObject([{ platform: "wechat-pay", way: "h5", state: "paid" }])
}, 30_000)
