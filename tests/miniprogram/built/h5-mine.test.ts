// What is one's own, in a real browser: reporting, joining with a second browser, deleting, and a bind code's page. Each
// page fits a phone and is usable by a screen reader.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { join } from "node:path"
import { readProblemPhoto } from "@suyuan/api/problems/problem-photos"
import { listProblems } from "@suyuan/api/problems/read-problems"
import axe from "axe-core"
import type { Page } from "playwright-core"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { operator } from "../../support/stall"
import { readCode } from "../../terminal-kiosk/browser/read-code"
import { type BrowserPhone, type BuyerBrowser, openBuyerBrowser, payPath } from "./browser"
import { showBindCode } from "./market-steps"

let buyers: BuyerBrowser
beforeAll(async () => {
  buyers = await openBuyerBrowser()
}, 300_000)
afterAll(() => buyers?.end())

const size = { width: 390, height: 844 }
type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env.MINIPROGRAM_SHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  expect([name, isWide]).toEqual([name, false])
  await page.evaluate(axe.source)
  const faults = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect([name, ...faults]).toEqual([name])
}

const pictureFile = (name: string) => ({
  ...{ name, mimeType: "image/png" },
  buffer: Buffer.from(drawShareCard({ lines: [], levels: 0 } as never)),
})

async function payer(): Promise<BrowserPhone> {
  const phone = await buyers.openPhone(size, "alipay")
  const page = await phone.open(payPath(await buyers.world.newCode()))
  await page.waitForSelector(".buyer #pay-alipay")
  await phone.login(page)
  await phone.pay(page)
  await page.waitForSelector(".buyer .shape.good")
  expect(await page.textContent(".buyer")).toContain("浏览器里发不了消息")
  await page.close()
  return phone
}

test("[BY-2] [BY-3] [BY-4] reporting, joining and deleting in browsers, every page looked at", async () => {
  const [one, other] = [await payer(), await payer()]
  const mine = await one.open("/m/")
  await mine.waitForSelector(".line")
  await mine.locator(".field").fill("12345")
  await mine.getByText("没有找到").waitFor()
  await mine.locator(".field").fill("大白菜")
  await look(mine, "mine-ways")
  await mine.locator("[id^=problem-]").first().click()
  await mine.waitForSelector("#kind-spoiled")
  await mine.locator("#kind-spoiled").click()
  await mine.locator("#said").fill("叶子烂了")
  const choosing = mine.waitForEvent("filechooser")
  await mine.locator("#add-photo").click()
  const album = [pictureFile("a.png"), pictureFile("b.png"), { ...pictureFile("c.jpg"), buffer: Buffer.from("none") }]
  await (await choosing).setFiles(album)
  await mine.locator("#drop-photo-1").waitFor()
  await mine.getByText("有图片打不开或太大").waitFor()
  await look(mine, "problem")
  await mine.locator("#send-report").click()
  await mine.getByText("等待答复").waitFor()
  await mine.getByText("附照片 2").waitFor()
  await look(mine, "problem-sent")
  const [reported] = await listProblems(buyers.world.ctx.db, operator, { limit: 1 })
  const shown = await readProblemPhoto(buyers.world.ctx, operator, { problemId: reported?.id ?? "", position: 1 })
  expect(shown.mediaType).toBe("image/jpeg")

  const [shows, types] = [await one.open("/m/#/pages/join/index"), await other.open("/m/#/pages/join/index")]
  await shows.locator("#show-code").click()
  const code = (await shows.textContent(".code-letters")) ?? ""
  expect(await shows.locator(".join-picture").boundingBox()).toMatchObject({ width: 220, height: 220 })
  expect(await readCode(shows.locator(".join-picture"))).toBe(
    `${buyers.world.url}/m/#/pages/join/index?code=${code.replace(" ", "")}`,
  )
  await look(shows, "join-code")
  await types.locator("#join-code").fill(code)
  await types.locator("#join-send").click()
  await types.locator("[id^=join-yes-]").waitFor()
  await look(types, "join-compare")
  await types.locator("[id^=join-yes-]").click()
  await shows.locator("[id^=join-yes-]").click()
  await types.getByText("已连接").waitFor()
  await look(types, "joined")
  const both = await other.open("/m/")
  await both.waitForSelector(".line")
  expect(await both.locator(".line").count()).toBe(2)

  const data = await other.open("/m/#/pages/data/index")
  await data.waitForSelector("#delete-first")
  await look(data, "data")
  await data.locator("#delete-first").click()
  await look(data, "data-sure")
  await data.locator("#delete-now").click()
  await data.getByText("再没有能对上您的东西").waitFor()
  await look(data, "data-gone")
  for (const phone of [one, other]) {
    const after = await phone.open("/m/")
    await after.getByText("还没有付过款").waitFor()
  }
  expect([...one.troubles, ...other.troubles]).toEqual([])
}, 300_000)

test("[BI-4] a bind code opened outside the wallets: with whom, and where to scan it; one of no stall is told", async () => {
  const { digits } = await showBindCode(buyers.world)
  const phone = await buyers.openPhone(size)
  const page = await phone.open(`/b/${digits}`)
  await page.getByText("甲摊 A-12").waitFor()
  await look(page, "bind")
  await page.locator("#bind-agree").click()
  await page.getByText("请用微信或支付宝扫这个码").waitFor()
  await look(page, "bind-outside")
  const unknown = await phone.open("/b/1234567890")
  await unknown.getByText("请在终端上重新显示一个").waitFor()
  const recalls = await phone.open("/m/#/pages/recall/index")
  await recalls.getByText("还没有付过款").waitFor()
  const stallPage = await phone.open("/m/#/pages/stall/index")
  await stallPage.getByText("还没有付过款").waitFor()
}, 180_000)
