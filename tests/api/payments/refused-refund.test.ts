// What a platform refuses of a refund: certain only where it was never taken.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { operator, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"
import { platformsOf } from "./platforms"

const minuteMs = 60_000
/** Clients try again by themselves when a connection breaks before the answer. */
const tries = 3

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterEach(async () => {
  market.sandbox.world.faults.clear()
  const { atPlatformsFen, inBooksFen } = await market.money()
  expect(inBooksFen).toBe(atPlatformsFen)
})
afterAll(() => market.end())

async function paidSale(platform: (typeof platformsOf)[number]): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

function ask({ terminalId, counter, day }: TestSale, amountFen = saleFen) {
  const sale = { terminalId, counter, day }
  const wish = { sale, id: market.ctx.random.uuid(), amountFen, goods: "money-only" as const, lines: [] }
  return requestRefund(market.ctx, market.deps, operator, wish)
}

const refuse = (operation: "refund" | "refund-query") => market.breakThings({ kind: "refused", operation, times: 1000 })
const alarmsOf = async (subject: string) =>
  (await market.ctx.db.select().from(audit).where(eq(audit.subject, subject))).map(({ verb }) => verb)

/** What went back, by the platform's own books and ours. */
async function wentBack(sale: TestSale): Promise<{ there: number; here: number }> {
  const orders = (await market.attempts(sale)).map(({ outTradeNo, platform }) =>
    market.sandbox.world.store.order(platform, outTradeNo),
  )
  const there = orders.reduce((sum, order) => sum + (order?.refundedFen ?? 0), 0)
  return { there, here: (await market.saleRow(sale)).refundedFen }
}

describe.each([...platformsOf])("%s", (platform) => {
  test("[PY-12] a query that is refused says nothing of a refund that was taken: it is not given twice", async () => {
    const sale = await paidSale(platform)
    market.breakThings({ kind: "lost-response", operation: "refund", times: tries })
    market.breakThings({ kind: "no-notification", operation: "notify" })
    refuse("refund-query")
    const refund = await ask(sale)
    expect(refund.state).toBe("unknown")
    await market.pass(5 * minuteMs, minuteMs)
    expect(await market.refunds(sale)).toMatchObject([{ state: "unknown", failureCode: expect.any(String) }])
    expect(await alarmsOf(refund.outRefundNo)).toEqual(["payments/refund-refused"])
    expect(await refusalOf(ask(sale))).toBe("refund/amount-above-paid")
    market.sandbox.world.faults.clear()
    expect(await market.refundsDone(sale, minuteMs)).toMatchObject([{ failureCode: null }])
    expect(await wentBack(sale)).toEqual({ there: saleFen, here: saleFen })
  })

  test("[PY-12] a repetition that is refused says nothing either, until the platform is certain to have none", async () => {
    const sale = await paidSale(platform)
    market.breakThings({ kind: "lost-request", operation: "refund", times: tries })
    const refund = await ask(sale)
    expect(refund.state).toBe("unknown")
    market.sandbox.world.faults.clear()
    refuse("refund")
    await market.pass(2000)
    expect((await market.refunds(sale))[0]?.state).toBe("unknown")
    expect(await refusalOf(ask(sale))).toBe("refund/amount-above-paid")
    await market.pass(minuteMs)
    expect(await market.refunds(sale)).toMatchObject([{ state: "failed", nextTryAt: null }])
    expect(await alarmsOf(refund.outRefundNo)).toEqual(["payments/refund-refused", "payments/refund-failed"])
    market.sandbox.world.faults.clear()
    await ask(sale)
    await market.passUntil(async () => (await market.saleRow(sale)).refundedFen === saleFen, "the second went through")
    expect(await wentBack(sale)).toEqual({ there: saleFen, here: saleFen })
  })

  test("[PY-12] the first request that is refused ends a seller's refund at once", async () => {
    const sale = await paidSale(platform)
    refuse("refund")
    const refund = await ask(sale)
    expect(refund).toMatchObject({ state: "failed", nextTryAt: null, failureCode: expect.any(String) })
    market.sandbox.world.faults.clear()
    await ask(sale)
    await market.passUntil(async () => (await market.saleRow(sale)).refundedFen === saleFen, "the second went through")
  })

  test("[PY-12] what the gateway owes is tried until it goes back, with one alarm", async () => {
    const sale = await market.newSale()
    const [one, other] = [await market.newPayer("alipay"), await market.newPayer(platform)]
    const [first, second] = [await market.open(sale, one), await market.open(sale, other)]
    refuse("refund")
    await Promise.all([market.decideOn(first, one), market.decideOn(second, other)])
    const owed = await market.passUntil(async () => (await market.refunds(sale))[0], "a refund is owed")
    await market.pass(10 * minuteMs, minuteMs)
    expect(await market.refunds(sale)).toMatchObject([{ state: "unknown", reason: "second-payment" }])
    expect(await alarmsOf(owed.outRefundNo)).toEqual(["payments/refund-refused"])
    market.sandbox.world.faults.clear()
    await market.refundsDone(sale, minuteMs)
    expect(await wentBack(sale)).toEqual({ there: saleFen, here: saleFen })
  })
})

test("[PY-12] what WeChat Pay accepted is open, whatever its query is refused for", async () => {
  const sale = await paidSale("wechat-pay")
  market.breakThings({ kind: "no-notification", operation: "notify" })
  refuse("refund-query")
  expect((await ask(sale)).state).toBe("open")
  await market.pass(2000)
  expect(await market.refunds(sale)).toMatchObject([{ state: "open", failureCode: expect.any(String) }])
  market.sandbox.world.faults.clear()
  await market.refundsDone(sale, minuteMs)
})
