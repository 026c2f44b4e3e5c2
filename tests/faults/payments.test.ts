/**
 * Every step outside the gateway, lost before and lost after, on both platforms; and a gateway that dies there. After
 * each the sale is where it should be and the money adds up: Σ receipts − Σ refunds = Σ (paid − refunded).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { cancelSale } from "@suyuan/api/payments/cancel-sale"
import { openPayment } from "@suyuan/api/payments/open-payment"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import type { PaymentProvider } from "@suyuan/api/payments/payment-provider"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { payOrder } from "@suyuan/sandbox/orders/pay-order"
import { type Market, openMarket, type Payer, saleFen, type TestSale } from "../api/payments/market"
import { platformsOf } from "../api/payments/platforms"
import { operator } from "../support/stall"

let market: Market
beforeAll(async () => {
  market = await openMarket({ settings: { PLATFORM_TIMEOUT_MS: "1000" } })
}, 60_000)
afterEach(async () => {
  market.sandbox.world.faults.clear()
  const { atPlatformsFen, inBooksFen } = await market.money()
  expect(inBooksFen).toBe(atPlatformsFen)
})
afterAll(() => market.end())

const secondMs = 1000
const minuteMs = 60 * secondMs
const faults = ["lost-request", "lost-response", "system-error"] as const
/** Clients try again by themselves when a connection breaks before the answer: enough for those tries too. */
const tries = 3

