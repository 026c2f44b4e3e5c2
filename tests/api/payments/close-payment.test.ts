import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { cancelSale } from "@suyuan/api/payments/cancel-sale"
import { claimDueAttempts } from "@suyuan/api/payments/due"
import { resolveAttempt } from "@suyuan/api/payments/resolve-unknown"
import type { SaleKey } from "@suyuan/api/sales/sale-key"
import { payOrder } from "@suyuan/sandbox/orders/pay-order"
import { refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket({ settings: { PAYMENT_EXPIRY_SECONDS: "300", SCAN_WINDOW_SECONDS: "300" } })
}, 60_000)
afterEach(async () => {
  market.sandbox.world.faults.clear()
  const { atPlatformsFen, inBooksFen } = await market.money()
  expect(inBooksFen).toBe(atPlatformsFen)
})
afterAll(() => market.end())

const minuteMs = 60_000
const hourMs = 60 * minuteMs

for (const platform of platformsOf) {
  describe(platform, () => {
    test("[PY-8] at expiry: query, close, query; then the attempt and the sale are closed", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      // Alipay tells of a close as well, whenever it likes.
      market.breakThings({ kind: "no-notification" })
      // Only we may end it: the sandbox's own time-out comes from the order's `time_expire`.
      const { store } = market.sandbox.world
      store.saveOrder({ ...store.order(platform, opened.outTradeNo)!, expiresAtMs: market.clock.nowMs() + hourMs })
      await market.pass(6 * minuteMs, minuteMs)
      expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
      expect(await market.saleRow(sale)).toMatchObject({ state: "closed", paidFen: 0 })
      expect(store.order(platform, opened.outTradeNo)?.state).toBe("closed")
      const events = await market.eventsOf(opened.outTradeNo)
      const end = events.indexOf("close/answered")
      expect(events.slice(end - 1, end + 4)).toEqual([
        "query/answered",
        "close/answered",
        "query/answered",
        "attempt/closed",
        "sale/closed",
      ])
      expect(await refusalOf(market.open(sale, payer))).toBe("payment/sale-closed")
    })

    test("[PY-8] a payment made in time wins over the expiry, though nobody told us", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      market.breakThings({ kind: "no-notification" })
      await market.decideOn(opened, payer)
      market.clock.advance(6 * minuteMs)
      await market.work()
      expect(await market.saleRow(sale)).toMatchObject({ state: "paid", settledBy: opened.outTradeNo })
    })

    test("[PY-7] a silent payment is found by the first scheduled query", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      market.breakThings({ kind: "no-notification" })
      await market.decideOn(opened, payer)
      await market.work()
      expect(await market.saleRow(sale)).toMatchObject({ state: "paying" })
      await market.pass(2000)
      expect(await market.saleRow(sale)).toMatchObject({ state: "paid" })
    })

    test("[PY-9] a closed attempt is watched for 48 hours: a payment that slips in goes back", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      await market.pass(6 * minuteMs, minuteMs)
      expect(await market.saleRow(sale)).toMatchObject({ state: "closed" })
      await market.pass(40 * hourMs, 4 * hourMs)
      market.breakThings({ kind: "payment-after-close" })
      market.breakThings({ kind: "no-notification", times: 2 })
      const { world } = market.sandbox
      const order = world.store.order(platform, opened.outTradeNo)
      expect(await payOrder(world, order!)).toMatchObject({ ok: true })
      await market.refundsDone(sale, 20 * minuteMs)
      expect(await market.saleRow(sale)).toMatchObject({ state: "closed", paidFen: saleFen, refundedFen: saleFen })
      expect(await market.refunds(sale)).toMatchObject([{ reason: "after-close", state: "succeeded" }])
    })

    test("[PY-9] after 48 hours nothing asks any more", async () => {
      const sale = await market.newSale()
      await market.open(sale, await market.newPayer(platform))
      await market.pass(50 * hourMs, 5 * hourMs)
      expect(await market.attempts(sale)).toMatchObject([{ state: "closed", nextQueryAt: null }])
    })
  })
}

test("[PY-8] an attempt that its payer left opens again for the same payer while the code may be paid", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("wechat-pay")
  const { ctx } = market
  const first = await market.open(sale, payer)
  await ctx.sql`UPDATE attempts SET expires_at = now() - interval '1 minute' WHERE out_trade_no = ${first.outTradeNo}`
  expect(await refusalOf(market.open(sale, payer))).toBe("payment/expired")
  await market.pass(2000)
  expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
  expect(await market.saleRow(sale)).toMatchObject({ state: "paying" })
  const second = await market.open(sale, payer)
  expect(second.outTradeNo).not.toBe(first.outTradeNo)
  await market.decideOn(second, payer)
  await market.settled(sale)
})

