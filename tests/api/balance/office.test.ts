import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor, Scope } from "@suyuan/api/actor"
import { raiseAlarms } from "@suyuan/api/alarms/raise-alarms"
import { listAlarms } from "@suyuan/api/alarms/read-alarms"
import { reportProblem } from "@suyuan/api/problems/report-problem"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { type TestGateway, testGateway } from "../../support/context"
import { type OfficePerson, officePerson } from "../../support/office"
import { cabbage } from "../../support/selling"
import { operator } from "../../support/stall"
import { rapidTests } from "../inspections/rapid-tests"
import { type Day, playDay } from "../recalls/day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let day: Day
let today: string
let wang: OfficePerson
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
  await enter(day.trade.stall, body())
  today = new Date(gateway.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  wang = await person("wang", ["traces:read", "alarms:read", "recalls:read", "problems:read", "merchants:write"])
})
afterAll(() => gateway?.close())

const { enter, body } = rapidTests(() => gateway)
const person = (actorId: string, scopes: readonly Scope[], siteIds: readonly string[] = []) =>
  officePerson(gateway.ctx, actorId, scopes, siteIds)
const at = () => `siteId=${day.trade.stall.siteId}&day=${today}`
/** The bag's sale as alarms and reports name it. */
const saleOf = (bag: { readonly terminalId: number; readonly counter: number }) =>
  `${terminalToHex(bag.terminalId)}/${bag.counter}`
const linksOf = (html: string) => [...html.matchAll(/href="(\/office\/[^"]*)"/g)].map(([, href = ""]) => href)

async function alarmed(...kinds: readonly ("own-wallet" | "terminal-copied" | "sold-above-bought")[]) {
  const { siteId, merchantId, terminalId } = day.trade.stall
  const sale = day.bags[0] ? saleOf(day.bags[0]) : ""
  const evidence = {
    "own-wallet": { payments: 3, amountFen: 1200, wallets: 1, paymentsMin: 2, sales: [sale] },
    "terminal-copied": { terminal: terminalToHex(terminalId), conflicts: 1, named: ["7"] },
    "sold-above-bought": { commodity: cabbage, soldGrams: 900, hadGrams: 0, shortfallGrams: 900, toleranceGrams: 9 },
  } as const
  const found = kinds.map((kind) => ({
    ...{ kind, subject: `${kind} ${merchantId}`, day: today, siteId, merchantId },
    evidence: evidence[kind],
  }))
  await gateway.ctx.db.transaction((tx) => raiseAlarms(gateway.ctx, tx, found as never))
  const all = await listAlarms(gateway.ctx.db, operator, { merchantId, limit: 50 })
  return Object.fromEntries(all.map(({ kind, id }) => [kind, id]))
}

describe("goods of the day on the office's page", () => {
  test("by stall and commodity, with the stall's alarms, how much is covered by tests, and as a file", async () => {
    await alarmed("sold-above-bought")
    const shown = await wang.page(`/office/balance?${at()}`)
    expect(shown.status).toBe(200)
    for (const said of ["大白菜", "进货", "销售", "快检合格", "A-12"]) expect(shown.html).toContain(said)
    // 9 kg bought, 5.5 kg sold.
    expect(shown.html).toMatch(/<td data-label="期末">3\.5<\/td>/)
    const alarms = linksOf(shown.html).find((href) => href.includes("/office/alarms?state=all")) ?? ""
    const listed = await wang.page(alarms.replaceAll("&amp;", "&"))
    expect([listed.html.includes("卖的比有的多"), listed.html.includes("只显示一个摊位的")]).toEqual([true, true])
    const file = await wang.page(`/office/balance?${at()}&as=csv`)
    expect(file.html).toContain("大白菜")
    const ofNothing = await wang.page(`/office/balance?siteId=${day.trade.stall.siteId}&day=${today}&commodity=102`)
    expect(ofNothing.html).toContain("这一天没有货品往来")
    expect((await wang.page(`/office/balance?siteId=${day.trade.stall.siteId}&day=2025-01-01`)).html).toContain(
      "这一天没有卖出",
    )
  })

  test("for who reads traces at that site", async () => {
    const stranger = await person("zhao", ["traces:read"], [day.trade.baseA.siteId])
    expect((await stranger.page(`/office/balance?${at()}`)).status).toBe(403)
    const local = await person("sun", ["traces:read"], [day.trade.stall.siteId])
    const shown = await local.page("/office/balance")
    expect([shown.status, shown.html.includes("/office/alarms")]).toEqual([200, false])
    expect((await (await person("qian", ["payments:read"])).page(`/office/balance?${at()}`)).status).toBe(403)
  })
})

