// The customer's screen on a tablet of its own: another context, so another memory, and the broker in between. What both
// screens say of a sale that was cancelled.
import { expect, test } from "bun:test"
import { payAt } from "../../../scripts/demo/wallet"
import { goTo, openStall, putRow, rowsOf, settle, standing, typePin, untilSent, weigh } from "./market"
import { withMarket } from "./with-market"

const at = withMarket(83)

test("[DS-3] [DS-6] [DS-7] paired by a code it follows the sale, comes back after its line broke, shows no code when the seller is away, and shows nothing once it is ended", async () => {
  const tablet = await openStall(at.market)
  const { page } = tablet
  const context = await at.market.browser.newContext({ viewport: { width: 1024, height: 600 } })
  context.setDefaultTimeout(20_000)
  const said: string[] = []
  const display = await context.newPage()
  display.on("console", (message) => said.push(message.text()))
  await display.goto(`${at.market.gateway.url}/kiosk/display.html`)

  await display.fill("#pair-code", "AAAA-AAAA")
  await display.click("button[type=submit]")
  await display.locator("[role=alert]", { hasText: "配对码不对" }).waitFor()
  await goTo(page, "本机")
  await page.click("button:has-text('连接另一块平板')")
  const code = await page.textContent("dialog .fingerprint")
  await display.fill("#pair-code", code ?? "")
  await display.click("button[type=submit]")
  await page.locator("dialog", { hasText: "已连接" }).waitFor()
  await page.click("dialog .primary")
  await display.getByText("您好，请选购").waitFor()

  await goTo(page, "卖货")
  await weigh(page, "dbc", "2.5")
  await display.getByText("正在称货").waitFor()
  await display.getByText("产地 河北张北").waitFor()
  const url = await settle(page)
  await standing(display, "请用微信或支付宝扫码付款")
  await display.waitForSelector(".qr")
  expect(await display.textContent(".amount")).toBe("¥4.50")

  await display.reload()
  await standing(display, "请用微信或支付宝扫码付款")
  await display.waitForSelector(".qr")
  await tablet.context.setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event("offline")))
  await page.close()
  await standing(display, "请看摊主的屏幕")
  expect(await display.locator(".qr").count()).toBe(0)
  await tablet.context.setOffline(false)
  const again = await tablet.open()
  await display.getByText("您好，请选购").waitFor()

  await goTo(again, "今日")
  await again.click(".list-row")
  await again.click("button:has-text('再次出示码')")
  await display.waitForSelector(".qr")
  await payAt(at.market.gateway, at.buyer, url)
  await standing(display, "已付款，谢谢")
  await again.keyboard.press("Enter")

  // A code whose goods are recalled is not "cancelled": the customer is told not to pay, and not to take them.
  await goTo(again, "卖货")
  await weigh(again, "fq", "2")
  await again.click("button:has-text('挂单')")
  await again.waitForSelector(".held")
  await weigh(again, "fq", "1")
  await settle(again)
  await display.waitForSelector(".qr")
  const hold = { recallId: "", commodity: 1058, lot: null, reason: "农残超标" }
  await putRow(again, "recallHolds", "the", { version: 1, holds: [hold] })
  await again.evaluate(() => dispatchEvent(new Event("online")))
  await standing(again, "货品召回")
  await standing(display, "货品召回：请不要付款")
  expect(await display.locator(".qr").count()).toBe(0)
  await again.click("button:has-text('下一位')")
  // A basket that was held until then says which of its goods it is, and why.
  await again.click(".held .chip")
  const recalled = again.locator(".slip-line", { hasText: "✕ 召回，停售 · 农残超标" })
  await recalled.waitFor()
  await again.click("button.settle")
  await again.locator("[role=alert]", { hasText: "标着召回的货暂不能卖" }).waitFor()
  await recalled.click()
  await again.click("dialog button:has-text('删除')")
  await recalled.waitFor({ state: "detached" })

  await goTo(again, "本机")
  await again.click("button:has-text('解除')")
  await again.locator("button:has-text('解除')").waitFor({ state: "detached" })
  await goTo(again, "卖货")
  await weigh(again, "dbc", "1")
  await settle(again)
  await display.reload()
  await display.locator("[role=alert]", { hasText: "这块顾客屏已解除" }).waitFor()
  expect(await display.locator(".qr").count()).toBe(0)

  const [count] = await at.market.sql`
    SELECT count(*)::int AS ended FROM displays WHERE ended_at IS NOT NULL AND secret_hash IS NOT NULL`
  expect(count).toEqual({ ended: 1 })
  const digits = url.slice(url.lastIndexOf("/") + 1)
  expect(said.some((text) => text.includes(digits))).toBe(false)
  const kept = await display.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    rows: JSON.stringify(localStorage),
  }))
  expect(kept.databases).not.toContain("suyuan-terminal")
  expect(kept.rows).not.toContain(digits)
  await context.close()
  await tablet.context.close()
})

