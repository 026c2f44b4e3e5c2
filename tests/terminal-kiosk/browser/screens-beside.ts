// Screens beside the sale, for the walk of screens.ts: a second tablet, what an old tablet lost, certificates, photos, tests.
import { counterKey, slotKey } from "@suyuan/terminal-kiosk/store/rows"
import type { Page } from "playwright-core"
import { granted } from "../../../scripts/demo/gateway"
import { addMerchant, addSite } from "../../../scripts/demo/open-world"
import { goTo, type KioskMarket, openStall, putRow, rowsOf, weigh } from "./market"
import type { Look, Viewport } from "./screens"
import { takePhoto } from "./take-photo"

export async function walkSecondTablet(market: KioskMarket, page: Page, look: Look): Promise<void> {
  const context = await market.browser.newContext({ viewport: page.viewportSize() ?? { width: 1280, height: 800 } })
  const display = await context.newPage()
  await display.goto(`${market.gateway.url}/kiosk/display.html`)
  await display.waitForSelector("#pair-code")
  await display.fill("#pair-code", "AAAA-AAAA")
  await display.click("button[type=submit]")
  await display.waitForSelector("[role=alert]")
  await look("display-pair", display)
  await goTo(page, "本机")
  await page.click("button:has-text('连接另一块平板')")
  await page.waitForSelector("dialog .fingerprint")
  await look("connect-tablet", page)
  await display.fill("#pair-code", (await page.textContent("dialog .fingerprint")) ?? "")
  await display.click("button[type=submit]")
  await page.locator("dialog", { hasText: "已连接" }).waitFor()
  await look("tablet-connected", page)
  await page.click("dialog .primary")
  await goTo(page, "卖货")
  await weigh(page, "dbc", "1.5")
  await display.getByText("正在称货").waitFor()
  await context.setOffline(true)
  await display.evaluate(() => dispatchEvent(new Event("offline")))
  await look("display-second", display)
  await page.click("button:has-text('清空')")
  await context.close()
}

/** As the gateway tells of incoming goods. */
export const came = {
  seller: { name: "张北蔬菜批发部", stallNumber: "B-07", site: "新发地批发市场", siteEn: "Xinfadi wholesale market" },
  origin: { kind: "one-or-several", places: ["张北蔬菜基地", "寿光蔬菜合作社"], unknownHighPercent: 12 },
  certificates: [
    { origin: "河北张北", issuedAt: "2026-11-28T00:00:00.000Z", mayGrams: 18_000 },
    { origin: "山东寿光", issuedAt: "2026-11-27T00:00:00.000Z", mayGrams: 12_250 },
  ],
}

/** The newest sale, of which the gateway would not hear. */
export async function walkNotCancelled(page: Page, look: Look): Promise<void> {
  const sale = (await rowsOf<{ readonly counter: number }>(page, "sales")).at(-1)
  const refused = { ...sale, payment: undefined, cancelRequested: true, cancelRefused: "sale/unknown" }
  await putRow(page, "sales", counterKey(sale?.counter ?? 0), refused)
  await goTo(page, "今日")
  await page.locator(".list-row", { hasText: "取消没成" }).click()
  await page.waitForSelector("dialog [role=alert]")
  await look("sale-not-cancelled", page)
  await page.click("dialog button:has-text('怎么了结')")
  await page.locator(".standing", { hasText: "取消没成" }).waitFor()
  await look("not-cancelled", page)
  await page.click("button:has-text('就算取消')")
  await page.click("button:has-text('下一位')")
}

