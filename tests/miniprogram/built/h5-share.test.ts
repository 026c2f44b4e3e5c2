// What a buyer does with a trace in a browser: read it large and by night, show it to others, keep its proof.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setStallPhoto } from "@suyuan/api/merchants/stall-photo"
import { colours, largeTextFactor } from "@suyuan/look/tokens"
import type { Page } from "playwright-core"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { operator } from "../../support/stall"
import { type BrowserPhone, type BuyerBrowser, openBuyerBrowser, payPath, phoneSizes } from "./browser"

let buyers: BuyerBrowser
let phone: BrowserPhone
let trace: Page
beforeAll(async () => {
  buyers = await openBuyerBrowser()
  phone = await buyers.openPhone(phoneSizes[0]!, "alipay")
  const code = await buyers.world.newCode()
  const page = await phone.open(payPath(code))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.login(page)
  await phone.pay(page)
  await page.waitForSelector(".buyer .shape.good")
  await buyers.world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  trace = page
}, 300_000)
afterAll(() => buyers?.end())

const shot = async (page: Page, name: string) => {
  const folder = process.env.MINIPROGRAM_SHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
const styleOf = (page: Page, selector: string, property: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((one, name) => getComputedStyle(one).getPropertyValue(name), property)
const rgb = (hex: string) => `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(", ")})`

test("before paying: how much of this bag the test covers, and what the stall looks like, in a box that never moves", async () => {
  const code = await buyers.world.newCode()
  const before = await phone.open(payPath(code))
  await before.waitForSelector(".buyer .plate")
  const plate = await before.locator(".plate").boundingBox()
  expect(await before.textContent(".buyer")).toMatch(/您这一份中 (\d+%–)?\d+% 经快检/)
  expect(await before.textContent(".plate")).toContain("A-12")
  const { ctx, trade } = buyers.world
  const picture = drawShareCard({ lines: [], levels: 0 } as never)
  await setStallPhoto(ctx, operator, trade.stall.merchantId, picture)
  const after = await phone.open(payPath(code))
  await after.waitForSelector(".buyer .stall-photo")
  expect(await after.locator(".stall-photo").boundingBox()).toEqual(plate)
  await shot(after, "pay-photo")
  await before.close()
  await after.close()
})

test("a test's photo is asked for when it is about to be seen, keeps its place, is whole at a tap, and goes if it is not there", async () => {
  const code = await buyers.world.newCode()
  const page = await phone.open(payPath(code))
  const photo = page.locator(".buyer .test-photo img")
  await photo.waitFor()
  expect(await photo.getAttribute("loading")).toBe("lazy")
  expect(await photo.getAttribute("alt")).toMatch(/^快检照片 \d{4}-\d\d-\d\d/)
  expect(await photo.boundingBox()).toMatchObject({ width: 96, height: 72 })
  await photo.click()
  await page.waitForSelector(".buyer .shown-whole")
  expect(await photo.boundingBox()).toMatchObject({ width: 280, height: 210 })
  await photo.evaluate((one) => (one as HTMLImageElement).decode())
  expect(await photo.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(600)
  await shot(page, "pay-test-photo")
  await page.close()
  await phone.context.route("**/test-photos/**", (route) => route.abort())
  const without = await phone.open(payPath(code))
  await without.locator(".buyer").getByText("快检合格").waitFor()
  await without.locator(".buyer .test-photo").waitFor({ state: "detached" })
  await phone.context.unroute("**/test-photos/**")
  await without.close()
})

test("large text and night are one tap each, hold after the page is opened again, and break nothing", async () => {
  const size = async (page: Page) => Number.parseFloat(await styleOf(page, ".finest", "font-size"))
  const usual = await size(trace)
  await trace.locator("#text-size:visible").click()
  expect(await size(trace)).toBeCloseTo(usual * largeTextFactor, 1)
  await trace.locator("#scheme:visible").click()
  await trace.locator("#scheme:visible").click()
  expect(await styleOf(trace, ".slip", "background-color")).toBe(rgb(colours.card.dark))
  await trace.reload()
  await trace.waitForSelector("#verify")
  expect(await size(trace)).toBeCloseTo(usual * largeTextFactor, 1)
  expect(await styleOf(trace, ".slip", "background-color")).toBe(rgb(colours.card.dark))
  const overflows = await trace.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll(".taro_page, .slip")].some(
      ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
    ),
  )
  expect(overflows).toBe(false)
  await shot(trace, "trace-large-night")
  await trace.locator("#scheme:visible").click()
  await trace.locator("#text-size:visible").click()
  expect(await size(trace)).toBeCloseTo(usual, 1)
})

test("the way is drawn with its places in their order", async () => {
  expect(await trace.locator(".map .dot").count()).toBe(4)
  expect(await trace.locator(".map .leg").count()).toBe(3)
  expect(await trace.locator(".map-names li").count()).toBe(4)
})

test("a poster has the platform's code on it; a share that is taken back opens no more", async () => {
  await trace.locator("#share").click()
  const path = new URL((await trace.textContent(".address")) ?? "").pathname
  await trace.locator("#poster").click()
  await trace.waitForSelector(".poster img")
  const drawn = await trace.locator(".poster img").evaluate((one) => {
    const { naturalWidth, naturalHeight, width, height } = one as HTMLImageElement
    return [naturalWidth, naturalHeight, width, height]
  })
  expect(drawn).toEqual([500, 640, 250, 320])
  await shot(trace, "trace-poster")
  const friend = await buyers.openPhone(phoneSizes[0]!)
  const open = await friend.open(path)
  await open.waitForSelector(".buyer #verify")
  await trace.locator("#take-back").click()
  await trace.getByText("已收回").waitFor()
  expect((await friend.context.request.get(`${buyers.world.url}${path}`)).status()).toBe(410)
  await friend.context.close()
})

test("a check has its room from the first moment, in large text, too: what stands below it never moves", async () => {
  for (const isLarge of [true, false]) {
    if (isLarge) await trace.locator("#text-size:visible").click()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await phone.context.route("**/proofs/**", (route) => held.then(() => route.continue()))
    await trace.locator("#verify:visible").click()
    await trace.locator(".check .check-seal").waitFor()
    const below = async () => (await trace.locator(".foot:visible").boundingBox())?.y
    const before = await below()
    expect(before).toBeGreaterThan(phoneSizes[0]!.height)
    release()
    await trace.locator(".check .step:not(.later)").first().waitFor()
    expect(await below()).toBe(before ?? 0)
    await trace.getByText("没有发现问题").waitFor()
    expect(await below()).toBe(before ?? 0)
    await phone.context.unroute("**/proofs/**")
    if (!isLarge) continue
    await trace.locator("#text-size:visible").click()
    await trace.goBack()
  }
})

test("the seal of a check is drawn with its steps, and the tab is named in the language that was chosen", async () => {
  await trace.locator(".check-seal.done").waitFor()
  expect(await trace.locator(".check-seal").getAttribute("aria-label")).toMatch(/^核对印，通过的步数 [1-6]\/7$/)
  // One step is our word only: its strokes are hatched, the others solid.
  expect(await trace.locator(".stroke.good").count()).toBeGreaterThan(4)
  expect(await trace.locator(".stroke.wait").count()).toBeGreaterThan(0)
  expect(await trace.title()).toBe("自己查一遍")
  await trace.locator("#language:visible").click()
  await trace.getByText("Checked on your phone").waitFor()
  expect(await trace.title()).toBe("Check it yourself")
  await trace.locator("#language:visible").click()
  await trace.locator(".check-seal.done").waitFor()
  await shot(trace, "verify-seal")
})

test("a browser whose own cryptography knows no such signature checks all the same", async () => {
  const older = await phone.context.newPage()
  await older.addInitScript(() => {
    SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("no such name", "NotSupportedError"))
  })
  await older.goto(trace.url())
  await older.getByText("没有发现问题").waitFor()
  expect(await older.textContent(".steps")).toContain("由摊位终端亲自签名")
  await older.close()
})

test("a proof is saved as the file that was checked", async () => {
  await trace.locator("#details").click()
  expect(await trace.textContent(".expert")).toMatch(/账本合约: 0x[0-9a-f]{40}/)
  const downloading = trace.waitForEvent("download")
  await trace.locator("#save-file").click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^suyuan-proof-[0-9a-f]{12}\.json$/)
  const text = readFileSync((await download.path()) ?? "", "utf8")
  expect(text).toBe((await trace.textContent(".bundle")) ?? "")
  await shot(trace, "verify-expert")
  expect(phone.troubles).toEqual([])
})