for (const platform of platformsOf) {
  const begin = async () => ({ sale: await market.newSale(), payer: await market.newPayer(platform) })

  const paid = async (): Promise<{ sale: TestSale; payer: Payer }> => {
    const { sale, payer } = await begin()
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    return { sale, payer }
  }

  describe(`${platform}: create`, () => {
    for (const kind of faults) {
      test(`[PY-4] ${kind}: unknown, then found or sent again under its number, and paid once`, async () => {
        const { sale, payer } = await begin()
        market.breakThings({ kind, operation: "create", times: tries })
        const opened = await market.open(sale, payer)
        expect(opened).toMatchObject({ attempt: "unknown", bridge: undefined })
        market.sandbox.world.faults.clear()
        await market.pass(2 * secondMs)
        const again = await market.open(sale, payer)
        expect(again).toMatchObject({ attempt: "open", outTradeNo: opened.outTradeNo })
        await market.decideOn(again, payer)
        await market.settled(sale)
        expect(await market.attempts(sale)).toHaveLength(1)
      })

      test(`[PY-4] ${kind}: the payer who asks again need not wait for the schedule`, async () => {
        const { sale, payer } = await begin()
        market.breakThings({ kind, operation: "create", times: tries })
        await market.open(sale, payer)
        market.sandbox.world.faults.clear()
        expect(await market.open(sale, payer)).toMatchObject({ attempt: "open" })
      })
    }

    test("[PY-6] the notification comes before the answer", async () => {
      const { sale, payer } = await begin()
      market.breakThings({ kind: "notification-first", operation: "create" })
      const opened = await market.open(sale, payer)
      expect(opened).toMatchObject({ attempt: "succeeded", sale: { state: "paid" }, bridge: undefined })
      expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, version: 2 })
    })

    test("[PY-4] it never gets through: closed at expiry without an order, and a late one takes no money unseen", async () => {
      const { sale, payer } = await begin()
      market.breakThings({ kind: "lost-request", operation: "create", times: 99 })
      await market.open(sale, payer)
      await market.pass(6 * minuteMs, minuteMs)
      expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
      expect(await market.saleRow(sale)).toMatchObject({ state: "closed" })
    })
  })

  describe(`${platform}: query`, () => {
    for (const kind of faults) {
      test(`[PY-7] ${kind}: asked again on the schedule until the payment is found`, async () => {
        const { sale, payer } = await begin()
        const opened = await market.open(sale, payer)
        market.breakThings({ kind: "no-notification" })
        market.breakThings({ kind, operation: "query", times: tries })
        await market.decideOn(opened, payer)
        await market.pass(40 * secondMs, 5 * secondMs)
        expect(await market.saleRow(sale)).toMatchObject({ state: "paid", settledBy: opened.outTradeNo })
      })
    }
  })

  describe(`${platform}: close`, () => {
    for (const kind of faults) {
      test(`[PY-8] ${kind}: only a query ends the attempt`, async () => {
        const { sale, payer } = await begin()
        const opened = await market.open(sale, payer)
        market.breakThings({ kind, operation: "close", times: tries })
        await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))
        await market.pass(3 * minuteMs, 20 * secondMs)
        expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
        expect(market.sandbox.world.store.order(platform, opened.outTradeNo)?.state).toBe("closed")
      })
    }

    test("[PY-9] paid although it was closed: goes back by itself", async () => {
      const { sale, payer } = await begin()
      const opened = await market.open(sale, payer)
      await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))
      await market.work()
      market.breakThings({ kind: "payment-after-close" })
      const { world } = market.sandbox
      expect(await payOrder(world, world.store.order(platform, opened.outTradeNo)!)).toMatchObject({ ok: true })
      await market.eventually(async () => (await market.refunds(sale)).length > 0, "the payment is told")
      await market.refundsDone(sale)
      expect(await market.saleRow(sale)).toMatchObject({ state: "closed", paidFen: saleFen, refundedFen: saleFen })
    })
  })

  describe(`${platform}: notification`, () => {
    test("[PY-5] twice, and once more after our answer got lost: one settlement", async () => {
      const { sale, payer } = await begin()
      const opened = await market.open(sale, payer)
      market.breakThings({ kind: "duplicate-notification" })
      market.breakThings({ kind: "lost-response", operation: "notify" })
      await market.decideOn(opened, payer)
      await market.settled(sale)
      await market.eventually(async () => {
        market.clock.advance(secondMs)
        const told = await market.eventsOf(opened.outTradeNo)
        return told.filter((kind) => kind === "notification/received").length >= 3
      }, "told three times")
      expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, version: 2 })
      expect((await market.eventsOf(opened.outTradeNo)).filter((kind) => kind === "sale/settled")).toHaveLength(1)
    })
  })

  describe(`${platform}: refund`, () => {
    const ask = (sale: TestSale) =>
      requestRefund(market.ctx, market.deps, operator, {
        sale: { terminalId: sale.terminalId, counter: sale.counter, day: sale.day },
        id: market.ctx.random.uuid(),
        amountFen: 34,
        goods: "money-only",
        lines: [],
      })

    for (const kind of faults) {
      test(`[PY-12] ${kind}: unknown, repeated under its number, paid back once`, async () => {
        const { sale } = await paid()
        market.breakThings({ kind, operation: "refund", times: tries })
        // Or it might be told before the call has given up.
        market.breakThings({ kind: "no-notification", operation: "notify" })
        expect(await ask(sale)).toMatchObject({ state: "unknown" })
        expect(await market.refundsDone(sale)).toMatchObject([{ amountFen: 34 }])
        expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 34 })
      })
    }

    test("[PY-12] its notification comes before the answer: counted once", async () => {
      const { sale } = await paid()
      market.breakThings({ kind: "notification-first", operation: "refund" })
      expect(await ask(sale)).toMatchObject({ state: "succeeded" })
      await market.pass(10 * secondMs, secondMs)
      expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 34 })
    })

    test("[PY-12] accepted, and then silence: the query finds its end", async () => {
      const { sale } = await paid()
      market.breakThings({ kind: "no-notification", operation: "notify" })
      market.breakThings({ kind: "lost-response", operation: "refund-query", times: tries })
      await ask(sale)
      expect(await market.refundsDone(sale)).toHaveLength(1)
    })
  })

  describe(`${platform}: the gateway dies`, () => {
    /** A gateway whose process ends at this call: before it is sent, or when the platform has done it. */
    const dying = (call: "open" | "refund", when: "before" | "after"): PaymentDeps => {
      const provider = market.deps.providers[platform]
      const die = async (...input: never[]) => {
        if (when === "after") await (provider[call] as (...input: never[]) => Promise<unknown>)(...input)
        throw new Error("killed")
      }
      const mortal: PaymentProvider = { ...provider, [call]: die }
      return { ...market.deps, providers: { ...market.deps.providers, [platform]: mortal } }
    }

    for (const when of ["before", "after"] as const) {
      test(`[PY-7] ${when} a create: the jobs find it, and the payer pays it`, async () => {
        const { sale, payer } = await begin()
        const opening = openPayment(market.ctx, dying("open", when), payer.actor, { sale })
        expect(opening).rejects.toThrow("killed")
        await opening.catch(() => {})
        await market.pass(20 * secondMs, 5 * secondMs)
        const opened = await market.open(sale, payer)
        expect(opened).toMatchObject({ attempt: "open" })
        await market.decideOn(opened, payer)
        await market.settled(sale)
        expect(await market.attempts(sale)).toHaveLength(1)
      })

      test(`[PY-12] ${when} a refund: the jobs send it again under its number`, async () => {
        const { sale } = await paid()
        const request = { sale, id: market.ctx.random.uuid(), amountFen: 34, goods: "money-only" as const, lines: [] }
        const asking = requestRefund(market.ctx, dying("refund", when), operator, request)
        expect(asking).rejects.toThrow("killed")
        await asking.catch(() => {})
        expect(await market.refundsDone(sale)).toHaveLength(1)
        expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 34 })
      })
    }

    test("[PY-7] between storing a number and sending it: the payer's next tap sends it", async () => {
      const { sale, payer } = await begin()
      const { ctx } = market
      await market.open(sale, payer)
      await ctx.sql`UPDATE attempts SET state = 'prepared', platform_handle = null WHERE counter = ${sale.counter}`
      expect(await market.open(sale, payer)).toMatchObject({ attempt: "open" })
      await ctx.sql`UPDATE attempts SET state = 'prepared', platform_handle = null WHERE counter = ${sale.counter}`
      await market.pass(20 * secondMs, 5 * secondMs)
      expect(await market.attempts(sale)).toMatchObject([{ state: "open" }])
    })
  })
}

test("[PY-6] two payers on two platforms, every call of one broken, every notification late: one pays, one gets it back", async () => {
  const sale = await market.newSale()
  const [one, other] = [await market.newPayer("wechat-pay"), await market.newPayer("alipay")]
  const [first, second] = [await market.open(sale, one), await market.open(sale, other)]
  market.breakThings({ kind: "lost-response", operation: "query", times: tries })
  market.breakThings({ kind: "lost-response", operation: "refund", times: tries })
  market.breakThings({ kind: "no-notification", operation: "notify", times: 2 })
  await Promise.all([market.decideOn(first, one), market.decideOn(second, other)])
  expect(await market.refundsDone(sale)).toMatchObject([{ reason: "second-payment" }])
  expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: 2 * saleFen, refundedFen: saleFen })
})