/** What a bad day brings: rows as the gateway's words would make them. */
export async function walkRepairs(page: Page, look: Look): Promise<void> {
  const line = { commodity: 1036, quantityPacked: 1500, unitPriceFen: 360 }
  const sale = { counter: 41, issuedAt: "2026-11-28T23:12:00.000Z", amountFen: 540, lines: [line] }
  await putRow(page, "lost", "the", {
    ...{ firstAskedAtMs: Date.now(), askedAtMs: Date.now(), entered: [] },
    terminals: [
      {
        terminalId: "0100000001",
        sales: [
          { ...sale, outcome: "rebuilt" },
          { ...sale, counter: 43, outcome: "not-paid" },
          { ...sale, counter: 47, amountFen: 12_350, outcome: "lines-unknown", lines: [] },
        ],
        gaps: [{ from: 44, to: 46 }],
      },
    ],
  })
  await putRow(page, "drafts", "0199d3a0-7c1e-7000-8000-00000000000c", {
    ...{ commodity: 1036, grams: 24_000, origin: "河北张北、山东寿光", promiseBasis: "自行检测合格", reason: "mixed" },
    parents: [
      { recordId: "0a".repeat(16), mustGrams: 12_000, mayGrams: 18_000 },
      { recordId: "0b".repeat(16), mustGrams: 6000, mayGrams: 12_000 },
    ],
    state: "draft",
  })
  // The gateway lost nothing, and would say so.
  await page.context().route("**/terminals/*/lost-sales", (route) => route.abort())
  await page.reload()
  await page.waitForSelector(".tiles .tile")
  await goTo(page, "今日")
  await page.waitForSelector(".lost-notice")
  await look("day-lost", page)
  await page.click(".lost-notice")
  await page.waitForSelector("dialog .lost-row")
  await look("lost", page)
  await page.locator(".lost-row", { hasText: "¥5.40" }).getByText("补录").first().click()
  await page.waitForSelector("dialog input[type=datetime-local]")
  await look("lost-enter", page)
  await page.keyboard.press("Escape")
  await goTo(page, "进货")
  await look("goods-drafts", page)
  await page.click(".list-row:has-text('待签')")
  await page.waitForSelector("dialog .facts")
  await look("certificate", page)
  await page.keyboard.press("Escape")
  await page.click("button:has-text('外来货登记')")
  await page.fill("dialog input[type=search]", "灯笼果")
  await page.waitForSelector("button:has-text('按名字登记')")
  await look("choose-by-name", page)
  await page.click("button:has-text('按名字登记')")
  await look("goods-by-name", page)
  await page.keyboard.press("Escape")
  await walkPhoto(page, look)
}

async function walkPhoto(page: Page, look: Look): Promise<void> {
  await page.click(".tile-row .list-row")
  const picture = await page.evaluate(() => {
    const canvas = document.createElement("canvas")
    canvas.width = 640
    canvas.height = 480
    const pen = canvas.getContext("2d")!
    pen.fillStyle = "#8aa36b"
    pen.fillRect(0, 0, 640, 480)
    for (let leaf = 0; leaf < 9; leaf += 1) {
      pen.fillStyle = leaf % 2 === 0 ? "#e9f2d0" : "#7fae4d"
      pen.beginPath()
      pen.ellipse(320, 240, 210 - leaf * 22, 150 - leaf * 15, leaf, 0, Math.PI * 2)
      pen.fill()
    }
    return canvas.toDataURL("image/png").slice("data:image/png;base64,".length)
  })
  await page.setInputFiles("dialog input[type=file]", {
    ...{ name: "cabbage.png", mimeType: "image/png", buffer: Buffer.from(picture, "base64") },
  })
  await page.waitForSelector("dialog img.glyph")
  await look("tile-photo", page)
  await page.keyboard.press("Escape")
  await goTo(page, "卖货")
  await page.waitForSelector(".tile img.glyph")
  await look("sell-photo", page)
}

/** Eggs as an earlier version put them on sale, which asked for no weight. */
export async function walkPieces(page: Page, look: Look): Promise<void> {
  type Row = { readonly slot: number; readonly unit: string }
  const eggs = (await rowsOf<Row>(page, "tiles")).find(({ unit }) => unit === "piece")
  await putRow(page, "tiles", slotKey(eggs?.slot ?? 0), { ...eggs, packLowGrams: 1, packHighGrams: 1000 })
  await page.reload()
  await page.waitForSelector(".tiles .tile")
  await goTo(page, "进货")
  await page.getByText("这些按件卖的货一件多重").waitFor()
  await look("piece-asked", page)
  await page.click(".list-row:has-text('散鸡蛋') >> nth=0")
  await page.getByLabel("一件最重").waitFor()
  await look("piece-weight", page)
  await page.keyboard.press("Escape")
}

