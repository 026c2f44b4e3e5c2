// A thumb that taps twice before the screen has answered, and a screen that breaks: in a real browser, since both taps
// are to come before React has drawn what the first one did.
import { beforeAll, expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { payAt } from "../../../scripts/demo/wallet"
import {
  claim,
  goTo,
  OWNER_PIN,
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
import { putGoodsOnSale } from "./put-goods-on-sale"
import { withMarket } from "./with-market"

const at = withMarket(84)
let tablet: Tablet
let page: Page
beforeAll(async () => {
  tablet = await openStall(at.market)
  page = tablet.page
}, START_MS_MAX)

/** Both before anything is drawn. */
const tapTwice = (selector: string, on = page) =>
  on.locator(selector).evaluate((button: HTMLButtonElement) => {
    button.click()
    button.click()
  })

test("a fingerprint that is confirmed twice opens one terminal, and one line", async () => {
  const other = await unpackTablet(at.market)
  const lines: string[] = []
  other.page.on("websocket", (socket) => lines.push(socket.url()))
  await claim(other.page, await at.market.newClaimCode())
  await tapTwice("button:has-text('知道了，开始')", other.page)
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
  // Without a line the book is not known.
  await page.locator("dialog", { hasText: "账面等联网后再说" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  expect((await rowsOf<{ kind: string }>(page, "outbox")).map(({ kind }) => kind)).toEqual(["outside-goods"])
  await tablet.context.setOffline(false)
  await untilSent(page)
})

test("[PY-22] a PIN that is confirmed twice gives the money back once", async () => {
  await goTo(page, "卖货")
  await weigh(page, "dbc", "2.5")
  await payAt(at.market.gateway, at.buyer, await settle(page))
  await standing(page, "已收款")
  await page.keyboard.press("Enter")
  await untilSent(page)
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "¥4.50" }).click()
  await page.click("button:has-text('退款（要密码）')")
  await page.getByLabel("退多少").fill("1")
  await page.click("text=顾客留着（只退钱）")
  await page.click("button:has-text('退回这笔钱')")
  await page.getByText("请输入店主密码").waitFor()
  await page.keyboard.type(OWNER_PIN)
  await tapTwice("dialog >> text=确定")
  await page.locator("dialog li.row", { hasText: "退款 ¥1.00" }).getByText("已退回").waitFor()
  expect(await rowsOf(page, "refunds")).toMatchObject([{ amountFen: 100, state: "done" }])
  expect([...(await at.market.sql`SELECT amount_fen::int AS fen FROM refunds`)]).toEqual([{ fen: 100 }])
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
  const context = await at.market.browser.newContext()
  await context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }))
  const plain = await context.newPage()
  await plain.goto(`${at.market.gateway.url}/kiosk/`)
  await plain.getByText("这个网址不是 https").waitFor()
  await context.close()
})

test("of forty goods the number of the last, typed, opens it at Enter, and all are there again", async () => {
  const stall = await openStall(at.market)
  await putGoodsOnSale(stall.page, 40)
  await stall.page.keyboard.press("/")
  await stall.page.waitForSelector("input.search:focus")
  await stall.page.keyboard.type("40")
  await stall.page.keyboard.press("Enter")
  const name = await stall.page.locator("dialog h2").textContent()
  await stall.page.keyboard.press("Escape")
  const last = stall.page.locator(".tiles .tile >> nth=39")
  expect(await last.locator(".tile-name").textContent()).toBe(name)
  expect(await last.locator(".tile-number").textContent()).toBe("40")
  expect(stall.troubles).toEqual([])
  await stall.context.close()
})

