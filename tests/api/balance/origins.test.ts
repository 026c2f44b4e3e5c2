// Where a stall's goods are from now, and a market's of a day, against the ranges of the sales themselves.
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { readDayOrigins } from "@suyuan/api/balance/day-origins"
import { readStallOrigins } from "@suyuan/api/balance/stall-origins"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { walkPile } from "@suyuan/api/trace/walk-pile"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { countRoundTrips, countStatements } from "../../support/counting"
import { nextMoment, openTrade, rangesOf, secondsOf, type Trade } from "../../support/goods"
import type { TestBuyer } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { dayInChina, skipToAfternoon, tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
let day: string
beforeAll(async () => {
  gateway = await testGateway()
  day = skipToAfternoon(gateway)
})
beforeEach(async () => {
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const { harvest, enterOutside, ...trading } = tradingAt(() => gateway)
const sell = async (...sale: Parameters<typeof trading.sell>) => (await trading.sell(...sale)).recordId

const dayOf = async (at: SellingTerminal, ctx = gateway.ctx) =>
  (await readDayOrigins(ctx, operator, { siteId: at.siteId, day })).goods[0]

/** Two bases' goods, mixed by the wholesaler, at the stall. Returns the first base's lot. */
async function stockStall(): Promise<string> {
  const lotA = await harvest(trade.baseA, 10_000)
  await harvest(trade.baseB, 10_000)
  await sell(trade.baseA, 6000, trade.wholesalerWallet)
  await sell(trade.baseB, 4000, trade.wholesalerWallet)
  await sell(trade.wholesaler, 7000, trade.stallWallet)
  return lotA
}

describe("a market's day", () => {
  test("adds the runs of its sales up: what must and may be from each base, county and province, and unknown", async () => {
    const lotA = await stockStall()
    // Sold between two purchases, and after the second: 3,000 of 7,000 with at least 3,000 A of 6,000.
    const bags: string[] = []
    for (const grams of [1000, 1500, 500]) bags.push(await sell(trade.stall, grams, trade.consumer))
    await enterOutside(trade.stall, 2000)
    const last = await sell(trade.stall, 5500, trade.consumer)
    const found = await dayOf(trade.stall)
    const [a, b] = [trade.baseA.siteId, trade.baseB.siteId]
    const ofLast = await rangesOf(gateway.ctx, last)
    // By hand: the first 3,000 hold nothing unknown, of the last 5,500 no more than 2,000 are.
    expect(found).toMatchObject({ commodity: cabbage, nameZh: "大白菜", soldGrams: 8500 })
    expect(found?.unknown).toEqual({ mustGrams: ofLast.unknown?.[0] ?? 0, mayGrams: 2000 })
    expect(found?.provinces).toEqual([{ place: "北京", name: "北京", mustGrams: 6500, mayGrams: 7000 }])
    expect(found?.counties).toMatchObject([{ place: "110106" }])
    const bases = new Map(found?.bases.map(({ place, ...grams }) => [place, grams]))
    expect([...bases.keys()].toSorted()).toEqual([a, b].toSorted())
    expect(bases.get(b)?.mustGrams).toBe(0)
    // No wider than what each bag's own range allows, and never narrower than what they must hold.
    const ranges = await Promise.all([...bags, last].map((bag) => rangesOf(gateway.ctx, bag)))
    const sumOf = (end: 0 | 1) => ranges.reduce((sum, range) => sum + (range[lotA]?.[end] ?? 0), 0)
    expect(bases.get(a)?.mustGrams).toBeGreaterThanOrEqual(sumOf(0))
    expect(bases.get(a)?.mayGrams).toBeLessThanOrEqual(sumOf(1))
  })

  test("holds the range of the one sale that was made", async () => {
    await stockStall()
    await enterOutside(trade.stall, 500)
    const bag = await sell(trade.stall, 6500, trade.consumer)
    const ranges = await rangesOf(gateway.ctx, bag)
    const found = await dayOf(trade.stall)
    const bases = found?.bases.map(({ mustGrams, mayGrams }) => [mustGrams, mayGrams])
    const { unknown, ...lots } = ranges
    expect(bases?.toSorted()).toEqual(Object.values(lots).toSorted())
    expect(found?.unknown).toEqual({ mustGrams: unknown?.[0] ?? 0, mayGrams: unknown?.[1] ?? 0 })
  })

  test("leaves out what was thrown away, and days before; a day after begins with what is remembered", async () => {
    await stockStall()
    await sell(trade.stall, 1000, trade.consumer)
    nextMoment(gateway.clock)
    const said = {
      commodity: cabbage,
      lot: undefined,
      weightGrams: 700,
      reason: "spoiled",
      sentBackOf: undefined,
    } as const
    await trade.stall.deliver(await trade.stall.envelope("waste", { ...said, wastedAtSeconds: secondsOf(gateway.ctx) }))
    expect((await dayOf(trade.stall))?.soldGrams).toBe(1000)
    const first = day
    await walkPile(gateway.ctx, pileIdOf(trade.stall.merchantId, cabbage, null))
    gateway.clock.advance(86_400_000)
    day = dayInChina(gateway.clock.nowMs())
    await sell(trade.stall, 400, trade.consumer)
    const remembered = await dayOf(trade.stall)
    await gateway.ctx.db.execute("DELETE FROM pile_days")
    expect(await dayOf(trade.stall)).toEqual(remembered)
    expect(remembered?.soldGrams).toBe(400)
    day = first
    expect((await dayOf(trade.stall))?.soldGrams).toBe(1000)
    day = dayInChina(gateway.clock.nowMs())
  })

  test("costs three round trips when purchases are remembered, and not a row a sale", async () => {
    await stockStall()
    for (let sale = 0; sale < 12; sale++) await sell(trade.stall, 200 + sale, trade.consumer)
    while ((await rememberPurchases(gateway.ctx)) > 0);
    const counted = countStatements(gateway.ctx)
    await dayOf(trade.stall)
    // Site and piles; rows beside what was bought, at once; lots were read a moment ago.
    expect(await counted.statementsOf((ctx) => dayOf(trade.stall, ctx))).toBeLessThanOrEqual(4)
    expect(await counted.statementsOf((ctx) => dayOf(trade.stall, ctx))).toBe(3)
    await counted.end()
  })
})

describe("a stall now", () => {
  test("says of each pile what must and may be in it, for the merchant, its operator and inspectors alone", async () => {
    await stockStall()
    const { merchantId, siteId } = trade.stall
    const read = (actor: Actor) => readStallOrigins(gateway.ctx, actor, merchantId)
    const buyer = (wallet: TestBuyer) => ({ kind: "buyer", id: wallet.id, siteIds: [], scopes: [] }) as const
    const own = await read(buyer(trade.stallWallet))
    expect(own).toMatchObject({ merchantId, siteId, piles: [{ commodity: cabbage, nameZh: "大白菜", lotId: null }] })
    expect(own.piles[0]?.origin).toMatchObject({ grams: 7000, unknown: { mayGrams: 0 } })
    expect((await read({ ...operatorOf(siteId), kind: "inspector" })).piles).toHaveLength(1)
    const elsewhere = await makeStall(gateway.ctx)
    for (const actor of [
      buyer(trade.wholesalerWallet),
      operatorOf(elsewhere.siteId),
      operatorWithout("traces:read"),
      { kind: "merchant", id: elsewhere.merchantId, siteIds: [siteId], scopes: [] } as const,
    ]) {
      expect(await refusalOf(read(actor))).toBe("request/forbidden")
    }
    for (const actor of [operatorOf(elsewhere.siteId), buyer(trade.stallWallet), operatorWithout("traces:read")]) {
      expect(await refusalOf(readDayOrigins(gateway.ctx, actor, { siteId, day }))).toBe("request/forbidden")
    }
  })

  test("costs three round trips when its piles are remembered", async () => {
    await stockStall()
    const read = (ctx = gateway.ctx) => readStallOrigins(ctx, operator, trade.stall.merchantId)
    await read()
    await sell(trade.stall, 100, trade.consumer)
    const { roundTripsOf, end } = countRoundTrips(gateway.ctx)
    expect(await roundTripsOf(read)).toBe(3)
    expect(await roundTripsOf(read)).toBe(2)
    await end()
  })

  test("both answer over HTTP", async () => {
    await stockStall()
    await sell(trade.stall, 1000, trade.consumer)
    const app = testApp(gateway.ctx)
    const { merchantId, siteId } = trade.stall
    const own = await app.request(`/origins/merchants/${merchantId}`, {
      headers: await sessionOf(gateway.ctx, trade.stallWallet),
    })
    expect(await own.json()).toMatchObject({ piles: [{ origin: { grams: 6000 } }] })
    const headers = await tokenOf(gateway.ctx, ["traces:read"], siteId)
    const market = await app.request(`/origins/sites/${siteId}/${day}?commodity=${cabbage}`, { headers })
    expect(await market.json()).toMatchObject({ day, isOver: false, goods: [{ soldGrams: 1000 }] })
    const later = await app.request(`/origins/sites/${siteId}/2999-01-01`, { headers })
    expect(await later.json()).toMatchObject({ code: "statement/day-not-begun" })
    const bad = await app.request(`/origins/sites/${siteId}/yesterday`, { headers })
    expect(await bad.json()).toMatchObject({ code: "request/malformed", field: "day" })
    expect((await app.request(`/origins/merchants/${merchantId}`)).status).toBe(401)
  })
})
