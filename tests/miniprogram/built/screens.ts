// A walk over every page of the buyer in a browser, for whoever looks at them: the accessibility tests, and
// `npm run screenshots`.
import { buyerWords } from "@suyuan/look/buyer-words"
import type { Page } from "playwright-core"
import { type BrowserPhone, type BuyerBrowser, payPath, type Viewport } from "./browser"
import type { Ending } from "./phone"

export type Look = (name: string, page: Page) => Promise<void>

export async function walkBuyerScreens(buyers: BuyerBrowser, viewport: Viewport, look: Look): Promise<string[]> {
  const phone = await buyers.openPhone(viewport, "alipay")
  await walkPayment(buyers, phone, look)
  for (const ending of ["cancels", "fails", "says nothing clear", "loses its network"] as const) {
    await walkEnding(buyers, phone, ending, look)
  }
  const shared = await walkTrace(buyers, phone, look)
  const mine = await phone.open("/m/")
  await mine.waitForSelector(".line")
  await look("mine", mine)
  await walkOwn(phone, mine, look)
  await mine.locator("input").first().fill("没有这样的菜")
  await mine.getByText(buyerWords.nothingFound.zh).waitFor()
  await look("mine-nothing-found", mine)
  await mine.locator("#text-size:visible").click()
  await look("mine-large-text", mine)
  const friend = await buyers.openPhone(viewport)
  await walkShared(friend, shared, look)
  for (const { context } of [phone, friend]) await context.close()
  return [...phone.troubles, ...friend.troubles]
}

async function walkPayment({ world }: BuyerBrowser, phone: BrowserPhone, look: Look): Promise<void> {
  const page = await phone.open(payPath(await world.newCode()))
  await page.waitForSelector(".buyer #pay-alipay")
  await look("pay", page)
  await page.locator("#origin-0").click()
  await page.waitForSelector(".bar")
  await look("pay-origin", page)
  await page.locator("#language").click()
  await page.getByText(buyerWords.otherLanguage.en, { exact: true }).waitFor()
  await look("pay-english", page)
  await page.locator("#language").click()
  await phone.login(page)
  await page.close()
}

async function walkEnding({ world }: BuyerBrowser, phone: BrowserPhone, ending: Ending, look: Look): Promise<void> {
  const page = await phone.open(payPath(await world.newCode()))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.pay(page, ending)
  await page.waitForSelector(".buyer .notice")
  await look(ending.replaceAll(" ", "-"), page)
  await page.close()
}

/** Returns the path of the share. */
async function walkTrace({ world }: BuyerBrowser, phone: BrowserPhone, look: Look): Promise<string> {
  const code = await world.newCode()
  const page = await phone.open(payPath(code))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.pay(page)
  await page.waitForSelector(".buyer .shape.good")
  await look("paid", page)
  await page.locator("#trace").click()
  await page.getByText("摊位还没有上传这一笔").waitFor()
  await look("trace-follows", page)
  await world.uploadAndAnchor(code)
  await page.locator("#trace").click()
  await page.waitForSelector("#verify")
  await look("trace", page)
  await page.locator("#share").click()
  await page.waitForSelector(".address")
  await look("trace-share", page)
  const { pathname } = new URL((await page.textContent(".address")) ?? "")
  await page.locator("#poster").click()
  await page.waitForSelector(".poster img")
  await look("trace-poster", page)
  await page.locator("#verify").click()
  await page.getByText("没有发现问题").waitFor()
  await look("verify", page)
  await page.locator("#details").click()
  await look("verify-details", page)
  return pathname
}

/** What one may do with what was bought. Nothing is sent or deleted here. */
async function walkOwn(phone: BrowserPhone, mine: Page, look: Look): Promise<void> {
  await mine.locator("[id^=problem-]").first().click()
  await mine.waitForSelector("#kind-spoiled")
  await look("problem", mine)
  await mine.goBack()
  await mine.locator(".field:visible").first().waitFor()
  const [join, data] = [await phone.open("/m/#/pages/join/index"), await phone.open("/m/#/pages/data/index")]
  await join.locator("#show-code").click()
  await join.waitForSelector(".code-letters")
  await look("join", join)
  await data.waitForSelector("#delete-first")
  await look("data", data)
  await data.locator("#delete-first").click()
  await look("data-sure", data)
  for (const page of [join, data]) await page.close()
}

async function walkShared(friend: BrowserPhone, shared: string, look: Look): Promise<void> {
  const page = await friend.open(shared)
  await page.waitForSelector(".buyer #verify")
  await look("shared", page)
  await friend.context.route("**/ledger/roots/**", (route) => route.fulfill({ json: { root: null } }))
  await page.locator("#verify").click()
  await page.getByText("有一步不通过").waitFor()
  await look("verify-failed", page)
  const mine = await friend.open("/m/")
  await mine.waitForSelector(".buyer .notice")
  await look("mine-stranger", mine)
  await mine.evaluate(() => {
    location.hash = "#/pages/pay/index"
  })
  await mine.getByText(buyerWords.scanFirst.zh).waitFor()
  await look("scan-first", mine)
  await friend.context.route("**/traces/**", (route) => route.abort())
  const offline = await friend.open(`/m/#/pages/trace/index?share=${shared.split("/").at(-1)}`)
  await offline.waitForSelector("#again")
  await look("offline", offline)
}
