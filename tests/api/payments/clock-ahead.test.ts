import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { cancelSale } from "@suyuan/api/payments/cancel-sale"
import { recordLateRefunds } from "@suyuan/api/payments/record-refund"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { learnClock } from "@suyuan/api/terminals/learn-clock"
import { operator, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterAll(() => market.end())

/** To so much before the next midnight in UTC, which is eight in the morning in the market. */
function beforeMidnight(ms: number): void {
  const nowMs = market.clock.nowMs()
  market.clock.advance(Math.ceil((nowMs + ms) / dayMs) * dayMs - ms - nowMs)
}

const utcDate = () => new Date(market.clock.nowMs()).toISOString().slice(0, 10)

const ahead = [
  ["seconds ahead, which nobody has learned", 30_000, async () => {}],
  [
    "hours ahead",
    6 * 60 * minuteMs,
    async () => {
      const nowMs = market.clock.nowMs()
      const { terminalId } = market.stall
      await learnClock(market.ctx, { terminalId, sentAtMs: nowMs + 6 * 60 * minuteMs, receivedAtMs: nowMs })
    },
  ],
] as const

describe.each(ahead)("a tablet %s, over midnight", (_name, aheadMs, learn) => {
  /** Issued tomorrow by its tablet's clock, scanned today. */
  async function saleOfTomorrow(): Promise<TestSale> {
    beforeMidnight(20_000)
    await learn()
    const sale = await market.newSale(aheadMs)
    expect(sale.day > utcDate()).toBe(true)
    return sale
  }

  const closed = (sale: TestSale, attempt: number) =>
    market.eventually(async () => (await market.attempts(sale))[attempt - 1]?.state === "closed", "the order is closed")

  test("[PY-3] a payer has one order however often they tap, and another payer the next number", async () => {
    const sale = await saleOfTomorrow()
    const [one, other] = [await market.newPayer("alipay"), await market.newPayer("wechat-pay")]
    const first = await market.open(sale, one)
    expect((await market.open(sale, one)).outTradeNo).toBe(first.outTradeNo)
    const second = await market.open(sale, other)
    market.clock.advance(minuteMs)
    expect((await market.open(sale, one)).outTradeNo).toBe(first.outTradeNo)
    expect((await market.open(sale, other)).outTradeNo).toBe(second.outTradeNo)
    await market.decideOn(first, one)
    await market.settled(sale)
    await closed(sale, 2)
  })

  test("[PY-6] what settles or ends a sale closes the order that is open", async () => {
    const [cancelled, inCash] = [await saleOfTomorrow(), await saleOfTomorrow()]
    for (const sale of [cancelled, inCash]) await market.open(sale, await market.newPayer("alipay"))
    expect(await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, cancelled))).toBe("closed")
    await closed(cancelled, 1)
    await market.upload(inCash.code, "cash")
    await closed(inCash, 1)
  })

  test("[PY-12] the money goes back once, under one id, and is recorded", async () => {
    const sale = await saleOfTomorrow()
    const payer = await market.newPayer("alipay")
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    const { terminalId, counter, day } = sale
    const wish = { sale: { terminalId, counter, day }, id: market.ctx.random.uuid(), amountFen: saleFen }
    const ask = (more = {}) =>
      requestRefund(market.ctx, market.deps, operator, { ...wish, goods: "money-only", lines: [], ...more })
    const refund = await ask()
    market.clock.advance(minuteMs)
    expect((await ask()).outRefundNo).toBe(refund.outRefundNo)
    expect(await refusalOf(ask({ id: market.ctx.random.uuid() }))).toBe("refund/amount-above-paid")
    await market.upload(sale.code)
    await market.refundsDone(sale)
    await market.work()
    expect(await market.refunds(sale)).toMatchObject([{ amountFen: saleFen, recordId: expect.any(String) }])
    expect(await recordLateRefunds(market.ctx, market.deps, 16)).toBe(0)
  })
})
