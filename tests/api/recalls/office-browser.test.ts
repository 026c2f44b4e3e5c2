import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { proposeRecalls } from "@suyuan/api/inspections/propose-recalls"
import axe from "axe-core"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { launchBrowser } from "../../support/launch-browser"
import { operator } from "../../support/stall"
import { rapidTests } from "../inspections/rapid-tests"
import { type Day, playDay } from "./day"

setDefaultTimeout(90_000)

let gateway: TestGateway
let day: Day
let browser: Browser
let server: ReturnType<typeof Bun.serve>
beforeAll(async () => {
  browser = await launchBrowser()
  gateway = await testGateway()
  const app = testApp(gateway.ctx)
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => app.fetch(request) })
  day = await playDay(gateway)
})
afterAll(async () => {
  await browser.close()
  await server.stop(true)
  await gateway.close()
})

const { enter, failed } = rapidTests(() => gateway)
type Axe = {
  run: (about: { exclude: string[][] }) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>
}

/** Nothing overflows, and axe finds nothing. */
async function isSound(page: Page): Promise<void> {
  const width = page.viewportSize()?.width ?? 0
  const wide = await page.locator("body *:not(option)").evaluateAll((all, most) => {
    return all.filter((element) => element.getBoundingClientRect().right > most).map((element) => element.outerHTML)
  }, width)
  expect(wide).toEqual([])
  await page.evaluate(axe.source)
  const faults = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run({ exclude: [["option"]] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect([page.url(), ...faults]).toEqual([page.url()])
}

/** A person with an own browser on the list of recalls. */
async function personAt(actorId: string, viewport: { width: number; height: number }): Promise<Page> {
  const order = { label: "test", kind: "inspector", actorId, siteIds: [], days: 1 } as const
  const { token } = await issueToken(gateway.ctx, operator, { ...order, scopes: ["recalls:read", "recalls:write"] })
  const context = await browser.newContext({ viewport, locale: "zh-CN" })
  const page = await context.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/office`)
  await isSound(page)
  await page.fill("input[name=token]", token)
  await page.keyboard.press("Enter")
  await page.waitForSelector("text=召回")
  return page
}

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]) {
  test(`[CV-6, RC-8, RC-11] from a failed test to held stalls by two persons at ${viewport.width}×${viewport.height}`, async () => {
    const id = await enter(day.trade.stall, failed({ sampleNumber: `KJ-${viewport.width}` }))
    await proposeRecalls(gateway.ctx)
    // Who entered the test proposed its recall.
    const first = await personAt("inspector-one", viewport)
    await isSound(first)
    await first.click(`a[href*="${id}"]`)
    await first.waitForSelector("text=要由另一个人查看并批准")
    await isSound(first)
    const second = await personAt("li", viewport)
    await second.click(`a[href*="${id}"]`)
    await second.click('a.go[href*="/approve"]')
    await second.waitForSelector("text=执行后会发生什么")
    await isSound(second)
    await second.click("button:has-text('确认批准')")
    await second.waitForSelector("text=已批准，未生效")
    await second.click('a.go[href*="/activate"]')
    await second.focus("button:has-text('确认生效')")
    await second.keyboard.press("Enter")
    await second.waitForSelector("text=已要求停售")
    await isSound(second)
    await first.reload()
    await first.waitForSelector("text=已要求停售")
    await first.click('a.go[href*="/close"]')
    await first.click("button:has-text('确认结束召回')")
    await first.waitForSelector("text=已经了结")
    await first.goto(`http://127.0.0.1:${server.port}/office/recalls/new`)
    await isSound(first)
  })
}
