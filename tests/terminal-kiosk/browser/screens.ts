// A walk over every screen of the terminal, for whoever looks at them: the accessibility tests, and `npm run screenshots`.
import { terminalWords } from "@suyuan/look/terminal-words"
import type { Page } from "playwright-core"
import { granted } from "../../../scripts/demo/gateway"
import { openWallet, payAt } from "../../../scripts/demo/wallet"
import {
  claim,
  goTo,
  type KioskMarket,
  openStall,
  putRow,
  settle,
  standing,
  typePin,
  unpackTablet,
  untilSent,
  weigh,
} from "./market"
import {
  came,
  putTroubles,
  walkNotCancelled,
  walkPieces,
  walkRepairs,
  walkSecondTablet,
  walkStallPhoto,
  walkTest,
} from "./screens-beside"
import { walkOldCodes } from "./screens-of-old-codes"

export type Viewport = { readonly width: number; readonly height: number }
export type Look = (name: string, page: Page) => Promise<void>

export async function walkScreens(market: KioskMarket, viewport: Viewport, look: Look): Promise<void> {
  await walkEnrolment(market, viewport, look)
  const tablet = await openStall(market, { viewport })
  const { page, context } = tablet
  await untilSent(page)
  await walkSale(market, page, look)
  await walkGoods(page, look)
  await walkDay(page, look)
  await walkSecondTablet(market, page, look)
  await walkRepairs(page, look)
  await walkPieces(page, look)
  await goTo(page, "本机")
  await look("terminal", page)
  await walkBinding(page, look)
  await walkStallPhoto(market, page, look)
  await page.selectOption("select", "simulated")
  await goTo(page, "卖货")
  await page.click(".tile")
  await page.locator(".scale-reading", { hasText: "稳定" }).waitFor()
  await look("line-with-scale", page)
  await page.keyboard.press("Escape")
  const takeBack = await putTroubles(market, page)
  await goTo(page, "进货")
  await page.getByText("手机或另一台答的").waitFor()
  await look("goods-troubled", page)
  await page.locator(".list-row", { hasText: "手机或另一台答的" }).click()
  await page.click("dialog button:has-text('退回卖家')")
  await page.getByLabel("退回多少").waitFor()
  await look("send-back", page)
  await page.keyboard.press("Escape")
  await goTo(page, "本机")
  await page.getByText("有人提出改到").waitFor()
  await look("terminal-payee", page)
  await page.click("button:has-text('English')")
  await page.getByText("Read this out over the phone").waitFor()
  await look("terminal-english", page)
  await page.click("button:has-text('Large')")
  await goTo(page, "Sell" as never)
  await look("sell-english-large", page)
  await page.click(".tile")
  await page.waitForSelector("dialog .keypad")
  await look("line-english-large", page)
  await page.keyboard.press("Escape")
  await goTo(page, "Goods" as never)
  await look("goods-english-large", page)
  await page.click("button:has-text('Goods from outside')")
  await page.click("dialog .pick button")
  await look("outside-english-large", page)
  await page.keyboard.press("Escape")
  await goTo(page, "Sell" as never)
  await context.setOffline(true)
  await page.getByText("◔ Offline").waitFor()
  await look("sell-offline", page)
  await weigh(page, "dbc", "1")
  await settle(page)
  await look("settle-offline", page)
  await page.click(`button:has-text('${terminalWords.cancelSale.en}')`)
  await standing(page, terminalWords.cancelling.en)
  await look("cancelling", page)
  for (const state of ["suspended", "revoked"]) {
    await putRow(page, "notices", "state", { text: JSON.stringify({ v: 1, kind: "state", state }), atMs: Date.now() })
    await page.reload()
    await page.waitForSelector(".problem.bad")
    await look(state, page)
  }
  await goTo(page, terminalWords.terminal.en as never)
  await page.getByRole("button", { name: terminalWords.saveWeek.en }).waitFor()
  await look("terminal-revoked", page)
  await context.close()
  await takeBack()
  await walkTest(market, viewport, look)
  await walkOldCodes(market, viewport, look)
}

async function walkEnrolment(market: KioskMarket, viewport: Viewport, look: Look): Promise<void> {
  const { page, context } = await unpackTablet(market, { viewport })
  await page.waitForSelector("#claim-code")
  await look("enrol", page)
  await claim(page, "ABC")
  await page.waitForSelector("[role=alert]")
  await look("enrol-refused", page)
  await claim(page, await market.newClaimCode())
  await page.waitForSelector(".fingerprint")
  await look("fingerprint", page)
  await page.click(".enrol .primary")
  await page.getByText("✓ 在线").waitFor()
  await look("sell-empty", page)
  const second = await context.newPage()
  await second.goto(page.url())
  await second.getByText("另一个窗口正在使用本终端").waitFor()
  await look("another-tab", second)
  await context.close()
}

