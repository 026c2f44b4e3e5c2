// For the walk of screens.ts: codes that stood too long, digits that were right, money that came too late; and a terminal
// that nobody has confirmed, or that is full. On a tablet of its own, since its clock is set.
import { displayWords } from "@suyuan/look/display-words"
import { terminalWords } from "@suyuan/look/terminal-words"
import type { Page } from "playwright-core"
import { openWallet, payAt } from "../../../scripts/demo/wallet"
import { goTo, type KioskMarket, openStall, putRow, rowsOf, settle, standing, untilSent, weigh } from "./market"
import type { Look, Viewport } from "./screens"

const MINUTE_MS = 60_000

export async function walkOldCodes(market: KioskMarket, viewport: Viewport, look: Look): Promise<void> {
  const { page, context } = await openStall(market, { viewport })
  const buyer = await openWallet(market.gateway, market.sandboxUrl, "顾客", "alipay")
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const display = await context.newPage()
  await display.setViewportSize(viewport)
  await display.goto(`${market.gateway.url}/kiosk/display.html`)
  await page.bringToFront()
  await context.setOffline(true)
  // A line that is open outlives the browser's own word that it is offline.
  await page.reload()
  await page.getByText("◔ 离线").waitFor()

  await weigh(page, "dbc", "2.5")
  const url = await settle(page)
  await page.clock.setSystemTime(Date.now() + 6 * MINUTE_MS)
  await standing(page, terminalWords.codeAged.zh)
  await look("aged", page)
  await standing(display, displayWords.readDigits.zh)
  await look("display-digits", display)
  await page.bringToFront()
  await page.click("button[aria-pressed]:has-text('转向顾客')")
  await page.locator(".turned-side", { hasText: displayWords.readDigits.zh }).waitFor()
  await look("aged-turned", page)
  await page.click("button[aria-pressed]:has-text('转向顾客')")
  await page.clock.setSystemTime(Date.now() + 25 * 60 * MINUTE_MS)
  await standing(page, terminalWords.codeExpired.zh)
  await look("expired", page)
  await standing(display, displayWords.expired.zh)
  await look("display-expired", display)
  await page.bringToFront()
  await page.clock.setSystemTime(Date.now())
  await standing(page, terminalWords.waitingForBuyer.zh)
  const { receiptDigits } = await payAt(market.gateway, buyer, url)
  await page.click("button[aria-pressed]:has-text('转向顾客')")
  await page.click("button:has-text('输入六位收款码')")
  await page.waitForSelector("dialog .keypad")
  await page.keyboard.type(receiptDigits ?? "")
  await standing(page, terminalWords.digitsAccepted.zh)
  await look("digits-accepted-turned", page)
  await page.click("button:has-text('下一位')")
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: terminalWords.handedOver.zh }).click()
  await page.waitForSelector("dialog")
  await look("sale-on-digits", page)
  await page.keyboard.press("Escape")
  await goTo(page, "卖货")

  await weigh(page, "fq", "1")
  await payAt(market.gateway, buyer, await settle(page))
  await page.click("button:has-text('取消这单')")
  await standing(page, terminalWords.cancelling.zh)
  await context.setOffline(false)
  await page.locator(".notice", { hasText: terminalWords.cancelledTooLate.zh }).waitFor()
  await look("paid-too-late", page)
  await standing(display, displayWords.cancelledPaid.zh)
  await look("display-paid-too-late", display)
  await display.close()
  await page.bringToFront()
  await page.click("button:has-text('下一位')")
  await goTo(page, "今日")
  await page.locator(".notice", { hasText: terminalWords.lateSales.zh }).waitFor()
  await look("day-late", page)
  await page.click(".notice .list-row")
  await page.locator("dialog", { hasText: terminalWords.lateHandedOver.zh }).waitFor()
  await look("sale-late", page)
  await page.keyboard.press("Escape")

  await walkRefusedRefund(page, look)
  await goTo(page, "卖货")
  await weigh(page, "dbc", "1")
  await page.evaluate(() => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("the disk is full", "QuotaExceededError")
    }
  })
  await page.click("button.settle")
  await page.locator(".problem", { hasText: terminalWords.storageFull.zh }).waitFor()
  await look("storage-full", page)
  await context.setOffline(true)
  await putRow(page, "notices", "state", { text: JSON.stringify({ v: 1, kind: "state", state: "claimed" }), atMs: 0 })
  await page.reload()
  await page.locator(".problem", { hasText: terminalWords.confirmFirst.zh }).waitFor()
  await look("claimed", page)
  await context.close()
}

/** As the platform's word would make it. */
async function walkRefusedRefund(page: Page, look: Look): Promise<void> {
  const sale = (await rowsOf<{ readonly counter: number }>(page, "sales")).at(-1)
  const counter = sale?.counter ?? 0
  const asked = { id: "r", counter, amountFen: 450, goods: "not-handed-over", lines: [], signature: "" }
  await putRow(page, "refunds", "r", { ...asked, state: "refused", code: "NOT_ENOUGH", askedAtMs: Date.now() })
  await putRow(page, "refusedRefunds", "r", { counter })
  await page.reload()
  await page.locator(".state-chips", { hasText: terminalWords.refundRefusedChip.zh }).waitFor()
  await goTo(page, "今日")
  const notice = page.locator(".notice", { hasText: terminalWords.refundsRefused.zh })
  await notice.waitFor()
  await look("day-refund-refused", page)
  await notice.locator(".list-row").click()
  await page.locator("dialog", { hasText: "NOT_ENOUGH" }).waitFor()
  await look("refund-refused", page)
  await page.click("dialog button:has-text('知道了')")
  await page.keyboard.press("Escape")
  await notice.waitFor({ state: "detached" })
}
