import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { goTo, type KioskMarket, openKioskMarket, openStall, START_MS_MAX, standing, untilSent, weigh } from "./market"

setDefaultTimeout(60_000)

let market: KioskMarket
beforeAll(async () => {
  market = await openKioskMarket(83)
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

/** A printer of class 7 that keeps what it is sent. */
function plugInPrinter(): void {
  const printed: number[] = []
  const cable = Object.assign(globalThis, { printed, isOut: false })
  const endpoints = [{ endpointNumber: 1, direction: "out", type: "bulk" }]
  const device = {
    configuration: { interfaces: [{ interfaceNumber: 0, alternate: { interfaceClass: 7, endpoints } }] },
    ...{ open: async () => {}, close: async () => {}, claimInterface: async () => {} },
    transferOut: async (_: number, bytes: Uint8Array) => {
      if (cable.isOut) throw new DOMException("the device was disconnected", "NetworkError")
      printed.push(...bytes)
      return { status: "ok" }
    },
  }
  Object.defineProperty(navigator, "usb", { value: { getDevices: async () => [device] } })
}

test("a receipt and a label are printed by a USB printer and by the dialogue; the label's page exists", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  await context.addInitScript(plugInPrinter)
  await page.reload()
  await weigh(page, "dbc", "2.5")
  await page.click("text=收现金")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "今日")
  await page.click(".list-row")
  await page.click("dialog button:has-text('打印')")
  const slip = page.locator(".slip-paper")
  await slip.getByText("¥4.50").first().waitFor()
  await page.click("button:has-text('溯源标签')")
  await slip.getByText("河北张北").waitFor()
  expect(await slip.textContent()).not.toContain("¥")
  await page.click("button:has-text('USB 打印')")
  const printed = await page.waitForFunction(() => {
    const { printed } = globalThis as unknown as { printed: number[] }
    return printed.length > 5000 && printed
  })
  const bytes = Buffer.from((await printed.jsonValue()) as number[])
  expect(bytes.subarray(0, 2).toString("hex")).toBe("1b40")
  // 48 bytes across: 384 dots.
  expect(bytes.includes(Buffer.from("1d7630003000", "hex"))).toBe(true)

  await page.evaluate(() => Object.assign(globalThis, { isOut: true }))
  await page.click("button:has-text('USB 打印')")
  await page.locator("dialog [role=alert]", { hasText: "打印机没有接上，可以用系统对话框打印" }).waitFor()

  await page.emulateMedia({ media: "print" })
  const shown = await page.evaluate(() =>
    [...document.querySelectorAll("button, .slip-paper")].map(
      (one) => getComputedStyle(one).visibility + one.className,
    ),
  )
  expect(shown.filter((one) => one.startsWith("visible"))).toEqual(["visibleslip-paper"])
  await page.emulateMedia({ media: "screen" })

  const [sale] = await market.sql<{ terminal: string; counter: number }[]>`
    SELECT lpad(to_hex(terminal_id), 10, '0') AS terminal, counter::int FROM sales`
  const url = await slip.locator("a").getAttribute("href")
  expect(url).toStartWith(`${market.gateway.url}/l/${sale!.terminal}/${sale!.counter}/`)
  const trace = await context.newPage()
  await trace.goto(url ?? "")
  await trace.getByText("大白菜").first().waitFor()
  expect(await trace.textContent("body")).not.toContain("4.50")
  expect(tablet.troubles).toEqual([])
  await context.close()
})
