import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { readBoughtOrigins } from "@suyuan/api/trace/bought-origins"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { boughtOrigins, pileEvents } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { openTrade, type Trade } from "../../support/goods"
import { refundOnPlatform } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)

const pileOf = ({ merchantId }: SellingTerminal) => pileIdOf(merchantId, cabbage, null)

async function remembered() {
  const purchases = await gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(eq(pileEvents.source, "purchase"))
    .orderBy(pileEvents.effectiveAt)
  const known = await readBoughtOrigins(gateway.ctx.db, purchases)
  return purchases.map((row) => known.get(`${row.upstreamRecordId}#${row.upstreamLine}`))
}

test("what merchants bought is found out once, with its way, and counts until its seller's past is revised", async () => {
  const lot = await harvest(trade.baseA, 9000)
  await sell(trade.baseA, 6000, trade.wholesalerWallet)
  await sell(trade.wholesaler, 4000, trade.stallWallet)
  expect(await remembered()).toEqual([undefined, undefined])

  expect(await rememberPurchases(gateway.ctx)).toBe(2)
  expect(await rememberPurchases(gateway.ctx)).toBe(0)
  const [, cart] = await remembered()
  expect(cart?.sources).toEqual([{ sourceId: lot, mustGrams: 4000, mayGrams: 4000 }])
  expect(cart?.stops.map(({ level, pileId, harvested }) => [level, pileId, harvested])).toEqual([
    [0, pileOf(trade.wholesaler), false],
    [1, pileOf(trade.baseA), true],
  ])
  expect(new Set(cart?.suppliers.keys())).toEqual(new Set([pileOf(trade.wholesaler), pileOf(trade.baseA)]))

  expect(cart?.expected).toMatchObject({ grams: 4000, sources: [[lot, 4000]] })

  // More of the day's trade revises nothing.
  await sell(trade.wholesaler, 500, trade.consumer)
  expect((await remembered()).filter((one) => one !== undefined)).toHaveLength(2)
  // Sold beyond the book: the missing goods may have been in the cart.
  await sell(trade.wholesaler, 2500, trade.consumer)
  expect((await remembered()).map((one) => one !== undefined)).toEqual([true, false])
})

test("a purchase that cannot be found out holds up no other", async () => {
  const { ctx, clock } = gateway
  await harvest(trade.baseB, 9000)
  await sell(trade.baseB, 1000, trade.wholesalerWallet)
  await sell(trade.baseB, 1000, trade.stallWallet)
  let asked = 0
  const nowMs = () => {
    asked += 1
    if (asked === 1) throw new Error("not this one")
    return clock.nowMs()
  }
  const before = (await remembered()).filter((one) => one !== undefined).length
  expect(await rememberPurchases({ ...ctx, clock: { nowMs } })).toBe(2)
  expect((await remembered()).filter((one) => one !== undefined)).toHaveLength(before + 1)
  expect(await rememberPurchases(ctx)).toBe(0)
})

test("a line that was taken back is remembered as nothing, and nobody looks for it again", async () => {
  await harvest(trade.baseB, 9000)
  const sale = await sell(trade.baseB, 3000, trade.stallWallet)
  await refundOnPlatform(gateway.ctx, sale, { goods: "not-handed-over", amountFen: sale.amountFen })
  expect(await rememberPurchases(gateway.ctx)).toBe(1)
  expect(await rememberPurchases(gateway.ctx)).toBe(0)
  expect(
    await gateway.ctx.db
      .select()
      .from(boughtOrigins)
      .where(eq(boughtOrigins.recordId, sale.recordId ?? "")),
  ).toEqual([])
})
