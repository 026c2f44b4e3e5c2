import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { raiseAlarms } from "@suyuan/api/alarms/raise-alarms"
import { listAlarms } from "@suyuan/api/alarms/read-alarms"
import { listUnmapped } from "@suyuan/api/catalogue/decide-name"
import { meaningOf } from "@suyuan/api/catalogue/unmapped-names"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { createClaimCode } from "@suyuan/api/terminals/create-claim-code"
import { enrol } from "@suyuan/api/terminals/enrol"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import axe from "axe-core"
import { eq } from "drizzle-orm"
import type { Browser, Page } from "playwright-core"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { launchBrowser } from "../../support/launch-browser"
import { officePerson } from "../../support/office"
import { cabbage } from "../../support/selling"
import { enrolmentOf, newTablet, operator, testBrokerTokens } from "../../support/stall"
import { rapidTests } from "../inspections/rapid-tests"
import { type Day, playDay } from "../recalls/day"

setDefaultTimeout(120_000)

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

async function fits(page: Page): Promise<void> {
  const width = page.viewportSize()?.width ?? 0
  const wide = await page.locator("body *:not(option):not(optgroup)").evaluateAll((all, most) => {
    return all.filter((element) => element.getBoundingClientRect().right > most).map((element) => element.outerHTML)
  }, width)
  expect([page.url(), ...wide]).toEqual([page.url()])
}

async function isClean(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const faults = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run({ exclude: [["option"]] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
  expect([page.url(), ...faults]).toEqual([page.url()])
}

async function signedIn(actorId: string, viewport: { width: number; height: number }) {
  const scopes = operator.scopes
  const { token } = await officePerson(gateway.ctx, actorId, scopes)
  const context = await browser.newContext({ viewport, locale: "zh-CN" })
  const page = await context.newPage()
  const base = `http://127.0.0.1:${server.port}`
  await page.goto(`${base}/office`)
  await page.fill("input[name=token]", token)
  await page.keyboard.press("Enter")
  await page.waitForSelector("nav.office")
  return { page, base }
}

/** Something of everything that a page lists. */
async function somethingOfEach() {
  const { ctx, clock } = gateway
  const { siteId, merchantId, terminalId } = day.trade.stall
  const test = await enter(day.trade.stall, failed())
  for (const account of ["1900000109", "1900000208"]) {
    await setPayee(ctx, operator, merchantId, { platform: "wechat-pay", account })
  }
  const mention = { mentionId: ctx.random.uuid(), siteId, merchantId, source: "terminal" } as const
  await ctx.db.transaction((tx) => meaningOf(ctx, tx, "折耳根", mention))
  const [name] = await listUnmapped(ctx.db, operator)
  const { claimCode } = await createClaimCode(ctx, operator, { merchantId, confirmed: false })
  const claimed = await enrol(ctx, testBrokerTokens(ctx), enrolmentOf(ctx, newTablet(), claimCode))
  const today = new Date(clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  const [bag] = day.bags
  const sales = bag ? [`${terminalToHex(bag.terminalId)}/${bag.counter}`] : []
  const evidence = { payments: 3, amountFen: 1200, wallets: 1, paymentsMin: 2, sales }
  await ctx.db.transaction((tx) =>
    raiseAlarms(ctx, tx, [{ kind: "own-wallet", subject: merchantId, day: today, siteId, merchantId, evidence }]),
  )
  const [alarm] = await listAlarms(ctx.db, operator, { limit: 1 })
  const terminal = `/office/terminals/${terminalToHex(terminalId)}`
  return [
    ...["/office/tests", "/office/tests/new", `/office/tests/${test}`, `/office/tests/new?retestOf=${test}`],
    ...["/office/balance", "/office/merchants", `/office/merchants/${merchantId}`, terminal, `${terminal}/revoke`],
    ...["/office/merchants/new", `/office/merchants/${merchantId}/payees/alipay`],
    ...[`/office/merchants/${merchantId}/suspend`, `/office/terminals/${claimed.terminalId}`, "/office/wallets"],
    ...["/office/payee-changes", "/office/names", `/office/names/${name?.id}`, `/office/alarms/${alarm?.id}`],
    ...[`/office/traces/${bag?.recordId}`, `/office/alarms?state=all&merchantId=${merchantId}`],
  ]
}

const phoneViewport = { width: 390, height: 844 }
const deskViewport = { width: 1280, height: 800 }

test("nothing overflows on any page, at a desk or on a phone in either language, and axe finds nothing", async () => {
  const paths = await somethingOfEach()
  const { page, base } = await signedIn("li", phoneViewport)
  for (const path of paths) {
    const own = `${base}${path}${path.includes("?") ? "&" : "?"}lang=`
    await page.goto(`${own}en`)
    await fits(page)
    // English words are longer, so at a desk they are looked at alone.
    await page.setViewportSize(deskViewport)
    await fits(page)
    await page.setViewportSize(phoneViewport)
    const answer = await page.goto(`${own}zh`)
    expect([path, answer?.status()]).toEqual([path, 200])
    await fits(page)
    await isClean(page)
  }
})

test("[CV-5] a rapid test is entered by keyboard alone on a phone-wide page", async () => {
  const { page, base } = await signedIn("chen", phoneViewport)
  const { stall } = day.trade
  await page.goto(`${base}/office/tests/new?siteId=${stall.siteId}`)
  const at = () => page.evaluate(() => document.activeElement?.getAttribute("name"))
  const written: Readonly<Record<string, string>> = {
    ...{ merchantId: "A-12", commodity: "大白菜", sampleNumber: "KJ-77", figure: "61.2" },
    ...{ instrument: "NC-800", testerRole: "market tester" },
  }
  const left = new Set(Object.keys(written))
  for (let presses = 0; presses < 80 && left.size > 0; presses++) {
    await page.keyboard.press("Tab")
    const name = (await at()) ?? ""
    if (left.delete(name)) {
      if (name === "commodity") await page.keyboard.press("ArrowDown")
      else await page.keyboard.type(written[name] ?? "")
    }
  }
  expect([...left]).toEqual([])
  await page.keyboard.press("Enter")
  await page.waitForSelector("text=不合格")
  const [row] = await gateway.ctx.db.select().from(inspections).where(eq(inspections.sampleNumber, "KJ-77"))
  expect(row).toMatchObject({
    commodity: cabbage,
    merchantId: stall.merchantId,
    conclusion: "failed",
    enteredBy: "chen",
  })
})
