import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { gatewayActor } from "@suyuan/api/actor"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { endDay, endDaysThatAreOver } from "@suyuan/api/trace/end-day"
import type { StatedInflow } from "@suyuan/api/trace/issue-statement"
import { keepDayMark, readDayMark } from "@suyuan/api/trace/stated-days"
import { sites } from "@suyuan/drizzle/schema/participants"
import { lots, originStatements, pileRevisions } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade } from "../../support/goods"
import { refundOnPlatform, saleRow } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { operatorWithout, refusalOf } from "../../support/stall"
import { skipToAfternoon, tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)

test("[RG-23] a statement names no lot that was over before its goods were sold, as a trace does", async () => {
  const trade = await openTrade(gateway.ctx)
  const [over, fresh] = [await harvest(trade.baseA, 1000), await harvest(trade.baseA, 1000)]
  const first = await sell(trade.baseA, 1000, trade.consumer)
  await gateway.ctx.db
    .update(lots)
    .set({ expiresAt: new Date(first.effectiveAt.getTime() + 5000) })
    .where(eq(lots.id, over))
  const bought = await sell(trade.baseA, 500, trade.wholesalerWallet)
  expect(bought.effectiveAt.getTime()).toBeGreaterThan(first.effectiveAt.getTime() + 10_000)

  const pileId = pileIdOf(trade.wholesaler.merchantId, cabbage, null)
  const [site] = await gateway.ctx.db.select().from(sites).where(eq(sites.id, trade.wholesaler.siteId))
  if (!site) throw new Error("the wholesaler has no site")
  const businessDay = businessDayOf(site, bought.effectiveAt)
  const { statements } = await endDay(gateway.ctx, gatewayActor, { siteId: site.id, businessDay })
  expect(statements).toHaveLength(1)
  const [stated] = await gateway.ctx.db.select().from(originStatements).where(eq(originStatements.pileId, pileId))
  const [inflow] = (stated?.inflows ?? []) as StatedInflow[]
  expect(inflow?.sources).toEqual([{ source: fresh, lowGrams: 500, highGrams: 500 }])
  // Said once.
  expect(await endDay(gateway.ctx, gatewayActor, { siteId: site.id, businessDay })).toEqual({ statements: [] })
})

/** What is stated of the goods that came to this terminal today, by when they came. */
async function stated(terminal: SellingTerminal): Promise<StatedInflow["sources"][]> {
  const { ctx, clock } = gateway
  const [site] = await ctx.db.select().from(sites).where(eq(sites.id, terminal.siteId))
  if (!site) throw new Error("no site")
  const businessDay = businessDayOf(site, new Date(clock.nowMs()))
  const { statements } = await endDay(ctx, gatewayActor, { siteId: site.id, businessDay })
  const [found] = await ctx.db
    .select()
    .from(originStatements)
    .where(eq(originStatements.recordId, statements[0] ?? ""))
  return ((found?.inflows ?? []) as StatedInflow[]).map(({ sources }) => sources)
}

test("[RG-15] of goods that arrived short, what stayed behind may have been any of them", async () => {
  const trade = await openTrade(gateway.ctx)
  skipToAfternoon(gateway)
  const [a, b] = [await harvest(trade.baseA, 6000), await harvest(trade.baseB, 4000)]
  await sell(trade.baseA, 6000, trade.wholesalerWallet)
  await sell(trade.baseB, 4000, trade.wholesalerWallet)
  const sale = await sell(trade.wholesaler, 10_000, trade.stallWallet)
  nextMoment(gateway.clock)
  const accepted = arrivalBody(gateway.ctx, sale.recordId, "accepted", 8000)
  await trade.stall.deliver(await trade.stall.envelope("arrival", accepted))
  const ranges = [
    { source: a, lowGrams: 4000, highGrams: 6000 },
    { source: b, lowGrams: 2000, highGrams: 4000 },
  ]
  expect(await stated(trade.stall)).toEqual([ranges.sort((x, y) => (x.source < y.source ? -1 : 1))])
})

test("[RG-5] goods that a consumer brought back are stated with the range of what had left", async () => {
  const trade = await openTrade(gateway.ctx)
  skipToAfternoon(gateway)
  const lot = await harvest(trade.baseA, 1000)
  const { terminalId, counter, day } = await sell(trade.baseA, 1000, trade.consumer)
  nextMoment(gateway.clock)
  const sale = await saleRow(gateway.ctx, { terminalId, counter, day })
  await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 600]] })
  expect(await stated(trade.baseA)).toEqual([
    [{ source: lot, lowGrams: 1000, highGrams: 1000 }],
    [{ source: lot, lowGrams: 600, highGrams: 600 }],
  ])
})

