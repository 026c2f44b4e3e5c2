// What a phone that buys for a stall needs to ask for its day: the day that the site's books have by now.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { businessDay, marketDay } from "@suyuan/miniprogram/market-day"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { openTrade, type Trade } from "../../support/goods"

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

type Bound = { readonly merchantId: string; readonly zone: string; readonly dayStartsAtMinutes: number }

test("a wholesaler's wallet is told when the site's day begins, and finds its books in the hours after midnight", async () => {
  const app = testApp(gateway.ctx)
  const shanghaiMs = gateway.clock.nowMs() + 8 * 3_600_000
  // Two in the morning, when a wholesale market is at its busiest.
  gateway.clock.advance(86_400_000 - (shanghaiMs % 86_400_000) + 2 * 3_600_000)
  const nowMs = gateway.clock.nowMs()
  for (const [wallet, startsAt] of [
    [trade.wholesalerWallet, 720],
    [trade.stallWallet, 0],
  ] as const) {
    const headers = await sessionOf(gateway.ctx, wallet)
    const [bound] = (await (await app.request("/bindings", { headers })).json()) as Bound[]
    if (bound === undefined) throw new Error("the wallet is bound")
    const { merchantId, zone, dayStartsAtMinutes } = bound
    expect(dayStartsAtMinutes).toBe(startsAt)
    const day = businessDay(nowMs, zone, dayStartsAtMinutes)
    const books = await app.request(`/balance/merchants/${merchantId}/${day}`, { headers })
    expect([books.status, await books.json()]).toMatchObject([200, { day, isOver: false }])
    // The calendar's day has not begun at the wholesale market.
    const calendar = await app.request(`/balance/merchants/${merchantId}/${marketDay(nowMs, zone)}`, { headers })
    expect([startsAt, calendar.status]).toEqual([startsAt, startsAt === 0 ? 200 : 409])
  }
})
