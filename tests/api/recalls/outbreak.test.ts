import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { findOutbreakSources } from "@suyuan/api/recalls/outbreak-sources"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
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