describe("days that are over", () => {
  const over = () => endDaysThatAreOver(gateway.ctx)
  const statementsOf = (terminal: SellingTerminal) =>
    gateway.ctx.db
      .select()
      .from(originStatements)
      .where(eq(originStatements.pileId, pileIdOf(terminal.merchantId, cabbage, null)))
      .orderBy(originStatements.businessDay, originStatements.version)

  test("are looked at once, and again only where something happened that they follow from", async () => {
    const trade = await openTrade(gateway.ctx)
    // Far from the ends of a day, wherever its calendar begins it, and after all that other tests did.
    const noonMs =
      Date.parse(`${new Date(gateway.clock.nowMs()).toISOString().slice(0, 10)}T03:00:00Z`) + 2 * 86_400_000
    gateway.clock.advance(noonMs - gateway.clock.nowMs())
    await over()
    const lot = await harvest(trade.baseA, 5000)
    const late = await trade.baseB.envelope("harvest", harvestBody(gateway.ctx, gateway.ctx.random.uuid(), 4000))
    nextMoment(gateway.clock)
    const fromB = await sell(trade.baseB, 1000, trade.wholesalerWallet)
    await sell(trade.baseA, 3000, trade.wholesalerWallet)
    await sell(trade.wholesaler, 2000, trade.stallWallet)
    expect(await statementsOf(trade.stall)).toEqual([])
    gateway.clock.advance(86_400_000)
    expect(await over()).toEqual({ looked: 3, issued: 3 })
    expect(await over()).toEqual({ looked: 0, issued: 0 })

    // What happens now says nothing of then.
    await harvest(trade.baseA, 1000)
    await sell(trade.wholesaler, 100, trade.consumer)
    expect(await over()).toEqual({ looked: 0, issued: 0 })

    // The other base's tablet was offline: the wholesaler's goods, and the stall's, follow from what it says.
    const [before] = await statementsOf(trade.stall)
    const [came] = (before?.inflows ?? []) as StatedInflow[]
    expect(came?.sources.map(({ source }) => source)).toEqual([lot, "unknown"].sort())
    await trade.baseB.deliver(late)
    expect(await over()).toEqual({ looked: 3, issued: 3 })
    expect((await statementsOf(trade.stall)).map(({ version }) => version)).toEqual([1, 2])
    expect(await over()).toEqual({ looked: 0, issued: 0 })

    // An answer of today changes what came in yesterday: at the wholesaler's, and downstream of it.
    nextMoment(gateway.clock)
    const refusal = arrivalBody(gateway.ctx, fromB.recordId ?? "", "refused")
    await trade.wholesaler.deliver(await trade.wholesaler.envelope("arrival", refusal))
    expect(await over()).toEqual({ looked: 3, issued: 2 })
    expect((await statementsOf(trade.wholesaler)).map(({ version }) => version)).toEqual([1, 2, 3])
  })

  test("are revised by what a tablet says that was offline for weeks", async () => {
    const { ctx, clock } = gateway
    const trade = await openTrade(ctx)
    const noonMs = Date.parse(`${new Date(clock.nowMs()).toISOString().slice(0, 10)}T03:00:00Z`) + 2 * 86_400_000
    clock.advance(noonMs - clock.nowMs())
    const lot = ctx.random.uuid()
    const late = await trade.baseA.envelope("harvest", harvestBody(ctx, lot, 4000))
    await sell(trade.baseA, 1000, trade.stallWallet)
    clock.advance(86_400_000)
    await over()
    clock.advance(10 * 86_400_000)
    await over()
    expect((await statementsOf(trade.stall)).map(({ version }) => version)).toEqual([1])
    await trade.baseA.deliver(late)
    for (let hour = 0; hour < 29; hour += 1) {
      await over()
      clock.advance(3_600_000)
    }
    const [first, second] = (await statementsOf(trade.stall)).map(
      ({ inflows }) => (inflows as StatedInflow[])[0]?.sources,
    )
    expect(first?.map(({ source }) => source)).toEqual(["unknown"])
    expect(second).toEqual([{ source: lot, lowGrams: 1000, highGrams: 1000 }])
  })

  test("of thousands of suppliers are looked at once too, and again when one of them is revised", async () => {
    const { ctx, clock } = gateway
    const trade = await openTrade(ctx)
    const noonMs = Date.parse(`${new Date(clock.nowMs()).toISOString().slice(0, 10)}T03:00:00Z`) + 2 * 86_400_000
    clock.advance(noonMs - clock.nowMs())
    await over()
    await harvest(trade.baseA, 5000)
    const name = {
      pileId: pileIdOf(trade.baseA.merchantId, cabbage, null),
      businessDay: new Date(clock.nowMs()).toISOString().slice(0, 10),
    }
    const untilMs = clock.nowMs()
    clock.advance(86_400_000)
    const supplierIds = Array.from({ length: 2000 }, () => toHex(ctx.random.bytes(16)))
    const suppliers = new Map(supplierIds.map((id) => [id, { untilMs, revisions: 0 }]))
    expect(await over()).toEqual({ looked: 1, issued: 1 })
    const mark = await readDayMark(ctx.db, name)
    await ctx.db.transaction((tx) => keepDayMark(tx, name, mark, suppliers))
    expect(await over()).toEqual({ looked: 0, issued: 0 })
    const since = new Date(untilMs - 1000)
    await ctx.db.insert(pileRevisions).values({ pileId: supplierIds[1500] ?? "", since, revisions: 1, shortfalls: 0 })
    expect(await over()).toEqual({ looked: 1, issued: 0 })
  })

  test("an event within a day that is not over yet is looked at when it is", async () => {
    const trade = await openTrade(gateway.ctx)
    const { siteId } = trade.baseA
    await harvest(trade.baseA, 5000)
    const [site] = await gateway.ctx.db.select().from(sites).where(eq(sites.id, siteId))
    if (!site) throw new Error("no site")
    const businessDay = businessDayOf(site, new Date(gateway.clock.nowMs()))
    expect((await endDay(gateway.ctx, gatewayActor, { siteId, businessDay })).statements).toHaveLength(1)
    expect((await endDay(gateway.ctx, gatewayActor, { siteId, businessDay })).statements).toEqual([])
    await harvest(trade.baseA, 600)
    expect((await endDay(gateway.ctx, gatewayActor, { siteId, businessDay })).statements).toHaveLength(1)
    expect((await statementsOf(trade.baseA)).map(({ version }) => version)).toEqual([1, 2])
  })

  test("refuses the wrong actor", async () => {
    const { baseA } = await openTrade(gateway.ctx)
    const input = { siteId: baseA.siteId, businessDay: "2026-03-01" }
    expect(await refusalOf(endDay(gateway.ctx, operatorWithout("traces:write"), input))).toBe("request/forbidden")
  })
})
