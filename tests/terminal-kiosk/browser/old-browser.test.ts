// The oldest browser that docs/terminal.md promises, and those below it.
import { expect, test } from "bun:test"
import { chrome119 } from "../../support/older-phone"
import { enrolAs, goTo, putOnSale, rowsOf, settle, standing, unpackTablet, untilSent, weigh } from "./market"
import { withMarket } from "./with-market"

const at = withMarket(93)

test("Chrome 119, without what came later: it enrols with a P-256 key, sells, shows its pages, and sends all of it", async () => {
  const { page, troubles, context } = await unpackTablet(at.market, { before: chrome119 })
  await enrolAs(page, await at.market.newClaimCode())
  expect(await page.evaluate(() => "try" in Promise || "union" in Set.prototype || "Iterator" in globalThis)).toBe(
    false,
  )
  await putOnSale(page, "dbc", { price: "1.80", origin: "河北张北" })
  await goTo(page, "卖货")
  await weigh(page, "dbc", "1")
  await settle(page)
  await page.click("button:has-text('收现金')")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  await page.click("dialog button:has-text('打印')")
  await page.waitForSelector(".slip-paper .qr")
  await page.keyboard.press("Escape")
  await page.waitForSelector(".slip-paper", { state: "detached" })
  await page.keyboard.press("Escape")
  await goTo(page, "本机")
  await page.getByText("报修时照着念").waitFor()
  await untilSent(page)
  expect(await rowsOf(page, "refused")).toEqual([])
  expect(troubles).toEqual([])
  await context.close()
})

test.each(["index.html", "display.html"])(
  "%s: a browser that cannot read the scripts says what to do",
  async (name) => {
    const context = await at.market.browser.newContext()
    const page = await context.newPage()
    await context.route("**/kiosk/assets/*.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "import later from something" }),
    )
    await page.goto(`${at.market.gateway.url}/kiosk/${name}`)
    await page.getByText("这个浏览器太旧").waitFor()
    await page.getByText("Update Chrome to 119").waitFor()
    await context.close()
  },
)