test("[UP-15] paid before it was cancelled: both screens say so; the money goes back there and then, or it stands open until the goods are handed over", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await untilSent(page)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await context.setOffline(true)
  await page.reload()
  await page.getByText("◔ 离线").waitFor()
  const payThenCancel = async (jin: string) => {
    await weigh(page, "dbc", jin)
    await payAt(at.market.gateway, at.buyer, await settle(page))
    await page.click("button:has-text('取消这单')")
    await standing(page, "已请求取消")
  }
  await payThenCancel("1")
  await page.click("button:has-text('下一位')")
  await payThenCancel("2")
  await context.setOffline(false)
  const display = await context.newPage()
  await display.goto(`${at.market.gateway.url}/kiosk/display.html`)
  await page.bringToFront()
  const late = page.locator(".notice", { hasText: "顾客在取消前已付款：请退款，或照常交货" })
  await late.waitFor()
  await standing(page, "取消后到账")
  await standing(display, "取消前已付款：请等摊主退款或交货")
  await page.getByText("货已交给顾客").waitFor()
  await page.click("button:has-text('退款（要密码）')")
  await page.click("dialog button:has-text('还没交货')")
  await page.click("button:has-text('退回这笔钱')")
  await typePin(page)
  await page.locator(".settle-side li.row", { hasText: "退款 ¥3.60" }).getByText("已退回").waitFor()
  await late.waitFor({ state: "detached" })
  await page.click("button:has-text('下一位')")
  await page.locator(".state-chips", { hasText: "取消后到账 1" }).waitFor()
  await goTo(page, "今日")
  await page.click(".notice .list-row")
  await page.click("button:has-text('货已交给顾客')")
  await page.locator(".state-chips", { hasText: "取消后到账" }).waitFor({ state: "detached" })
  await context.close()
})

test("[UP-22] a cancellation that the gateway will not take is said so, and a person ends it", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  await weigh(page, "dbc", "1")
  await settle(page)
  await page.click("button:has-text('先接下一位')")
  await untilSent(page)
  const [sale] = await rowsOf<{ counter: number }>(page, "sales")
  const key = String(sale!.counter).padStart(10, "0")
  await putRow(page, "sales", key, { ...sale, cancelRequested: true, cancelRefused: "sale/unknown" })
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "取消没成" }).click()
  await page.locator("dialog [role=alert]", { hasText: "没有这一单" }).waitFor()
  await page.click("dialog button:has-text('怎么了结')")
  await standing(page, "取消没成")
  await page.click("button:has-text('再请求取消')")
  // This gateway knows the sale.
  await standing(page, "这单已取消")
  await putRow(page, "sales", key, { ...sale, cancelRequested: true, cancelRefused: "sale/unknown" })
  await page.click("button:has-text('下一位')")
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "取消没成" }).click()
  await page.click("dialog button:has-text('怎么了结')")
  await page.click("button:has-text('就算取消')")
  await standing(page, "这单已取消")
  await context.close()
})
