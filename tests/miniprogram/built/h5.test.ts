// The built pages in a real browser, served by the whole gateway beside both platforms' sandbox.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import chromium from "@sparticuz/chromium"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { type Browser, type Page, chromium as playwright } from "playwright-core"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import { type Market, openMarket } from "../../api/payments/market"
import { testApp } from "../../support/app"

let market: Market
let browser: Browser
beforeAll(async () => {
  const built = await buildMiniprogram("h5", () => {})
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath())
  browser = await playwright.launch({ executablePath, args: chromium.args })
  market = await openMarket({ settings: { GATEWAY_BUYER_DIR: built } })
  const app = testApp(market.ctx, { payments: market.deps })
  market.serveWith((request, address) => app.fetch(request, address === undefined ? {} : { address }))
  market.sandbox.world.gateway.url = market.ctx.config.GATEWAY_PUBLIC_URL
  market.sandbox.world.buyers.add("赵大爷")
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await market?.end()
})

const phone = {
  viewport: { width: 390, height: 844 },
  userAgent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
}

async function openPage(path: string) {
  const page = await (await browser.newContext(phone)).newPage()
  const troubles: string[] = []
  page.on("pageerror", (error) => troubles.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text())
  })
  await page.goto(`${market.ctx.config.GATEWAY_PUBLIC_URL}${path}`)
  return { page, troubles }
}
const payPath = (code: PayCode) => `/p/${payCodeDigits(code)}`
const shot = async (page: Page, name: string) => {
  const folder = process.env.MINIPROGRAM_SHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
const axe = Bun.file(require.resolve("axe-core/axe.min.js"))
const faultsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(await axe.text())
  return page.evaluate(async () => {
    const run = (
      window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe
    const { violations } = await run.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

test("a scanned code becomes the buyer's page without another request for the sale, and is paid outside the app", async () => {
  const { page, troubles } = await openPage(payPath(await market.newCode()))
  await page.waitForSelector(".buyer #pay-wechat-pay")
  await shot(page, "pay")
  expect(await page.locator("body > .slip").count()).toBe(0)
  expect(await faultsOf(page)).toEqual([])
  await page.locator("#pay-wechat-pay").click()
  await page.waitForSelector("form.sheet")
  await page.locator("button", { hasText: "付款" }).press("Enter")
  await page.waitForURL(/\/p\/\d+/)
  await page.waitForSelector(".buyer .shape.good")
  await shot(page, "paid")
  expect(await page.textContent(".buyer")).toContain("已付款 ¥12.34")
  expect(await faultsOf(page)).toEqual([])
  expect(troubles).toEqual([])
}, 60_000)
