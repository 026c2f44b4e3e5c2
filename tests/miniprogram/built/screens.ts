// A walk over every page of the buyer in a browser, for whoever looks at them: the accessibility tests, and
// `npm run screenshots`.
import { answerProblem } from "@suyuan/api/problems/answer-problem"
import { listProblems } from "@suyuan/api/problems/read-problems"
import { buyerWords } from "@suyuan/look/buyer-words"
import { mineWords } from "@suyuan/look/mine-words"
import type { Page } from "playwright-core"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { operator } from "../../support/stall"
import { type BrowserPhone, type BuyerBrowser, payPath, type Viewport, waitsInVain } from "./browser"
import { recallAll, showBindCode } from "./market-steps"
import type { Ending } from "./phone"

export type Look = (name: string, page: Page) => Promise<void>

export async function walkBuyerScreens(buyers: BuyerBrowser, viewport: Viewport, look: Look): Promise<string[]> {
  const phone = await buyers.openPhone(viewport, "alipay")
  await walkPayment(buyers, phone, look)
  for (const ending of ["cancels", "fails", "says nothing clear", "loses its network"] as const) {
    await walkEnding(buyers, phone, ending, look)
  }
  const late = await walkLateEnds(buyers, viewport, look)
  const shared = await walkTrace(buyers, phone, look)
  const mine = await phone.open("/m/")
  await mine.waitForSelector(".line")
  await look("mine", mine)
  await mine.locator("[id^=receipt-]").first().click()
  await mine.waitForSelector(".digits:visible")
  await look("mine-receipt", mine)
  await mine.locator("[id^=receipt-]").first().click()
  await walkOwn(buyers, phone, mine, look)
  await mine.locator("input").first().fill("没有这样的菜")
  await mine.getByText(buyerWords.nothingFound.zh).waitFor()
  await look("mine-nothing-found", mine)
  await mine.locator("#text-size:visible").click()
  await look("mine-large-text", mine)
  await mine.locator("#text-size:visible").click()
  await walkRecall(buyers, phone, look)
  await walkStall(buyers, phone, look)
  const friend = await buyers.openPhone(viewport)
  await walkShared(friend, shared, look)
  for (const { context } of [phone, friend]) await context.close()
  return [...phone.troubles, ...late, ...friend.troubles]
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

/** A code for another phone's camera, paid by somebody else; not known for long; taken back by the stall. */
async function walkLateEnds({ world, openPhone }: BuyerBrowser, viewport: Viewport, look: Look): Promise<string[]> {
  const [desk, patient] = [await openPhone(viewport, "computer"), await openPhone(viewport, "alipay")]
  const first = await patient.open(payPath(await world.newCode()))
  await first.waitForSelector(".buyer #pay-alipay")
  await patient.login(first)
  const [paid, unclear] = [await world.newCode(), await world.newCode()]
  const code = await desk.open(payPath(paid))
  await code.locator(".buyer #pay-alipay").click()
  await code.waitForSelector(".buyer .code img")
  await look("pay-code", code)
  const mine = await patient.open(payPath(paid))
  await mine.waitForSelector(".buyer #pay-instead")
  await look("begun", mine)
  await mine.locator("#pay-instead").click()
  await patient.pay(mine)
  await mine.waitForSelector(".buyer .shape.good")
  await code.getByText(buyerWords.paidByAnother.zh).waitFor()
  await look("paid-by-another", code)
  const waiting = await waitsInVain(patient)
  const page = await patient.open(payPath(unclear))
  await page.waitForSelector(".buyer #pay-alipay")
  await patient.pay(page, "says nothing clear")
  await page.getByText(buyerWords.unsettledTitle.zh).waitFor()
  await look("unsettled", page)
  await waiting.end()
  await world.cancel(unclear)
  await page.locator("#ask").click()
  await page.getByText(buyerWords.closedTitle.zh).waitFor()
  await look("closed", page)
  for (const { context } of [desk, patient]) await context.close()
  return [...desk.troubles, ...patient.troubles]
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

const picture = () => ({ name: "a.png", mimeType: "image/png", buffer: Buffer.from(drawShareCard(nothing as never)) })
const nothing = { lines: [], levels: 0 }

/** A report with a photo, as it is written, sent and answered. */
async function walkProblem({ world }: BuyerBrowser, mine: Page, look: Look): Promise<void> {
  await mine.locator("[id^=problem-]").first().click()
  await mine.waitForSelector("#kind-spoiled")
  await look("problem", mine)
  await mine.locator("#kind-spoiled").click()
  await mine.locator("#said").fill("外面两片叶子烂了，里面也有黑点")
  const choosing = mine.waitForEvent("filechooser")
  await mine.locator("#add-photo").click()
  await (await choosing).setFiles([picture(), picture()])
  await mine.locator("#drop-photo-1").waitFor()
  await look("problem-written", mine)
  await mine.locator("#send-report").click()
  await mine.getByText(mineWords.waitsForAnswer.zh).waitFor()
  await look("problem-sent", mine)
  const [reported] = await listProblems(world.ctx.db, operator, { state: "open", limit: 1 })
  await answerProblem(world.ctx, operator, { id: reported?.id ?? "", answer: "已请摊主补一份，明天来取" })
  await mine.reload()
  await mine.getByText(mineWords.officeAnswers.zh).waitFor()
  await look("problem-answered", mine)
}

async function walkRecall({ world }: BuyerBrowser, phone: BrowserPhone, look: Look): Promise<void> {
  const none = await phone.open("/m/#/pages/recall/index")
  await none.getByText(mineWords.noRecalls.zh).waitFor()
  await look("recall-none", none)
  await none.close()
  const recall = await recallAll(world)
  const mine = await phone.open("/m/")
  await mine.waitForSelector("#recalls")
  await look("mine-recall", mine)
  await mine.locator("#recalls").click()
  await mine.waitForSelector(`#read-${recall.id}`)
  await look("recall", mine)
  const held = await phone.open(payPath(await world.newCode()))
  await held.waitForSelector(".buyer .bad")
  await look("pay-recalled", held)
  await recall.withdraw()
  for (const page of [mine, held]) await page.close()
}

/** Last: what the wallet buys from here on is the stall's. */
async function walkStall({ world }: BuyerBrowser, phone: BrowserPhone, look: Look): Promise<void> {
  const unbound = await phone.open("/m/#/pages/stall/index")
  await unbound.getByText(mineWords.stallNone.zh).waitFor()
  await look("stall-unbound", unbound)
  await unbound.close()
  const { digits, confirm } = await showBindCode(world)
  const bind = await phone.open(`/b/${digits}`)
  await bind.waitForSelector("#bind-agree")
  await look("bind", bind)
  await bind.locator("#bind-agree").click()
  await bind.waitForSelector(".digits")
  await look("bind-digits", bind)
  await confirm()
  await bind.getByText(mineWords.bindDone.zh).waitFor()
  await look("bind-done", bind)
  const code = await world.newCode()
  const pay = await phone.open(payPath(code))
  await pay.waitForSelector(".buyer #pay-alipay")
  await phone.pay(pay)
  await pay.waitForSelector(".buyer .shape.good")
  await world.uploadAndAnchor(code)
  const stall = await phone.open("/m/#/pages/stall/index")
  await stall.locator("[id^=accept-]").waitFor()
  await look("stall", stall)
  await stall.locator("[id^=accept-]").click()
  await stall.getByText(mineWords.boughtNone.zh).waitFor()
  await stall.getByText(mineWords.todayTitle.zh).waitFor()
  await look("stall-answered", stall)
  await stall.locator("#end-binding").click()
  await stall.getByText(mineWords.bindEndSure.zh).waitFor()
  await look("stall-end", stall)
  for (const page of [bind, pay, stall]) await page.close()
}

/** What one may do with what was bought. Nothing is deleted here. */
async function walkOwn(buyers: BuyerBrowser, phone: BrowserPhone, mine: Page, look: Look): Promise<void> {
  await walkProblem(buyers, mine, look)
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
  const data = await friend.open("/m/#/pages/data/index")
  await data.getByText(mineWords.dataNone.zh).waitFor()
  await look("data-stranger", data)
  await friend.context.route("**/traces/**", (route) => route.abort())
  const offline = await friend.open(`/m/#/pages/trace/index?share=${shared.split("/").at(-1)}`)
  await offline.waitForSelector("#again")
  await look("offline", offline)
}