test("[PY-7] two gateways never work on one attempt at the same time, and a crash frees it again", async () => {
  const sale = await market.newSale()
  await market.open(sale, await market.newPayer("alipay"))
  market.clock.advance(2000)
  const claims = await Promise.all([claimDueAttempts(market.ctx, 16), claimDueAttempts(market.ctx, 16)])
  const mine = claims.flat().filter(({ counter }) => counter === sale.counter)
  expect(mine).toHaveLength(1)
  // Whoever claimed it is gone: it is due for anybody once a call that nobody answered is over, and not before.
  const isDue = async () => (await claimDueAttempts(market.ctx, 16)).some(({ counter }) => counter === sale.counter)
  market.clock.advance(market.ctx.config.PLATFORM_TIMEOUT_MS + 2000 - 1)
  expect(await isDue()).toBe(false)
  market.clock.advance(1)
  expect(await isDue()).toBe(true)
  await market.pass(minuteMs)
  expect((await market.eventsOf(mine[0]!.outTradeNo)).at(-1)).toBe("query/answered")
})

test("[PY-7] whoever makes several calls for an attempt keeps it, however long each takes", async () => {
  const { ctx, clock, deps } = market
  const sale = await market.newSale()
  await market.open(sale, await market.newPayer("alipay"))
  await ctx.db.transaction((tx) => cancelSale(ctx, tx, sale))
  const { alipay } = deps.providers
  const asked: string[] = []
  const slowly =
    <Asked, Answer>(name: string, call: (about: Asked) => Promise<Answer>) =>
    async (about: Asked) => {
      asked.push(name)
      clock.advance(ctx.config.PLATFORM_TIMEOUT_MS)
      expect((await claimDueAttempts(ctx, 16)).filter(({ counter }) => counter === sale.counter)).toEqual([])
      return call(about)
    }
  const slow = { ...alipay, query: slowly("query", alipay.query), close: slowly("close", alipay.close) }
  const mine = (await claimDueAttempts(ctx, 16)).find(({ counter }) => counter === sale.counter)
  if (mine === undefined) throw new Error("not due")
  const closed = await resolveAttempt(ctx, { ...deps, providers: { ...deps.providers, alipay: slow } }, mine)
  expect(asked).toEqual(["query", "close", "query"])
  expect(closed.state).toBe("closed")
})

describe("[PY-6] a sale that ends while its order is being asked about", () => {
  /** The sale is cancelled between the platform's answer and our hearing of it. */
  const ending =
    <Asked, Answer>(sale: SaleKey, call: (about: Asked) => Promise<Answer>, heard: (answer: Answer) => Answer) =>
    async (about: Asked) => {
      const answer = await call(about)
      await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))
      return heard(answer)
    }
  const lost = (): { kind: "unknown"; cause: "time-out" } => ({ kind: "unknown", cause: "time-out" })
  const isClosed = async (sale: SaleKey) => {
    await market.work()
    return (await market.attempts(sale))[0]?.state
  }

  test.each(["heard", "lost"] as const)("has it closed at once, the query's answer %s", async (fate) => {
    const { ctx, deps } = market
    const { alipay } = deps.providers
    const sale = await market.newSale()
    await market.open(sale, await market.newPayer("alipay"))
    const [mine] = await market.attempts(sale)
    const query = ending(sale, alipay.query, fate === "lost" ? lost : (answer) => answer)
    const providers = { ...deps.providers, alipay: { ...alipay, query } }
    expect(await resolveAttempt(ctx, { ...deps, providers }, mine!)).toMatchObject({ state: "open" })
    expect(await isClosed(sale)).toBe("closed")
  })

  test.each(["heard", "lost"] as const)("has it closed at once, the order's answer %s", async (fate) => {
    const { deps } = market
    const { alipay } = deps.providers
    const sale = await market.newSale()
    const open = ending(sale, alipay.open, fate === "lost" ? lost : (answer) => answer)
    const providers = { ...deps.providers, alipay: { ...alipay, open } }
    await market.open(sale, await market.newPayer("alipay"), { ...deps, providers })
    expect(await isClosed(sale)).toBe("closed")
  })
})
