// Goods come to a stall because its own wallet paid for them or by hand, and leave its books by counting.
import { expect, test } from "bun:test"
import { granted } from "../../../scripts/demo/gateway"
import { addMerchant, addSite } from "../../../scripts/demo/open-world"
import { openWallet, payAt } from "../../../scripts/demo/wallet"
import { until as untilSo } from "../../support/broker"
import { goTo, type KioskMarket, openStall, rowsOf, settle, standing, typePin, untilSent, weigh } from "./market"
import { readCode } from "./read-code"
import { sendsItsPhoto } from "./take-photo"
import { withMarket } from "./with-market"

const at = withMarket(85)

test("a stall's own wallet is bound with the owner's PIN and two digits; what it buys is booked in, corrected or refused", async () => {
  const wallet = await openWallet(at.market.gateway, at.market.sandboxUrl, "进货的手机", "wechat-pay")
  const phone = at.market.gateway.as(wallet.token)
  const tablet = await openStall(at.market)
  const { page } = tablet
  await goTo(page, "本机")
  await page.click("button:has-text('绑定进货钱包')")
  await typePin(page)
  await page.waitForSelector(".bind-code .qr")
  const url = await readCode(page.locator(".qr"))
  const digits = url.slice(url.lastIndexOf("/") + 1)
  const claimed = granted("answering a bind code", await phone.post("/bindings", { body: { code: digits } }))
  await page.locator("dialog .fingerprint").waitFor()
  expect(await page.textContent("dialog .fingerprint")).toBe(claimed.checkDigits)
  // Put away before it was answered, it waits, and asks for the owner again.
  await page.keyboard.press("Escape")
  await page.getByText(`? 钱包 ${claimed.checkDigits} 等您确认`).waitFor()
  await page.click("button:has-text('对数字')")
  await typePin(page)
  await page.click("button:has-text('一样，绑定')")
  await page.getByText(`✓ 钱包 ${claimed.checkDigits}`).waitFor()

  const names = { name: "张北蔬菜基地", nameEn: "Zhangbei base" }
  const base = await addSite(at.market.gateway, { ...{ kind: "base", number: 850, regionCode: "130722" }, ...names })
  const merchantId = await addMerchant(at.market.gateway, {
    ...{ number: 850, siteId: base, stallNumber: "B-07", name: "七号大棚" },
  })
  const seller = await openStall(at.market, { merchantId })
  await goTo(seller.page, "进货")
  await seller.page.click("button:has-text('登记采收')")
  await seller.page.click("dialog .pick button:has-text('大白菜')")
  await seller.page.getByLabel("重量").fill("100")
  await seller.page.getByLabel("产地").fill("河北张北")
  await seller.page.click("dialog button[type=submit]")
  await seller.page.click("dialog button:has-text('知道了')")
  await untilSent(seller.page)
  await goTo(seller.page, "卖货")
  for (const jin of ["20", "21", "22"]) {
    await weigh(seller.page, "dbc", jin)
    await payAt(at.market.gateway, wallet, await settle(seller.page))
    await standing(seller.page, "已收款")
    await seller.page.keyboard.press("Enter")
  }
  await untilSent(seller.page)

  await page.locator(".places .count", { hasText: "3" }).waitFor()
  await goTo(page, "进货")
  const waiting = page.locator(".list-row", { hasText: "22 斤" })
  await waiting.getByText("七号大棚 · 全部来自 张北蔬菜基地").waitFor()
  await waiting.click()
  const facts = page.locator("dialog .facts")
  await facts.getByText("张北蔬菜基地 · B-07 七号大棚").waitFor()
  await facts.getByText(/✓ 河北张北 \d{4}-\d\d-\d\d · 最多 22 斤/).waitFor()
  await page.keyboard.press("Escape")
  // Without a line it is still there to be read.
  expect((await rowsOf<{ came?: object }>(page, "openPurchases")).every(({ came }) => came !== undefined)).toBe(true)
  const answer = async (jin: string, how: () => Promise<void>, noted: string, book: string) => {
    await page.locator(".list-row", { hasText: `${jin} 斤` }).click()
    await how()
    await page.locator("dialog [role=status]", { hasText: noted }).waitFor()
    await page.locator("dialog", { hasText: `现在账面有${book} 斤` }).waitFor()
    await page.click("dialog button:has-text('知道了')")
  }
  // What was bought is in the book until it is answered.
  await answer("20", () => page.click("button:has-text('收货入库')"), "已入库 · 大白菜 20 斤", "63")
  await answer(
    "21",
    async () => {
      await page.getByLabel("实收重量").fill("22")
      await page.click("button:has-text('收货入库')")
      await page.locator("dialog [role=alert]", { hasText: "不能比买的多" }).waitFor()
      await page.getByLabel("实收重量").fill("19.5")
      await page.click("button:has-text('收货入库')")
    },
    "已入库 · 大白菜 19.5 斤",
    "61.5",
  )
  await answer("22", () => page.click("dialog button:has-text('没收到')"), "已记：没收到，不入库 · 大白菜", "39.5")
  for (const word of ["已入库", "19.5 斤", "没收到"]) {
    await page.locator(".list-row", { hasText: word }).first().waitFor()
  }
  await untilSent(page)
  const arrivals = await at.market.sql`
    SELECT state, accepted_grams::int AS grams FROM purchases ORDER BY grams`
  expect([...arrivals]).toEqual([
    { state: "refused", grams: 0 },
    { state: "accepted", grams: 9750 },
    { state: "accepted", grams: 10_000 },
  ])

  // Who opens it again sees what had come, not what was bought.
  await page.locator(".list-row", { hasText: "19.5 斤" }).click()
  expect(await page.getByLabel("实收重量").inputValue()).toBe("19.5")
  await page.keyboard.press("Escape")
  // Some of it is bad: it goes back, and is offered to whoever had sold it.
  await page.locator(".list-row", { hasText: "20 斤" }).click()
  await page.click("dialog button:has-text('退回卖家')")
  // Nothing else is asked beside it.
  expect(await page.locator("dialog button:has-text('收货入库')").count()).toBe(0)
  await page.locator("dialog input:focus").fill("21")
  await page.click("dialog button:has-text('退回卖家')")
  await page.locator("dialog [role=alert]", { hasText: "不能比买的多" }).waitFor()
  await page.getByLabel("退回多少").fill("5")
  await page.click("dialog button:has-text('退回卖家')")
  await page.locator("dialog [role=status]", { hasText: "已记：退回卖家 5 斤" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  await untilSent(page)
  await goTo(seller.page, "进货")
  await seller.page.locator(".list-row", { hasText: "5 斤" }).getByText("待收").waitFor()
  expect([...tablet.troubles, ...seller.troubles]).toEqual([])
  await seller.context.close()
  await tablet.context.close()
})

test("[UP-17] the day is closed: a count says what the book had, and one tap each takes what is sold out off sale", async () => {
  const { siteId, gateway } = at.market
  const merchantId = await addMerchant(gateway, { number: 851, siteId, stallNumber: "B-08", name: "B-08 摊" })
  const tablet = await openStall(at.market, { merchantId })
  const { page } = tablet
  await goTo(page, "进货")
  await page.click("button:has-text('外来货登记')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await page.getByLabel("重量").fill("40")
  await page.click("dialog button[type=submit]")
  await page.click("dialog button:has-text('知道了')")

  await goTo(page, "今日")
  await page.click("button:has-text('收摊盘点')")
  const row = (name: string) => page.locator(".count-row", { hasText: name })
  await page.getByLabel("大白菜 剩余").fill("30")
  await row("大白菜").getByText("确定").click()
  await row("大白菜").getByText("账面 40 斤，少了 10 斤").waitFor()
  // A slip of the finger is taken back before it counts, and what was counted can be counted again.
  await row("番茄").getByText("卖完了").click()
  await row("番茄").getByText("卖完了").click()
  expect(await page.locator("dialog button:has-text('确定卖完')").count()).toBe(0)
  // Closed with the tap still open, it asks once.
  await row("番茄").getByText("卖完了").click()
  await page.keyboard.press("Escape")
  await page.locator("dialog [role=alert]", { hasText: "卖完的还没确定" }).waitFor()
  await row("散鸡蛋").getByRole("button", { name: "卖完了" }).click()
  await page.click("dialog button:has-text('确定卖完： 2')")
  for (const name of ["番茄", "散鸡蛋"]) await row(name).getByText("已盘点").waitFor()
  await row("散鸡蛋").getByText("重新盘点").click()
  await page.keyboard.press("Escape")
  await goTo(page, "卖货")
  await page.locator(".tile", { hasText: "番茄" }).waitFor({ state: "detached" })
  await page.locator(".tile", { hasText: "散鸡蛋" }).waitFor()

  // The next delivery brings the tile back where it was, at what it cost; and who offers goods that are on sale changes them.
  const tileTexts = async () => (await page.locator(".tile").allTextContents()).map((text) => text.replace(/\s+/g, ""))
  await goTo(page, "进货")
  await page.click("button:has-text('外来货登记')")
  await page.click("dialog .pick button:has-text('番茄')")
  await page.getByLabel("重量").fill("30")
  await page.click("dialog button[type=submit]")
  await page.click("dialog button:has-text('知道了')")
  await goTo(page, "卖货")
  await page.locator(".tile", { hasText: "番茄" }).waitFor()
  const offered = await tileTexts()
  expect(offered).toHaveLength(3)
  expect(offered[1]).toContain("¥4.50")
  await goTo(page, "进货")
  await page.click(".page-head .primary")
  await page.click("dialog .pick button:has-text('番茄')")
  await page.getByText("已经在售：填了的改过来").waitFor()
  await page.getByLabel("单价").fill("5.20")
  await page.click("dialog button[type=submit]")
  await goTo(page, "卖货")
  await page.locator(".tile", { hasText: "¥5.20" }).waitFor()
  expect(await tileTexts()).toHaveLength(3)
  await untilSent(page)
  // What a count came to is there to be read later, too.
  await goTo(page, "今日")
  await page.click("button:has-text('收摊盘点')")
  await row("大白菜")
    .getByText(/今天盘过：\s*账面 40 斤，少了 10 斤/)
    .waitFor()
  await page.keyboard.press("Escape")
  expect(tablet.troubles).toEqual([])
  await tablet.context.close()
})

test("a photo stays on the tablet and its tile; goods that the catalogue lacks are entered by name and wait; today's test stands on the customer's screen", async () => {
  const tablet = await openStall(at.market)
  const { page, context } = tablet
  const { siteId, merchantId, gateway } = at.market
  const now = new Date().toISOString()
  const found = {
    ...{ id: Bun.randomUUIDv7(), merchantId, commodity: 1036, sampleNumber: "KJ-1", method: "酶抑制率法" },
    ...{ sampledAt: now, testedAt: now, standard: "GB/T 5009.199-2003", limitPermille: 500 },
    ...{ inhibitionPermille: 120, conclusion: "passed" as const, instrument: "NC-800", testerRole: "inspector" },
  }
  granted("a test", await gateway.operator.post("/inspections", { body: found }))

  await goTo(page, "进货")
  const cabbageOnSale = page.locator(".tile-row", { hasText: "大白菜" })
  await cabbageOnSale.locator(".list-row").click()
  const green = await page.evaluate(() => {
    const canvas = document.createElement("canvas")
    canvas.width = 640
    canvas.height = 480
    const pen = canvas.getContext("2d")!
    pen.fillStyle = "#2E7D46"
    pen.fillRect(0, 0, 640, 480)
    return canvas.toDataURL("image/png").slice("data:image/png;base64,".length)
  })
  await page.setInputFiles("dialog input[type=file]", {
    ...{ name: "cabbage.png", mimeType: "image/png", buffer: Buffer.from(green, "base64") },
  })
  await page.waitForSelector("dialog img.glyph")
  await page.setInputFiles("dialog input[type=file]", {
    ...{ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") },
  })
  await page.locator("dialog [role=alert]", { hasText: "这张图打不开" }).waitFor()
  // Who came for the photo changes no price.
  await page.click("dialog button:has-text('确定')")
  await page.waitForSelector("dialog", { state: "detached" })
  await cabbageOnSale.getByText("¥1.80/斤").waitFor()

  await page.click("button:has-text('外来货登记')")
  await page.fill("dialog input[type=search]", "灯笼果")
  await page.click("button:has-text('按名字登记')")
  await page.getByLabel("重量").fill("12")
  await page.click("dialog button[type=submit]")
  await page.locator("dialog [role=status]", { hasText: "已登记，等市场认名字 · 灯笼果 12 斤" }).waitFor()
  await page.click("dialog button:has-text('知道了')")
  const waiting = await untilSo(
    async () => (await namesOf(at.market)).find(({ said }) => said === "灯笼果"),
    "a name that waits",
  )
  expect((await rowsOf<{ kind: string }>(page, "outbox")).map(({ kind }) => kind)).toEqual(["outside-goods"])
  const order = { path: { id: waiting.id }, body: { commodity: 1058 } }
  granted("mapping a name", await gateway.operator.post("/catalogue/unmapped-names/{id}/map", order))

  await page.reload()
  await page.waitForSelector(".tile img.glyph")
  expect(await page.locator(".tile img.glyph").count()).toBe(1)
  await untilSent(page)
  const display = await context.newPage()
  await display.goto(`${gateway.url}/kiosk/display.html`)
  await weigh(page, "dbc", "1")
  await display.getByText(/✓ 今日快检合格（抽样） \d\d:\d\d/).waitFor()
  await display.getByText("产地 河北张北").waitFor()
  await sendsItsPhoto(page, display)
  const [entered] = await at.market.sql`
    SELECT count(*)::int AS count FROM pile_events WHERE site_id = ${siteId} AND merchant_id = ${merchantId}
      AND source = 'unknown' AND commodity = 1058 AND grams_low = 6000`
  expect(entered).toEqual({ count: 1 })
  expect(tablet.troubles).toEqual([])
  await context.close()
})

test("goods stand in the seller's own order, whatever is off sale; a price is asked for at the sale, or comes of kilograms", async () => {
  const { siteId, gateway } = at.market
  const merchantId = await addMerchant(gateway, { number: 852, siteId, stallNumber: "B-09", name: "B-09 摊" })
  const tablet = await openStall(at.market, { merchantId })
  const { page } = tablet
  await goTo(page, "进货")
  const row = (name: string) => page.locator(".tile-row", { hasText: name })
  await row("番茄").getByRole("button", { name: "下架" }).click()
  await row("番茄").getByRole("button", { name: "上架" }).waitFor()
  await page.getByLabel("散鸡蛋 上移").click()
  await row("大白菜").locator(".list-row").click()
  await page.click("dialog button:has-text('现场定价')")
  await row("大白菜").getByText("现场定价").waitFor()
  await goTo(page, "卖货")
  await page.locator(".tile >> nth=0", { hasText: "散鸡蛋" }).waitFor()
  expect((await page.locator(".tile-name").allTextContents()).join()).toBe("散鸡蛋,大白菜")

  await page.click(".tile:has-text('大白菜')")
  await page.click("dialog button:has-text('改用公斤')")
  await page.keyboard.type("2")
  await page.click(".field:has-text('单价')")
  await page.keyboard.type("3.99")
  await page.locator(".line-amount", { hasText: "¥7.98" }).waitFor()
  await page.click("dialog button:has-text('改用斤')")
  // Half a fen per 斤 is a price.
  await page.locator(".field", { hasText: "¥1.995" }).waitFor()
  await page.click(".field:has-text('重量')")
  await page.keyboard.type("4")
  await page.click("dialog button:has-text('加入并收款')")
  expect(await page.textContent(".settle-screen .amount")).toBe("¥7.98")
  expect(tablet.troubles).toEqual([])
  await tablet.context.close()
})

async function namesOf({ gateway }: KioskMarket) {
  return granted("names that wait", await gateway.operator.get("/catalogue/unmapped-names", {}))
}
