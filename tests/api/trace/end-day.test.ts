import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { gatewayActor } from "@suyuan/api/actor"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { endDay } from "@suyuan/api/trace/end-day"
import type { StatedInflow } from "@suyuan/api/trace/issue-statement"
import { sites } from "@suyuan/drizzle/schema/participants"
import { lots, originStatements } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade } from "../../support/goods"
import { payOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

let counter = 0
async function sell(seller: SellingTerminal, grams: number, buyer: TestBuyer) {
  nextMoment(gateway.clock)
  counter += 1
  const code = await seller.code(counter, [gramsOf(1, grams)])
  await seller.deliver(await seller.envelope("sale", seller.saleBody(code)))
  return payOnPlatform(gateway.ctx, code, buyer)
}

async function harvest(base: SellingTerminal, grams: number): Promise<string> {
  nextMoment(gateway.clock)
  const lot = gateway.ctx.random.uuid()
  await base.deliver(await base.envelope("harvest", harvestBody(gateway.ctx, lot, grams)))
  return lot
}

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
