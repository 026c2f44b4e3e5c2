// Paying from the built pages in a browser: inside each wallet's own by its sheet, on a computer by a code, and what is
// said when nobody knows, or nobody may pay any more.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import type { Page } from "playwright-core"
import { decide } from "../../api/payments/platforms"
import { readCode } from "../../terminal-kiosk/browser/read-code"
import { type BrowserPhone, type BuyerBrowser, openBuyerBrowser, payPath, phoneSizes, waitsInVain } from "./browser"

const size = phoneSizes[1]!
const wallets = ["wechat", "alipay"] as const
const computer = { width: 1280, height: 900 }

let buyers: BuyerBrowser
const taken: BrowserPhone[] = []
beforeAll(async () => {
  buyers = await openBuyerBrowser()
}, 300_000)
afterEach(async () => {
  for (const { context } of taken.splice(0)) await context.close()
})
afterAll(() => buyers?.end())

async function take(...given: Parameters<BuyerBrowser["openPhone"]>): Promise<BrowserPhone> {
  const phone = await buyers.openPhone(...given)
  taken.push(phone)
  return phone
}

/** A phone whose wallet knows who holds it. */
async function known(app: (typeof wallets)[number]): Promise<BrowserPhone> {
  const phone = await take(size, app)
  const page = await phone.open(payPath(await buyers.world.newCode()))
  await page.waitForSelector(`.buyer ${phone.payButton}`)
  await phone.login(page)
  await page.close()
  return phone
}

async function scanned(phone: BrowserPhone): Promise<Page> {
  const page = await phone.open(payPath(await buyers.world.newCode()))
  await page.waitForSelector(`.buyer ${phone.payButton}`)
  return page
}

for (const app of wallets) {
  describe(app, () => {
    test("its own browser pays by its sheet after one login, offers no other wallet, and the receipt follows", async () => {
      const phone = await take(size, app)
      const page = await scanned(phone)
      expect(await page.locator("[id^=pay-]").count()).toBe(1)
      await phone.login(page)
      await phone.pay(page)
      await page.waitForSelector(".buyer .shape.good")
      expect(await page.textContent(".buyer")).toContain("已付款 ¥2.00")
      expect(await page.textContent(".digits")).toMatch(/^\d{3} \d{3}$/)
      expect(phone.troubles).toEqual([])
    })

    test("cancelled, failed, unknown and a lost network are a page each, and only the first two offer to pay again", async () => {
      const phone = await known(app)
      // WeChat has no word of its own for a network that went.
      const lost = app === "alipay" ? "网络断了，结果未知" : "还不知道付没付成"
      for (const [ending, words, mayPay] of [
        ["cancels", "您取消了支付", true],
        ["fails", "支付没有成功", true],
        ["says nothing clear", "还不知道付没付成", false],
        ["loses its network", lost, false],
      ] as const) {
        const page = await scanned(phone)
        await phone.pay(page, ending)
        await page.getByText(words).waitFor()
        expect([ending, await page.locator("#back").count()]).toEqual([ending, mayPay ? 1 : 0])
        expect([ending, await page.locator(phone.payButton).count()]).toEqual([ending, 0])
        if (mayPay) {
          await page.locator("#back").click()
          await phone.pay(page)
          await page.waitForSelector(".buyer .shape.good")
        }
        await page.close()
      }
      expect(phone.troubles).toEqual([])
    })

    test("a sheet that says nothing clear when the money has moved: the gateway's word is the receipt", async () => {
      const phone = await known(app)
      const page = await scanned(phone)
      await phone.pay(page, "says nothing clear", true)
      await page.waitForSelector(".buyer .shape.good")
    })
  })
}

test("asked for minutes and nothing is known: still not confirmed, and no button to pay; then the stall takes it back", async () => {
  const phone = await known("alipay")
  const waiting = await waitsInVain(phone)
  const code = await buyers.world.newCode()
  const page = await phone.open(payPath(code))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.pay(page, "says nothing clear")
  await page.getByText("仍未确认").waitFor()
  expect(await page.locator(phone.payButton).count()).toBe(0)
  await waiting.end()
  await buyers.world.cancel(code)
  await page.locator("#ask").click()
  await page.getByText("这笔已取消").waitFor()
  expect(await page.locator("button[id^=pay-]").count()).toBe(0)
  // Whoever scans it now finds the same.
  const other = await take(size)
  const late = await other.open(payPath(code))
  await late.locator(".buyer").getByText("这笔已取消").waitFor()
  expect(await late.locator(".buyer [id^=pay-]").count()).toBe(0)
  expect([...phone.troubles, ...other.troubles]).toEqual([])
})

test("on a computer: a code for the wallet's camera, the other wallet's one button away, and the page says when it is paid", async () => {
  const desk = await take(computer, "computer")
  const code = await buyers.world.newCode()
  const page = await desk.open(payPath(code))
  await page.waitForSelector(".buyer #pay-wechat-pay")
  const picture = page.locator(".buyer .code img")
  await page.locator("#pay-wechat-pay").click()
  await picture.waitFor()
  expect(await page.textContent(".buyer .code")).toContain("请用手机上的钱包扫码付款")
  expect(await picture.boundingBox()).toMatchObject({ width: 280, height: 280 })
  expect(await readCode(picture)).toStartWith("weixin://wxpay/")
  const first = (await picture.getAttribute("src")) ?? ""
  await page.locator("#pay-alipay").click()
  await page.locator(`.buyer .code img:not([src="${first}"])`).waitFor()
  const codeUrl = await readCode(picture)
  expect(codeUrl).toStartWith("https://qr.alipay.com/")
  const { market } = buyers.world
  const person = market.sandbox.world.buyers.add("拿手机的人")
  expect(await decide(market.sandbox, person, { kind: "native", codeUrl } as never)).toMatchObject({ result: "paid" })
  await page.waitForSelector(".buyer .shape.good")
  expect(await page.textContent(".buyer")).toContain("已付款 ¥2.00")
  // It is the computer's receipt, and nobody else's.
  const other = await take(size)
  const late = await other.open(payPath(code))
  await late.locator(".buyer").getByText("这一单已有人付了").waitFor()
  expect(await late.locator(".digits").count()).toBe(0)
  expect([...desk.troubles, ...other.troubles]).toEqual([])
})
