import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { findOutbreakSources } from "@suyuan/api/recalls/outbreak-sources"
import { rememberPiles } from "@suyuan/api/trace/remember-piles"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { openTrade, rangesOf } from "../../support/goods"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { tradingAt } from "../../support/trading"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let day: Day
let affected: string[]
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
  affected = day.bags.map(({ recordId }) => recordId)
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)

test("[RC-18] ranks the lots and merchants that affected purchases can have come from, with what each sale may hold", async () => {
  const { sales, lots, merchants } = await findOutbreakSources(gateway.ctx, operator, affected)
  expect(sales.toSorted()).toEqual(affected.toSorted())
  // Five of the stall's eight kilograms came after the lot did, and it is half as heavy as the other.
  expect(lots.map(({ id }) => id.lotId)).toEqual([day.lot, day.otherLot])
  expect(lots[0]).toMatchObject({ possibleSales: 3, certainSales: 0 })
  expect(lots[0]?.shares[0]).toMatchObject({ grams: 1500, mayGrams: 1500 })
  const { baseA, wholesaler, stall } = day.trade
  const found = new Map(merchants.map((merchant) => [merchant.id.merchantId, merchant]))
  expect(found.get(stall.merchantId)).toMatchObject({ possibleSales: 3, certainSales: 3 })
  expect(found.get(wholesaler.merchantId)).toMatchObject({ possibleSales: 3, certainSales: 3 })
  expect(found.get(baseA.merchantId)?.possibleSales).toBe(3)
})

test("[RG-23] goods that lay for longer than they are said to keep are of their lot, where that is remembered", async () => {
  const { baseA, stall, stallWallet, consumer } = await openTrade(gateway.ctx)
  const lot = await harvest(baseA, 9000)
  await sell(baseA, 5000, stallWallet)
  const bags: string[] = []
  // Of the last, nothing was remembered in the weeks before.
  for (const days of [15, 20, 40]) {
    gateway.clock.advance(3_700_000)
    await rememberPiles(gateway.ctx)
    gateway.clock.advance(days * 86_400_000)
    const { recordId } = await sell(stall, 700, consumer)
    expect(await rangesOf(gateway.ctx, recordId)).toEqual({ [lot]: [700, 700] })
    bags.push(recordId)
  }
  for (const asked of [bags, ...bags.map((bag) => [bag])]) {
    const { lots } = await findOutbreakSources(gateway.ctx, operator, asked)
    const sales = asked.length
    expect(lots).toMatchObject([{ id: { lotId: lot }, possibleSales: sales, certainSales: sales }])
  }
})

test("takes three statements at most", async () => {
  const counted = countStatements(gateway.ctx)
  expect(await counted.statementsOf((ctx) => findOutbreakSources(ctx, operator, affected))).toBeLessThanOrEqual(3)
  await counted.end()
})

test("is for who may ask, about sales of their sites that there are", async () => {
  const { ctx } = gateway
  expect(await refusalOf(findOutbreakSources(ctx, operatorWithout("recalls:read"), affected))).toBe("request/forbidden")
  expect(await refusalOf(findOutbreakSources(ctx, operator, ["4fcd".repeat(8)]))).toBe("recall/sales-unknown")
  const elsewhere = operatorOf(day.trade.baseB.siteId)
  expect(await refusalOf(findOutbreakSources(ctx, elsewhere, affected))).toBe("recall/sales-unknown")
  const app = testApp(ctx)
  const ask = async (scope: "recalls:read" | "traces:read", recordIds: unknown) => {
    const headers = { ...(await tokenOf(ctx, [scope])), "Content-Type": "application/json" }
    const response = await app.request("/outbreaks/sources", {
      method: "POST",
      headers,
      body: JSON.stringify({ recordIds }),
    })
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  expect(await ask("recalls:read", affected)).toEqual([200, undefined])
  expect(await ask("traces:read", affected)).toEqual([403, "request/forbidden"])
  expect(await ask("recalls:read", ["all"])).toEqual([400, "request/malformed"])
})
