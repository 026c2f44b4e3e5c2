// Goods come to a stall because its own wallet paid for them, and leave its books by counting.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readFileSync } from "node:fs"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { Page } from "playwright-core"
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader"
import { granted } from "../../../scripts/demo/gateway"
import { addMerchant, addSite } from "../../../scripts/demo/open-world"
import { openWallet, payAt } from "../../../scripts/demo/wallet"
import { until as untilSo } from "../../support/broker"
import {
  goTo,
  type KioskMarket,
  openKioskMarket,
  openStall,
  rowsOf,
  START_MS_MAX,
  settle,
  standing,
  untilSent,
  weigh,
} from "./market"
import { sendsItsPhoto, takePhoto } from "./take-photo"

setDefaultTimeout(60_000)

let market: KioskMarket
beforeAll(async () => {
  market = await openKioskMarket(85)
  const wasmBinary = readFileSync(new URL(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")))
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer }, fireImmediately: true })
}, START_MS_MAX)
afterAll(async () => {
  await market?.end()
}, START_MS_MAX)

/** What a phone reads off the screen. */
async function scanned(page: Page): Promise<string> {
  const picture = await page.locator(".qr").screenshot()
  const [code] = await readBarcodes(new Blob([new Uint8Array(picture)]), { formats: ["QRCode"], tryHarder: true })
  return code?.text ?? ""
}

test("a stall's own wallet is bound with the owner's PIN and two digits; what it buys is booked in, corrected or refused", async () => {
  const wallet = await openWallet(market.gateway, market.sandboxUrl, "进货的手机", "wechat-pay")
  const phone = market.gateway.as(wallet.token)
  const tablet = await openStall(market)
  const { page } = tablet
  await goTo(page, "本机")
  await page.click("button:has-text('绑定进货钱包')")
  await page.getByText("店主设置密码").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  await page.getByText("店主再输一次密码").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  await page.waitForSelector(".bind-code .qr")
  const url = await scanned(page)
  const digits = url.slice(url.lastIndexOf("/") + 1)
  const claimed = granted("answering a bind code", await phone.post("/bindings", { body: { code: digits } }))
  await page.locator("dialog .fingerprint").waitFor()
  expect(await page.textContent("dialog .fingerprint")).toBe(claimed.checkDigits)
  await page.click("button:has-text('一样，绑定')")
  await page.getByText(`✓ 钱包 ${claimed.checkDigits}`).waitFor()

  const merchantId = await addMerchant(market.gateway, {
    ...{ number: 850, siteId: market.siteId, stallNumber: "B-07", name: "B-07 摊" },
  })
  const seller = await openStall(market, { merchantId })
  for (const jin of ["20", "21", "22"]) {
    await weigh(seller.page, "dbc", jin)
    await payAt(market.gateway, wallet, await settle(seller.page))
    await standing(seller.page, "已收款")
    await seller.page.keyboard.press("Enter")
  }
  await untilSent(seller.page)

  await page.locator(".places .count", { hasText: "3" }).waitFor()
  await goTo(page, "进货")
  const answer = async (jin: string, how: () => Promise<void>, word: string) => {
    await page.locator(".list-row", { hasText: `${jin} 斤` }).click()
    await how()
    await page.locator(".list-row", { hasText: word }).first().waitFor()
  }
  await answer("20", () => page.click("button:has-text('收货入库')"), "已入库")
  await answer(
    "21",
    async () => {
      await page.getByLabel("实收重量").fill("22")
      await page.click("button:has-text('收货入库')")
      await page.locator("dialog [role=alert]", { hasText: "不能比买的多" }).waitFor()
      await page.getByLabel("实收重量").fill("19.5")
      await page.click("button:has-text('收货入库')")
    },
    "19.5 斤",
  )
  await answer("22", () => page.click("dialog button:has-text('没收到')"), "没收到")
  await untilSent(page)
  const arrivals = await market.sql`
    SELECT state, accepted_grams::int AS grams FROM purchases ORDER BY grams`
  expect([...arrivals]).toEqual([
    { state: "refused", grams: 0 },
    { state: "accepted", grams: 9750 },
    { state: "accepted", grams: 10_000 },
  ])

  await goTo(page, "今日")
  await page.click("button:has-text('收摊盘点')")
  const row = (name: string) => page.locator(".count-row", { hasText: name })
  await page.getByLabel("大白菜 剩余").fill("30")
  await row("大白菜").getByText("确定").click()
  await row("大白菜").getByText("账面 39.5 斤").waitFor()
  // A slip of the finger is taken back before it counts, and what was counted can be counted again.
  await row("番茄").getByText("卖完了").click()
  await row("番茄").getByText("还没卖完").click()
  for (const again of [true, false]) {
    await row("番茄").getByText("卖完了").click()
    await row("番茄").getByText("确定").click()
    await row("番茄").getByText("已盘点").waitFor()
    if (again) await row("番茄").getByText("重新盘点").click()
  }
  await page.keyboard.press("Escape")
  await goTo(page, "卖货")
  await page.locator(".tile", { hasText: "番茄" }).waitFor({ state: "detached" })
  await untilSent(page)
  expect([...tablet.troubles, ...seller.troubles]).toEqual([])
  await seller.context.close()
  await tablet.context.close()
})