async function walkSale(market: KioskMarket, page: Page, look: Look): Promise<void> {
  const display = await page.context().newPage()
  await display.setViewportSize(page.viewportSize() ?? { width: 1280, height: 800 })
  await display.goto(`${market.gateway.url}/kiosk/display.html`)
  await display.getByText("您好，请选购").waitFor()
  await look("display-idle", display)
  await page.bringToFront()
  await look("sell", page)
  await page.click(".tile")
  await page.keyboard.type("2.5")
  await look("line", page)
  await page.keyboard.press("Enter")
  await weigh(page, "fq", "1.25")
  await page.click("button:has-text('挂单')")
  await page.waitForSelector(".held")
  await weigh(page, "sjd", "30")
  await weigh(page, "dbc", "3.2")
  await look("basket", page)
  await display.getByText("正在称货").waitFor()
  await look("display-basket", display)
  await page.click("button:has-text('抹零')")
  await page.waitForSelector("dialog .keypad")
  await look("reduce", page)
  await page.click("dialog .secondary >> nth=-1")
  const url = await settle(page)
  await look("settle", page)
  await page.click("button[aria-pressed]:has-text('转向顾客')")
  await page.locator(".code-side.turned", { hasText: "产地 河北张北" }).waitFor()
  await look("settle-turned", page)
  await page.click("button[aria-pressed]:has-text('转向顾客')")
  await standing(display, "请用微信或支付宝扫码付款")
  await look("display-code", display)
  await page.click("button:has-text('输入六位收款码')")
  await page.waitForSelector("dialog .keypad")
  await page.keyboard.type("483")
  await look("digits", page)
  await page.keyboard.press("Escape")
  const buyer = await openWallet(market.gateway, market.sandboxUrl, "顾客", "alipay")
  await payAt(market.gateway, buyer, url)
  await standing(page, "已收款")
  await look("paid", page)
  await display.getByText("已付款，谢谢").waitFor()
  await look("display-paid", display)
  await display.close()
  await page.keyboard.press("Enter")
  await weigh(page, "dbc", "1")
  const left = await settle(page)
  const path = { digits: left.slice(left.lastIndexOf("/") + 1) }
  const phone = market.gateway.as(buyer.token)
  granted("opening a payment", await phone.post("/p/{digits}/pay", { path, body: { platform: buyer.platform } }))
  await standing(page, "顾客正在付款")
  await look("paying", page)
  await page.context().setOffline(true)
  await standing(page, terminalWords.payingUnknown.zh)
  await look("unknown", page)
  await page.context().setOffline(false)
  await page.getByText("✓ 在线").waitFor()
  granted("giving up", await phone.post("/p/{digits}/given-up", { path, body: { why: "cancelled" } }))
  await standing(page, "顾客未付成")
  await look("refused", page)
  await page.click("button:has-text('取消这单')")
  await standing(page, "这单已取消")
  await look("cancelled", page)
  await page.keyboard.press("Enter")
  await walkNotCancelled(page, look)
}

async function walkBinding(page: Page, look: Look): Promise<void> {
  await page.click("button:has-text('绑定进货钱包')")
  await page.waitForSelector("dialog .keypad")
  await look("pin", page)
  await typePin(page)
  await page.waitForSelector(".bind-code .qr")
  await look("bind-code", page)
  const claimed = { nonce: "ab".repeat(8), digits: "47", state: "claimed" }
  await putRow(page, "bindings", "0199d3a0-7c1e-7000-8000-00000000000b", claimed)
  await page.reload()
  await page.getByText("✓ 在线").waitFor()
  await goTo(page, "本机")
  await look("terminal-claimed", page)
  await page.click("button:has-text('对数字')")
  await typePin(page)
  await page.waitForSelector("dialog .fingerprint")
  await look("compare-digits", page)
  await page.keyboard.press("Escape")
}

