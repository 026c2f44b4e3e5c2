// The built pages in a real browser, served by the whole gateway beside both platforms' sandbox and a chain.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import chromium from "@sparticuz/chromium"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { type Browser, type BrowserContext, type Page, chromium as playwright } from "playwright-core"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import { type BuyerWorld, openBuyerWorld } from "./buyer-world"

let world: BuyerWorld
let browser: Browser
beforeAll(async () => {
  const built = await buildMiniprogram("h5", () => {})
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromium.executablePath())
  browser = await playwright.launch({ executablePath, args: chromium.args })
  world = await openBuyerWorld({ GATEWAY_BUYER_DIR: built })
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await world?.end()
})

const phone = {
  viewport: { width: 390, height: 844 },
  userAgent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
  reducedMotion: "reduce",
} as const
const payPath = (code: PayCode) => `/p/${payCodeDigits(code)}`

async function openPage(path: string, context?: BrowserContext) {
  const page = await (context ?? (await browser.newContext(phone))).newPage()
  const troubles: string[] = []
  page.on("pageerror", (error) => troubles.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text())
  })
  await page.goto(`${world.url}${path}`)
  return { page, troubles }
}

const axe = Bun.file(require.resolve("axe-core/axe.min.js"))
type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

/** A page that stands: it fits, a screen reader can use it, and somebody can look at it. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.MINIPROGRAM_SHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  const overflows = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(overflows).toBe(false)
  await page.evaluate(await axe.text())
  const faults = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect(faults).toEqual([])
}

async function payOutside(page: Page): Promise<void> {
  await page.locator("#pay-wechat-pay").click()
  await page.waitForSelector("form.sheet")
  await page.locator("button", { hasText: "付款" }).press("Enter")
  await page.waitForURL(/\/p\/\d+/)
  await page.waitForSelector(".buyer .shape.good")
}

test("scan, know, pay, trace, check, share: one straight line on a phone", async () => {
  const context = await browser.newContext(phone)
  const code = await world.newCode()
  const { page, troubles } = await openPage(payPath(code), context)
  await page.waitForSelector(".buyer #pay-wechat-pay")
  expect(await page.locator("body > .slip").count()).toBe(0)
  const slip = await page.textContent(".buyer")
  for (const words of ["大白菜", "全部来自北京", "快检合格 GB/T 5009.199 12% < 50%"]) expect(slip).toContain(words)
  await page.locator("#origin-0").click()
  expect(await page.locator(".bar").count()).toBeGreaterThan(1)
  await look(page, "pay")

  await payOutside(page)
  expect(await page.textContent(".digits")).toMatch(/^\d{3} \d{3}$/)
  await look(page, "paid")
  await page.locator("#trace").click()
  await page.waitForSelector(".buyer .mark.wait")
  expect(await page.textContent(".buyer")).toContain("摊位还没有上传这一笔")

  await world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  expect(await page.locator(".stop").count()).toBe(5)
  await look(page, "trace")
  await page.locator("#share").click()
  const address = (await page.textContent(".address")) ?? ""
  await page.locator("#verify").click()
  await page.waitForSelector(".steps + .notice")
  await look(page, "verify")
  expect(await page.textContent(".steps + .notice")).toContain("没有发现问题")

  const friend = await openPage(new URL(address).pathname)
  await friend.page.waitForSelector(".buyer #verify")
  const shared = (await friend.page.textContent(".buyer")) ?? ""
  expect(shared).not.toMatch(/¥|克|\d:\d\d/)
  await look(friend.page, "shared")
  await friend.page.locator("#verify").click()
  await friend.page.waitForSelector(".steps + .notice")
  expect(await friend.page.textContent(".steps + .notice")).toContain("没有发现问题")

  const mine = await openPage("/m/", context)
  await mine.page.waitForSelector(".line")
  expect(await mine.page.textContent(".line")).toContain("大白菜")
  await look(mine.page, "mine")
  expect([...troubles, ...friend.troubles, ...mine.troubles]).toEqual([])
}, 120_000)