describe("from what is wrong to what it speaks of", () => {
  test("an alarm leads to the sales' traces, the terminal, the stall and the day's goods, as far as its reader may go", async () => {
    const ids = await alarmed("own-wallet", "terminal-copied")
    const [bag] = day.bags
    if (!bag) throw new Error("no bag")
    const own = await wang.page(`/office/alarms/${ids["own-wallet"]}`)
    const { merchantId } = day.trade.stall
    for (const path of [`/office/sales/${saleOf(bag)}`, `/office/merchants/${merchantId}`, "/office/balance?siteId="]) {
      expect([path, linksOf(own.html).some((href) => href.startsWith(path))]).toEqual([path, true])
    }
    const copied = await wang.page(`/office/alarms/${ids["terminal-copied"]}`)
    expect(linksOf(copied.html)).toContain(`/office/sales/${terminalToHex(day.trade.stall.terminalId)}/7?lang=zh`)
    // It may not handle terminals.
    expect(copied.html).not.toContain("/office/terminals/")
    const only = await person("liu", ["alarms:read"])
    expect((await only.page(`/office/alarms/${ids["own-wallet"]}`)).html).not.toContain("/office/sales/")
    const trace = await wang.page(`/office/sales/${saleOf(bag)}`)
    expect(trace.location).toBe(`/office/traces/${bag.recordId}?lang=zh`)
    const shown = await wang.page(`/office/traces/${bag.recordId}`)
    expect(shown.html).toContain(day.lot)
    expect(
      linksOf(shown.html).some((href) => href.includes(`/office/recalls/look?kind=lots&amp;lotIds=${day.lot}`)),
    ).toBe(true)
    expect(shown.html).toContain(bag.recordId)
  })

  test("a report leads to its sale's trace; who may not read traces there is refused", async () => {
    const [bag] = day.bags
    const [buyer] = day.buyers
    if (!bag || !buyer) throw new Error("no bag")
    const actor: Actor = { kind: "buyer", id: buyer.id, siteIds: [], scopes: [] }
    const id = gateway.ctx.random.uuid()
    const { terminalId, counter } = bag
    await reportProblem(gateway.ctx, actor, { id, terminalId, counter, kind: "spoiled", said: "叶子烂了" })
    const shown = await wang.page(`/office/problems/${id}`)
    expect(linksOf(shown.html)).toContain(`/office/traces/${bag.recordId}?lang=zh`)
    const { merchantId } = day.trade.stall
    expect((await wang.page(`/office/problems?state=all&merchantId=${merchantId}`)).html).toContain("叶子烂了")
    expect((await wang.page(`/office/problems?state=all&merchantId=${gateway.ctx.random.uuid()}`)).html).not.toContain(
      "叶子烂了",
    )
    const stranger = await person("zhao", ["traces:read"], [day.trade.baseA.siteId])
    for (const path of [`/office/traces/${bag.recordId}`, `/office/sales/${saleOf(bag)}`]) {
      expect([path, (await stranger.page(path)).status]).toEqual([path, 403])
    }
    expect((await wang.page(`/office/sales/${terminalToHex(terminalId)}/999999`)).status).toBe(404)
    expect((await wang.page("/office/traces/00")).status).toBe(400)
  })
})