test("behind a sheet, and behind a code, nothing is tabbed to or read out; what was there is there again", async () => {
  const stall = await openStall(at.market)
  const { page } = stall
  const reader = await page.context().newCDPSession(page)
  const buttonsRead = async () => {
    const { nodes } = await reader.send("Accessibility.getFullAXTree")
    return nodes
      .filter(({ ignored, role }) => !ignored && role?.value === "button")
      .map(({ name }) => String(name?.value))
  }
  /** What a keyboard comes to, by the nearest of these that it is in. */
  const tabbedTo = async () => {
    const places = new Set<string>()
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press("Tab")
      places.add(
        await page.evaluate(() => {
          const place = document.activeElement?.closest("dialog, .settle-screen, .state-bar, .sell, .places")
          return place?.classList[0] ?? "none"
        }),
      )
    }
    places.delete("none")
    return [...places].sort()
  }
  expect(await tabbedTo()).toEqual(["places", "sell", "state-bar"])
  await page.click(".tile >> text=大白菜")
  await page.waitForSelector("dialog .keypad")
  expect(await tabbedTo()).toEqual(["sheet"])
  expect((await buttonsRead()).filter((name) => name === "收款" || name.includes("番茄"))).toEqual([])
  await page.keyboard.press("Escape")
  await page.waitForSelector("dialog", { state: "detached" })
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("大白菜")
  expect((await buttonsRead()).filter((name) => name === "收款" || name.includes("番茄"))).toHaveLength(2)

  await weigh(page, "fq", "2")
  await page.click("button.settle")
  await page.waitForSelector(".settle-screen .qr")
  expect(await tabbedTo()).toEqual(["settle-screen", "state-bar"])
  await page.keyboard.press("/")
  expect(await page.evaluate(() => document.activeElement?.className)).not.toBe("search")
  const read = await buttonsRead()
  expect(read).toContain("收现金")
  expect(read.filter((name) => name === "收款" || name.includes("大白菜"))).toEqual([])
  expect(stall.troubles).toEqual([])
  await stall.context.close()
})

test("goods that are tapped right after settle do not cover the code, nor what comes after it", async () => {
  const stall = await openStall(at.market)
  await weigh(stall.page, "fq", "2")
  await stall.page.locator("button.settle").evaluate((button: HTMLButtonElement) => {
    button.click()
    document.querySelector<HTMLButtonElement>(".tile")?.click()
  })
  await stall.page.waitForSelector(".settle-screen .qr")
  expect(await stall.page.locator("dialog").count()).toBe(0)
  await stall.page.click("button:has-text('先接下一位')")
  await stall.page.waitForSelector(".tile:visible")
  expect(await stall.page.locator("dialog").count()).toBe(0)
  expect(stall.troubles).toEqual([])
  await stall.context.close()
})

test("what becomes of a sale while its six digits are asked for is seen: nobody asks for them any more", async () => {
  const stall = await openStall(at.market)
  await weigh(stall.page, "dbc", "2.5")
  const url = await settle(stall.page)
  await stall.page.click("text=输入六位收款码")
  await stall.page.waitForSelector("dialog .keypad")
  await payAt(at.market.gateway, at.buyer, url)
  await stall.page.waitForSelector("dialog", { state: "detached" })
  await standing(stall.page, "已收款")
  await stall.page.keyboard.press("Enter")
  await stall.page.waitForSelector(".settle-screen", { state: "detached" })
  expect(stall.troubles).toEqual([])
  await stall.context.close()
})

test("of two sheets on a phone the upper alone is tabbed to and read out, and each Escape puts away one", async () => {
  const stall = await openStall(at.market, { viewport: { width: 390, height: 844 } })
  const { page } = stall
  await weigh(page, "dbc", "1")
  await settle(page)
  await page.click("button:has-text('收现金')")
  await standing(page, "已收现金")
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.click(".list-row")
  await page.click("dialog button:has-text('打印')")
  await page.waitForSelector(".slip-paper .qr")
  const tabbedTo = async () => {
    const sheets = new Set<string>()
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab")
      sheets.add(
        await page.evaluate(() => {
          const focused = document.activeElement
          return focused === document.body
            ? ""
            : (focused?.closest("dialog")?.querySelector("h2")?.textContent ?? "page")
        }),
      )
    }
    sheets.delete("")
    return [...sheets]
  }
  const reader = await page.context().newCDPSession(page)
  const sheetsRead = async () => {
    const { nodes } = await reader.send("Accessibility.getFullAXTree")
    return nodes.filter(({ ignored, role }) => !ignored && role?.value === "dialog").map(({ name }) => name?.value)
  }
  expect(await tabbedTo()).toEqual(["打印"])
  expect(await sheetsRead()).toEqual(["打印"])
  await page.keyboard.press("Escape")
  await page.waitForSelector(".slip-paper", { state: "detached" })
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("打印")
  const [sheet] = await tabbedTo()
  expect(sheet).toContain("单号")
  expect(await sheetsRead()).toEqual([sheet])
  await page.keyboard.press("Escape")
  await page.waitForSelector("dialog", { state: "detached" })
  expect(await tabbedTo()).toEqual(["page"])
  expect(stall.troubles).toEqual([])
  await stall.context.close()
})
