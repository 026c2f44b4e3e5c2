// How often each question waits for the database, once what piles hold is remembered and nothing was read a moment ago.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readDayOrigins } from "@suyuan/api/balance/day-origins"
import { readMassBalance } from "@suyuan/api/balance/mass-balance"
import { readStallOrigins } from "@suyuan/api/balance/stall-origins"
import type { Context } from "@suyuan/api/context"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { readDayCoverage } from "@suyuan/api/inspections/read-day-coverage"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { findOutbreakSources } from "@suyuan/api/recalls/outbreak-sources"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { readSample, readSampledPile, type SampledPile } from "@suyuan/api/recalls/sampled-pile"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { resolve } from "@suyuan/api/trace/resolve"
import { walkPiles } from "@suyuan/api/trace/walk-pile"
import { type TestGateway, testGateway } from "../../support/context"
import { type CountedTrips, countRoundTrips } from "../../support/counting"
import { nextMoment, openTrade, secondsOf, type Trade } from "../../support/goods"
import { cabbage } from "../../support/selling"
import { operator } from "../../support/stall"
import { skipToAfternoon, tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

const { sell, harvest, enterOutside } = tradingAt(() => gateway)

let gateway: TestGateway
let trade: Trade
let counted: CountedTrips
let day: string
let lot: string
let bag: string
let inspectionId: string
beforeAll(async () => {
  gateway = await testGateway()
  day = skipToAfternoon(gateway)
  const { ctx } = gateway
  trade = await openTrade(ctx)
  const { baseA, baseB, wholesaler, stall, wholesalerWallet, stallWallet, consumer } = trade
  lot = await harvest(baseA, 20_000)
  await harvest(baseB, 20_000)
  await sell(baseA, 9000, wholesalerWallet)
  await sell(baseB, 8000, wholesalerWallet)
  await enterOutside(wholesaler, 500)
  await sell(wholesaler, 6000, stallWallet)
  await sell(stall, 1000, consumer)
  while ((await rememberPurchases(ctx)) > 0);
  await walkPiles(
    ctx,
    [baseA, baseB, wholesaler, stall].map(({ merchantId }) => pileIdOf(merchantId, cabbage, null)),
  )
  // After what is remembered there is a purchase, a sample and a sale: the hardest case of those that are remembered.
  await sell(wholesaler, 3000, stallWallet)
  inspectionId = await failASample()
  bag = (await sell(stall, 1500, consumer)).recordId
  while ((await rememberPurchases(ctx)) > 0);
  await findSources(ctx)
  counted = countRoundTrips(ctx)
})
afterAll(async () => {
  await counted?.end()
  await gateway?.close()
})

async function failASample(): Promise<string> {
  const { ctx, clock } = gateway
  nextMoment(clock)
  const [id, at] = [ctx.random.uuid(), secondsOf(ctx)]
  await enterInspection(ctx, operator, {
    ...{ id, merchantId: trade.stall.merchantId },
    body: {
      ...{ sampleNumber: "KJ", commodity: cabbage, lot: undefined, sampledAtSeconds: at, testedAtSeconds: at },
      ...{ method: "酶抑制率法", standard: "NY/T 448-2001", limitPermille: 700, inhibitionPermille: 900 },
      ...{ retestOf: undefined, conclusion: "failed", instrument: "NC", testerRole: "inspector" },
    },
  })
  return id
}

const questions: Record<string, (ctx: Context) => Promise<unknown>> = {
  "the origin of a sale": (ctx) => readTrace(ctx, ctx.db, bag, "purchase"),
  "the origin of what a stall has now": (ctx) => readStallOrigins(ctx, operator, trade.stall.merchantId),
  "the origin of a market's day": (ctx) => readDayOrigins(ctx, operator, { siteId: trade.stall.siteId, day }),
  "where a lot went": (ctx) => readRecallScope(ctx, operator, { kind: "lots", lotIds: [lot] }),
  "which lots and merchants explain affected sales": (ctx) => findOutbreakSources(ctx, operator, [bag]),
  "the mass balance of a stall": (ctx) => readMassBalance(ctx, operator, { merchantId: trade.stall.merchantId, day }),
  "the mass balance of a market": (ctx) => readMassBalance(ctx, operator, { siteId: trade.stall.siteId, day }),
  "the coverage of a market's day": (ctx) =>
    readDayCoverage(ctx, ctx.db, operator, { siteId: trade.stall.siteId, day }),
}

for (const [question, ask] of Object.entries(questions)) {
  test(`${question}: at most three round trips`, async () => {
    // Names, lots and their checks that were read a moment ago do not count.
    gateway.clock.advance(20_000)
    expect(await counted.roundTripsOf(ask)).toBeLessThanOrEqual(3)
  })
}

test("where the goods of a sample went: three, at first too, and once a recall has frozen what was in it", async () => {
  gateway.clock.advance(20_000)
  const set = { kind: "inspection", inspectionId } as const
  expect(await counted.roundTripsOf((ctx) => readRecallScope(ctx, operator, set))).toBe(3)
  const { id } = await draftRecall(gateway.ctx, operator, { id: gateway.ctx.random.uuid(), set, reason: "农残超标" })
  // The first look of all is noted as well.
  await readScopeOfRecall(gateway.ctx, operator, id)
  expect(await counted.roundTripsOf((ctx) => readScopeOfRecall(ctx, operator, id))).toBeLessThanOrEqual(3)
})

test("what was in a sample is the same from what is remembered and from the whole history", async () => {
  const sample = await readSample(gateway.ctx.db, inspectionId)
  const whole = await readSampledPile(gateway.ctx.db, { ...sample, start: undefined }, gateway.clock.nowMs())
  const heldIn = ({ histories, presence, inflows }: SampledPile) => {
    const live = resolve(histories, { keep: () => false })?.piles.get(sample.pileId)?.live ?? []
    return { sources: live.map(({ sourceId }) => sourceId).toSorted(), presence, inflows }
  }
  expect(sample.known && heldIn(sample.known)).toEqual(heldIn(whole))
  expect(heldIn(whole)).toMatchObject({ sources: { length: 3 }, inflows: { length: 2 } })
})

/**
 * Of three levels of which nothing is remembered: two round trips a level, and for what a stall or a market has now the
 * walks that remember it. Where a lot went and what balances say is read without any of it.
 */
const coldMax: Record<string, number> = {
  "the origin of a sale": 8,
  "the origin of what a stall has now": 15,
  "the origin of a market's day": 19,
  "the coverage of a market's day": 7,
}

for (const [question, ask] of Object.entries(questions)) {
  const most = coldMax[question] ?? 3
  test(`${question}: at most ${most} where nothing is remembered`, async () => {
    await forgetEverything()
    gateway.clock.advance(20_000)
    expect(await counted.roundTripsOf(ask)).toBeLessThanOrEqual(most)
  })
}

async function forgetEverything(): Promise<void> {
  await gateway.ctx.sql`DELETE FROM pile_days`
  await gateway.ctx.sql`DELETE FROM pile_sums`
  await gateway.ctx.sql`DELETE FROM stated_days`
  await gateway.ctx.sql`UPDATE bought_origins SET origins = NULL`
}
