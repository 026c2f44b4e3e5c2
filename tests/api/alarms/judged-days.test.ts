// Days are judged by a job again and again, and most of them are as they were: those it leaves alone.
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test"
import { judgeDays } from "@suyuan/api/alarms/judge-days"
import { markToJudge } from "@suyuan/api/alarms/judged-days"
import type { Context } from "@suyuan/api/context"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment, openTrade, type Trade } from "../../support/goods"
import { gramsOf } from "../../support/selling"
import { skipToAfternoon, tradingAt } from "../../support/trading"

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

const { sell, nextCounter } = tradingAt(() => gateway)

const hourMs = 3_600_000
const after = (ms: number): Context => ({ ...gateway.ctx, clock: { nowMs: () => gateway.clock.nowMs() + ms } })
const tomorrow = () => after(24 * hourMs)

async function isDue(at: Context): Promise<boolean> {
  return (await markToJudge(at, { siteId: trade.stall.siteId, day })) !== undefined
}

test("a day is due until it was judged, and again once it is over", async () => {
  await sell(trade.wholesaler, 2000, trade.stallWallet)
  await sell(trade.stall, 1000, trade.consumer)
  expect(await isDue(gateway.ctx)).toBe(true)
  await judgeDays(gateway.ctx)
  expect(await isDue(gateway.ctx)).toBe(false)
  expect(await isDue(tomorrow())).toBe(true)
  await judgeDays(tomorrow())
  expect(await isDue(tomorrow())).toBe(false)
})

test("a day that goes on is due after the next sale, and one that is over is not", async () => {
  await sell(trade.wholesaler, 2000, trade.stallWallet)
  await judgeDays(gateway.ctx)
  await sell(trade.stall, 500, trade.consumer)
  expect(await isDue(gateway.ctx)).toBe(true)

  await judgeDays(tomorrow())
  gateway.clock.advance(24 * hourMs)
  try {
    await sell(trade.stall, 500, trade.consumer)
    expect(await isDue(gateway.ctx)).toBe(false)
  } finally {
    gateway.clock.advance(-24 * hourMs)
  }
})

test("a sale that comes late makes its day due, though newer ones are known", async () => {
  await sell(trade.wholesaler, 4000, trade.stallWallet)
  nextMoment(gateway.clock)
  const code = await trade.stall.code(nextCounter(), [gramsOf(1, 250)])
  const late = await trade.stall.envelope("sale", trade.stall.saleBody(code, "cash"))
  await sell(trade.stall, 500, trade.consumer)
  await judgeDays(tomorrow())
  expect(await isDue(tomorrow())).toBe(false)
  await trade.stall.deliver(late)
  expect(await isDue(tomorrow())).toBe(true)
})

test("a wallet that turns out to be somebody's makes the site's days due", async () => {
  await sell(trade.wholesaler, 2000, trade.stallWallet)
  await judgeDays(tomorrow())
  const [bound] = await gateway.ctx.db.select().from(bindings).where(eq(bindings.siteId, trade.stall.siteId))
  if (!bound) throw new Error("the stall has a wallet")
  expect(await isDue(tomorrow())).toBe(false)
  await gateway.ctx.db
    .update(bindings)
    .set({ state: "ended", validTo: new Date(gateway.clock.nowMs()) })
    .where(eq(bindings.id, bound.id))
  expect(await isDue(tomorrow())).toBe(true)
})

test("what no mark tells is seen after six hours", async () => {
  await sell(trade.wholesaler, 2000, trade.stallWallet)
  await judgeDays(tomorrow())
  expect(await isDue(after(30 * hourMs - 1))).toBe(false)
  expect(await isDue(after(30 * hourMs + 1))).toBe(true)
})