/** Of the stall, on its own tablet and on the customer's empty screen. */
export async function walkStallPhoto(market: KioskMarket, page: Page, look: Look): Promise<void> {
  await goTo(page, "本机")
  // An earlier tablet of this stall may have sent one already.
  const sent = page.waitForResponse((response) => response.url().includes("/stall-photo?"))
  await takePhoto(page, ".state-page input[type=file]")
  await sent
  await page.getByText("照片已存在平板上").waitFor({ state: "detached" })
  await page.getByText("✓ 照片已发出").waitFor()
  await page.locator(".stall-photo").scrollIntoViewIfNeeded()
  await look("terminal-photo", page)
  const display = await page.context().newPage()
  await display.setViewportSize(page.viewportSize() ?? { width: 1280, height: 800 })
  await display.goto(`${market.gateway.url}/kiosk/display.html`)
  await display.waitForFunction(
    () => (document.querySelector<HTMLImageElement>(".display-photo")?.naturalWidth ?? 0) > 0,
  )
  await look("display-photo", display)
  await display.close()
  await page.bringToFront()
}

/** A base enters its own rapid test. */
export async function walkTest(market: KioskMarket, viewport: Viewport, look: Look): Promise<void> {
  const names = { name: "张北蔬菜基地", nameEn: "Zhangbei base" }
  const siteId = await addSite(market.gateway, { ...{ kind: "base", number: 890, regionCode: "130722" }, ...names })
  const stall = { number: 890, siteId, stallNumber: "1", name: "一号大棚" }
  const tablet = await openStall(market, { viewport, merchantId: await addMerchant(market.gateway, stall) })
  const { page } = tablet
  await goTo(page, "进货")
  await look("goods-base", page)
  await page.click("button:has-text('登记采收')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await page.getByLabel("重量").fill("60")
  await page.getByLabel("产地").fill("河北沽源")
  await look("harvest", page)
  await page.click("dialog button[type=submit]")
  await page.getByText("现在卖的还是原来那批").waitFor()
  await page.locator("dialog", { hasText: "现在账面有" }).waitFor()
  await look("harvest-booked", page)
  await page.click("dialog .primary")
  await page.click("button:has-text('登记快检')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await look("test", page)
  await page.getByLabel("样品号").fill("ZJ-20261128-001")
  await page.getByLabel("抑制率").fill("61.2")
  await takePhoto(page, "dialog input[type=file]")
  await page.locator("dialog .taken-photo").waitFor()
  await page.locator("dialog .taken-photo").scrollIntoViewIfNeeded()
  await look("test-photo", page)
  await page.click("dialog button[type=submit]")
  await page.locator("dialog [role=alert]").waitFor()
  await look("test-incomplete", page)
  await tablet.context.close()
}

/**
 * As much as can go wrong at once, in the bar; and the account that holds beside the one that is to come. Returns how to
 * take that one back.
 */
export async function putTroubles({ gateway, merchantId: id }: KioskMarket, page: Page): Promise<() => Promise<void>> {
  const body = { platform: "wechat-pay" as const, account: "1900000999" }
  const set = await gateway.operator.post("/merchants/{id}/payees", { path: { id }, body })
  const { changeId = "" } = granted("proposing a payee", set)
  await putRow(page, "latePayments", "0000000041", { counter: 41 })
  const refused = { kind: "arrival", envelope: "00", queuedAtMs: 0, code: "stock/no-such-purchase", refusedAtMs: 0 }
  await putRow(page, "refused", "0199d3a0-7c1e-7000-8000-00000000000d", refused)
  const heard = { answer: "accepted", acceptedGrams: 12_000, heardAtMs: Date.now() }
  const bought = { saleRecordId: "ff".repeat(16), lineIndex: 0, commodity: 1036, grams: 12_250 }
  await putRow(page, "purchases", `${"ff".repeat(16)}/000`, { ...bought, ...heard })
  await page.reload()
  await page.getByText("收款账户要变更").first().waitFor()
  return async () => {
    const order = { path: { id: changeId } }
    granted("withdrawing it", await gateway.operator.post("/payee-changes/{id}/withdraw", order))
  }
}