test("a photo stays on the tablet and its tile; goods that the catalogue lacks are entered by name and wait; today's test stands on the customer's screen", async () => {
  const tablet = await openStall(market)
  const { page, context } = tablet
  const { siteId, merchantId, gateway } = market
  const now = new Date().toISOString()
  const found = {
    ...{ id: Bun.randomUUIDv7(), merchantId, commodity: 1036, sampleNumber: "KJ-1", method: "酶抑制率法" },
    ...{ sampledAt: now, testedAt: now, standard: "GB/T 5009.199-2003", limitPermille: 500 },
    ...{ inhibitionPermille: 120, conclusion: "passed" as const, instrument: "NC-800", testerRole: "inspector" },
  }
  granted("a test", await gateway.operator.post("/inspections", { body: found }))

  await goTo(page, "进货")
  await page.click(".tile-row .list-row >> nth=0")
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
  await page.keyboard.press("Escape")

  await page.click("button:has-text('外来货登记')")
  await page.fill("dialog input[type=search]", "灯笼果")
  await page.click("button:has-text('按名字登记')")
  await page.getByLabel("重量").fill("12")
  await page.click("dialog button[type=submit]")
  await page.waitForSelector("dialog", { state: "detached" })
  const waiting = await untilSo(
    async () => (await namesOf(market)).find(({ said }) => said === "灯笼果"),
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
  const [entered] = await market.sql`
    SELECT count(*)::int AS count FROM pile_events WHERE site_id = ${siteId} AND merchant_id = ${merchantId}
      AND source = 'unknown' AND commodity = 1058 AND grams_low = 6000`
  expect(entered).toEqual({ count: 1 })
  expect(tablet.troubles).toEqual([])
  await context.close()
})

async function namesOf({ gateway }: KioskMarket) {
  return granted("names that wait", await gateway.operator.get("/catalogue/unmapped-names", {}))
}

/** A greenhouse of the base at Zhangbei, with a tablet. */
async function openBase(number: number) {
  const names = { name: "张北蔬菜基地", nameEn: "Zhangbei base" }
  const siteId = await addSite(market.gateway, { ...{ kind: "base", number: 851, regionCode: "130722" }, ...names })
  const name = `${number} 号大棚`
  const merchantId = await addMerchant(market.gateway, { number, siteId, stallNumber: String(number), name })
  return { merchantId, tablet: await openStall(market, { merchantId }) }
}

test("[CV-2] a base enters its own rapid test, and the retest that takes its place", async () => {
  const { tablet, merchantId } = await openBase(851)
  const { page } = tablet
  const enter = async (inhibition: string, verdict: string, withPhoto = false) => {
    await goTo(page, "进货")
    await page.click("button:has-text('登记快检')")
    await page.click("dialog .pick button:has-text('大白菜')")
    await page.click("dialog button[type=submit]")
    await page.locator("dialog [role=alert]", { hasText: "请填样品号" }).waitFor()
    await page.getByLabel("样品号").fill("ZJ-1")
    await page.getByLabel("抑制率").fill(inhibition)
    await page.getByLabel("仪器").fill("NC-800")
    await page.locator("dialog [role=status]", { hasText: verdict }).waitFor()
    if (withPhoto) await takePhoto(page, "dialog input[type=file]")
    if (withPhoto) await page.locator("dialog .taken-photo").waitFor()
    await page.click("dialog button[type=submit]")
    await page.waitForSelector("dialog", { state: "detached" })
    await untilSent(page)
    await page.reload()
    await page.getByText("✓ 在线").waitFor()
  }
  await enter("61.2", "✕ 不合格")
  await untilSo(
    async () => (await rowsOf<{ tests: readonly unknown[] }>(page, "stallTests"))[0]?.tests.length === 1,
    "a test",
  )
  await page.reload()
  await page.getByText("✓ 在线").waitFor()
  await enter("12", "✓ 合格", true)
  const tests = await market.sql`
    SELECT conclusion, retest_of IS NOT NULL AS again, superseded_by IS NOT NULL AS superseded,
      EXISTS (SELECT 1 FROM photos WHERE hash = photo AND length(bytes) < 300000) AS photo
    FROM inspections WHERE merchant_id = ${merchantId} ORDER BY tested_at, superseded_by`
  expect([...tests]).toEqual([
    { conclusion: "failed", again: false, superseded: true, photo: false },
    { conclusion: "passed", again: true, superseded: false, photo: true },
  ])
  await tablet.context.close()
})

test("[CT-4] what the gateway drafts for mixed goods is signed on the screen by the owner and is a certificate and a record; for the same goods there is no second one, and that draft is turned away", async () => {
  const { tablet, merchantId } = await openBase(852)
  const { page } = tablet
  await goTo(page, "进货")
  await page.click("button:has-text('登记采收')")
  await page.click("dialog .pick button:has-text('大白菜')")
  await page.getByLabel("重量").fill("100")
  await page.getByLabel("产地").fill("河北张北")
  await page.click("dialog button[type=submit]")
  await page.waitForSelector("dialog", { state: "detached" })
  await untilSent(page)
  const draft = async (grams: number) => {
    const goods = { merchantId, commodity: 1036, reason: "mixed" as const, grams, promiseBasis: "自行检测合格" }
    const order = { body: { id: Bun.randomUUIDv7(), ...goods } }
    return granted("drafting a certificate", await market.gateway.operator.post("/certificate-drafts", order))
  }
  const [first, second] = [await draft(50_000), await draft(30_000)]

  const sign = async (jin: string, pinAsked: string) => {
    await page
      .locator(".list-row", { hasText: "待签" })
      .filter({ hasText: `${jin} 斤` })
      .click()
    await page.click("dialog button:has-text('签发')")
    await page.getByText(pinAsked).waitFor()
    await page.keyboard.type("2468")
    await page.keyboard.press("Enter")
  }
  await page.locator(".card", { hasText: "待签合格证" }).getByText("◔ 2").waitFor()
  await sign("100", "店主设置密码")
  await page.getByText("店主再输一次密码").waitFor()
  await page.keyboard.type("2468")
  await page.keyboard.press("Enter")
  await page.waitForSelector("dialog", { state: "detached" })
  await sign("60", "请输入店主密码")
  await page.locator("dialog [role=alert]", { hasText: "超过了现有存货" }).waitFor()
  await page.click("dialog button:has-text('不开了')")
  await page.getByText("待签合格证").waitFor({ state: "detached" })

  const books = await market.sql`
    SELECT drafts.id, drafts.state, certificates.grams::int AS grams, certificates.lot_id AS "lotId", public_bytes AS bytes
    FROM certificate_drafts drafts LEFT JOIN certificates USING (id)
      LEFT JOIN records ON records.record_id = certificates.record_id AND kind = ${RECORD_KINDS.certificate}
    WHERE drafts.merchant_id = ${merchantId} ORDER BY drafts.state DESC`
  expect(books.map(({ bytes: _, ...row }) => row)).toEqual([
    { id: first.id, state: "issued", grams: 50_000, lotId: first.id },
    { id: second.id, state: "discarded", grams: null, lotId: null },
  ])
  const opened = decodeRecord("certificate", { public: books[0]?.bytes })
  const said = opened.ok && opened.value.kind === "certificate" ? opened.value.public : undefined
  expect(said).toMatchObject({ lot: first.id, grams: 50_000, origin: "河北张北", promiseBasis: "自行检测合格" })
  expect(said?.parents?.map(({ certificate }) => toHex(certificate))).toEqual(
    first.parents.map(({ recordId }) => recordId),
  )
  expect((await rowsOf<{ state: string }>(page, "drafts")).map(({ state }) => state)).toEqual(["issued", "discarded"])
  // The browser's own word for the refusal.
  expect(tablet.troubles).toEqual([expect.stringContaining("400")])
  await tablet.context.close()
})
