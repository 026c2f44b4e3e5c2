import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Browser, Page } from "playwright-core"
import { launchBrowser } from "../../support/launch-browser"
import { type Bench, newBuyer, startBench } from "../merchant"
import { type FakeGateway, startFakeGateway } from "./fake-gateway"

let bench: Bench
let gateway: FakeGateway
let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
  bench = await startBench({
    codeSource: async () => ({
      url: `${gateway.url}/p/${"7".repeat(393)}`,
      stall: "张北蔬菜",
      expiresAtMs: Date.now() + 60_000,
    }),
  })
  gateway = startFakeGateway(bench.sandbox)
  bench.sandbox.world.gateway.url = gateway.url
  await newBuyer(bench.sandbox)
}, 60_000)

afterAll(async () => {
  await browser.close()
  await gateway.stop()
  await bench.end()
})

/** Moves the focus with Tab alone until it is on the button that starts with this word, and presses it. */
async function press(page: Page, word: string): Promise<void> {
  await page.waitForSelector(`#screen button:text("${word}")`)
  for (let tabs = 0; tabs < 30; tabs += 1) {
    await page.keyboard.press("Tab")
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? "")
    if (focused.startsWith(word)) return page.keyboard.press("Enter")
  }
  throw new Error(`no way to ${word} by keyboard`)
}

test("a buyer pays by keyboard on a phone-wide page; nothing is loaded from outside, nothing overflows", async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  const troubles: string[] = []
  page.on("pageerror", (error) => troubles.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(message.text())
  })
  page.on("request", (request) => {
    if (!request.url().startsWith(bench.sandbox.url) && !request.url().startsWith("data:")) troubles.push(request.url())
  })
  await page.goto(`${bench.sandbox.url}/`)
  await page.waitForSelector("img.qr")
  await press(page, "扫一扫")
  await page.waitForSelector(".slip")
  await press(page, "登录")
  await press(page, "付款")
  await page.waitForSelector(".sheet")
  await press(page, "确认付款")
  await page.waitForSelector(".digits")
  expect(await page.textContent(".digits")).toBe("483 920")
  const overflows = () =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  expect(await overflows()).toBe(false)
  await page.setViewportSize({ width: 1280, height: 900 })
  expect(await overflows()).toBe(false)
  expect(troubles).toEqual([])
  await page.close()
}, 30_000)