async function walkGoods(page: Page, look: Look): Promise<void> {
  await goTo(page, "进货")
  await look("goods", page)
  await page.click(".page-head .primary")
  await look("choose-goods", page)
  await page.click("dialog .pick button")
  await look("goods-form", page)
  await page.keyboard.press("Escape")
  await page.click(".tile-row .list-row")
  await look("price", page)
  await page.keyboard.press("Escape")
  await page.click("button:has-text('外来货登记')")
  await page.click("dialog .pick button")
  await look("outside-goods", page)
  await page.getByLabel("重量").fill("24")
  await page.click("dialog button[type=submit]")
  await page.locator("dialog", { hasText: "现在账面有" }).waitFor()
  await look("goods-booked", page)
  await page.click("dialog .primary")
  await walkRecalledCode(page, look)
  await putRow(page, "openPurchases", "00", {
    ...{ saleRecordId: "00", lineIndex: 0, commodity: 1036, grams: 24_500, came },
  })
  await page.reload()
  await page.locator(".tile.recalled").waitFor()
  await look("sell-recalled", page)
  await page.click(".tile.recalled")
  await page.waitForSelector("dialog")
  await look("recalled", page)
  await page.click("dialog .primary")
  await goTo(page, "进货")
  await look("incoming", page)
  await page.click(".list-row:has-text('待收')")
  await page.waitForSelector("dialog")
  await look("answer-incoming", page)
  await page.keyboard.press("Escape")
}

/** Recalled while its code stands there. */
async function walkRecalledCode(page: Page, look: Look): Promise<void> {
  const display = await page.context().newPage()
  await display.setViewportSize(page.viewportSize() ?? { width: 1280, height: 800 })
  await display.goto(new URL("/kiosk/display.html", page.url()).href)
  await page.bringToFront()
  await goTo(page, "卖货")
  await weigh(page, "fq", "2")
  await settle(page)
  const hold = { recallId: "", commodity: 1058, lot: null, reason: "检出农药残留，批次待查" }
  await putRow(page, "recallHolds", "the", { version: 1, holds: [hold] })
  await page.evaluate(() => dispatchEvent(new Event("online")))
  await standing(page, "货品召回")
  await look("recalled-code", page)
  await standing(display, "货品召回")
  await look("display-recalled", display)
  await display.close()
  await page.bringToFront()
  await page.click("button:has-text('下一位')")
}

async function walkDay(page: Page, look: Look): Promise<void> {
  await goTo(page, "卖货")
  await weigh(page, "dbc", "1")
  await page.click("button:has-text('收现金')")
  await standing(page, "已收现金")
  await look("cash", page)
  await page.keyboard.press("Enter")
  await goTo(page, "今日")
  await page.waitForSelector(".list-row")
  await look("day", page)
  await page.click(".list-row")
  await page.waitForSelector("dialog")
  await look("sale", page)
  await page.click("dialog button:has-text('打印')")
  await page.waitForSelector(".slip-paper .qr")
  await look("print-receipt", page)
  await page.click("button:has-text('溯源标签')")
  await look("print-label", page)
  await page.keyboard.press("Escape")
  await page.waitForSelector(".slip-paper", { state: "detached" })
  await page.click("button:has-text('作废这单')")
  await page.getByText("请输入店主密码").waitFor()
  await look("pin", page)
  await page.keyboard.press("Escape")
  await page.waitForSelector("dialog:has-text('请输入店主密码')", { state: "detached" })
  await page.keyboard.press("Escape")
  await page.waitForSelector("dialog", { state: "detached" })
  await walkRefund(page, look)
  await page.click("button:has-text('收摊盘点')")
  await page.waitForSelector("dialog .count-row")
  await page.click("dialog .count-row >> nth=1 >> button:has-text('卖完了')")
  await look("stock-take-sold-out", page)
  await page.click("dialog button:has-text('确定卖完')")
  await page.getByText("已盘点").first().waitFor()
  await look("stock-take", page)
  await page.keyboard.press("Escape")
}

async function walkRefund(page: Page, look: Look): Promise<void> {
  await page.click(".list-row:has-text('已收款')")
  await page.click("button:has-text('退款（要密码）')")
  await page.getByLabel("退多少").fill("1.00")
  await page.click("dialog button:has-text('退回来扔了')")
  await look("refund", page)
  await page.click("dialog button:has-text('顾客留着')")
  await page.click("button:has-text('退回这笔钱')")
  await typePin(page)
  await page.locator("dialog li.row", { hasText: "退款 ¥1.00" }).getByText("已退回").waitFor()
  await look("refunded", page)
  await page.keyboard.press("Escape")
  await page.waitForSelector("dialog", { state: "detached" })
}
