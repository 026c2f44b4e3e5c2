// A thumb that taps twice before the screen has answered, and a screen that breaks: in a real browser, since both taps
// are to come before React has drawn what the first one did.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Page } from "playwright-core"
import { openWallet, payAt, type Wallet } from "../../../scripts/demo/wallet"
import {
  goTo,
  type KioskMarket,
  openKioskMarket,
  openStall,
  putRow,
  rowsOf,
  START_MS_MAX,
  settle,
  standing,
  type Tablet,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"

setDefaultTimeout(60_000)

let market: KioskMarket
let buyer: Wallet
let tablet: Tablet
let page: Page
beforeAll(async () => {
  market = await openKioskMarket(84)
  buyer = await openWallet(market.gateway, market.sandboxUrl, "顾客", "wechat-pay")
  tablet = await openStall(market)
  page = tablet.page
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

/** Both before anything is drawn. */
const tapTwice = (selector: string, on = page) =>
  on.locator(selector).evaluate((button: HTMLButtonElement) => {
    button.click()
    button.click()
  })

test("a fingerprint that is confirmed twice opens one terminal, and one line", async () => {
  const other = await unpackTablet(market)
  const lines: string[] = []
  other.page.on("websocket", (socket) => lines.push(socket.url()))
  await other.page.fill("#claim-code", await market.newClaimCode())
  await other.page.click("button[type=submit]")
  await tapTwice("button:has-text('指纹一致')", other.page)
  await other.page.getByText("✓ 在线").waitFor()
  expect(lines).toHaveLength(1)
  expect(other.troubles).toEqual([])
  await other.context.close()
})

test("goods from outside that are confirmed twice come in once", async () => {
  await untilSent(page)
  await tablet.context.setOffline(true)
  await goTo(page, "进货")
  await page.click("text=外来货登记")
  await page.fill("dialog input[type=search]", "dbc")
  await page.click("dialog .pick button")
  await page.getByLabel("重量").fill("20")
  await tapTwice("dialog button[type=submit]")
  await page.waitForSelector("dialog", { state: "detached" })
  expect((await rowsOf<{ kind: string }>(page, "outbox")).map(({ kind }) => kind)).toEqual(["outside-goods"])
  await tablet.context.setOffline(false)
  await untilSent(page)
})

test("[PY-22] a PIN that is confirmed twice gives the money back once", async () => {
  await goTo(page, "卖货")
  await weigh(page, "dbc", "2.5")
  await payAt(market.gateway, buyer, await settle(page))
  await standing(page, "已收款")
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "¥4.50" }).click()
  await page.click("button:has-text('退款（要密码）')")
  await page.getByLabel("退多少").fill("1")
  await page.click("text=顾客留着（只退钱）")
  await page.click("button:has-text('退回这笔钱')")
  await page.keyboard.type("2468")
  await page.click("dialog >> text=确定")
  await page.getByText("店主再输一次密码").waitFor()
  await page.keyboard.type("2468")
  await tapTwice("dialog >> text=确定")
  await page.locator("dialog li.row", { hasText: "退款 ¥1.00" }).getByText("已退回").waitFor()
  expect(await rowsOf(page, "refunds")).toMatchObject([{ amountFen: 100, state: "done" }])
  expect([...(await market.sql`SELECT amount_fen::int AS fen FROM refunds`)]).toEqual([{ fen: 100 }])
})

test("a screen that throws says so and opens again; the taps of before are kept", async () => {
  const [sale] = await rowsOf<{ counter: number; lines: unknown }>(page, "sales")
  const key = String(sale!.counter).padStart(10, "0")
  await putRow(page, "sales", key, { ...sale!, lines: [[1, 0xffff_ffff_ff, 1]] })
  await page.reload()
  await goTo(page, "今日")
  await page.getByText("画面出错了").waitFor()
  await putRow(page, "sales", key, sale!)
  await page.click("button:has-text('重新打开')")
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "¥4.50" }).waitFor()
})

test("an address that is not https is said to be none, instead of a white page", async () => {
  const context = await market.browser.newContext()
  await context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }))
  const plain = await context.newPage()
  await plain.goto(`${market.gateway.url}/kiosk/`)
  await plain.getByText("这个网址不是 https").waitFor()
  await context.close()
})
