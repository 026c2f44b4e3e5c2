import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { cancelSale } from "@suyuan/api/payments/cancel-sale"
import { settle } from "@suyuan/api/payments/settle"
import { settleCash } from "@suyuan/api/payments/settle-cash"
import { saleName } from "@suyuan/api/sales/sale-key"
import { records } from "@suyuan/drizzle/schema/ledger"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { platformsOf } from "./platforms"

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

const refunded = (sale: Parameters<Market["saleRow"]>[0]) =>
  market.eventually(async () => {
    const [refund] = await market.refunds(sale)
    if (refund?.state === "open" || refund?.state === "unknown") market.clock.advance(1000)
    return refund?.state === "succeeded" && refund
  }, "the refund succeeds")

describe("[PY-6] the first success in our commit order settles", () => {
  test("the second payment goes back by itself, and both sides see both sums", async () => {
    const sale = await market.newSale()
    const one = await market.newPayer("wechat-pay")
    const other = await market.newPayer("alipay")
    const [first, second] = [await market.open(sale, one), await market.open(sale, other)]
    await Promise.all([market.decideOn(first, one), market.decideOn(second, other)])
    await market.settled(sale)
    const refund = await refunded(sale)
    expect(refund).toMatchObject({ reason: "second-payment", amountFen: saleFen, requestedBy: "gateway" })
    const row = await market.saleRow(sale)
    expect(row).toMatchObject({ state: "paid", paidFen: 2 * saleFen, refundedFen: saleFen })
    expect(refund.outTradeNo).not.toBe(row.settledBy ?? "")
  })

  test("of two successes at once one settles and one is refunded", async () => {
    const sale = await market.newSale()
    const { ctx, deps } = market
    const payers = [await market.newPayer("wechat-pay"), await market.newPayer("wechat-pay")]
    for (const payer of payers) await market.open(sale, payer)
    const made = await market.attempts(sale)
    const trade = (number: string) => ({ state: "paid", totalFen: saleFen, transactionId: number }) as const
    const outcomes = await Promise.all(
      made.map((attempt) =>
        ctx.db.transaction((tx) => settle(ctx, deps, tx, attempt, trade(attempt.outTradeNo), "query")),
      ),
    )
    expect(outcomes.sort()).toEqual(["refund-due", "settled"])
    // These payments were never made at the platform: take them out of the books again.
    await ctx.sql`DELETE FROM refunds WHERE counter = ${sale.counter}`
    await ctx.sql`UPDATE sales SET paid_fen = 0 WHERE counter = ${sale.counter}`
  })

  test("telling it again changes nothing; another transaction number raises an alarm", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("alipay")
    const opened = await market.open(sale, payer)
    await market.decideOn(opened, payer)
    await market.settled(sale)
    const { ctx, deps } = market
    const [attempt] = await market.attempts(sale)
    const again = { state: "paid", totalFen: saleFen, transactionId: attempt?.platformTransactionId ?? "" } as const
    expect(await ctx.db.transaction((tx) => settle(ctx, deps, tx, attempt!, again, "query"))).toBe("repeated")
    const other = { ...again, transactionId: "another" }
    expect(await ctx.db.transaction((tx) => settle(ctx, deps, tx, attempt!, other, "query"))).toBe("repeated")
    const alarms = await ctx.db.select().from(audit).where(eq(audit.verb, "payments/second-transaction"))
    expect(alarms).toHaveLength(1)
    expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, version: 2 })
  })

  for (const platform of platformsOf) {
    test(`a wrong amount at ${platform} settles nothing, raises an alarm and goes back whole`, async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      const { store } = market.sandbox.world
      const order = store.order(platform, opened.outTradeNo)
      store.saveOrder({ ...order!, amountFen: 100 })
      await market.decideOn(opened, payer)
      const refund = await refunded(sale)
      expect(refund).toMatchObject({ reason: "wrong-amount", amountFen: 100 })
      expect(await market.saleRow(sale)).toMatchObject({
        state: "paying",
        settledBy: null,
        paidFen: 100,
        refundedFen: 100,
      })
      const alarms = await market.ctx.db.select().from(audit).where(eq(audit.subject, opened.outTradeNo))
      expect(alarms).toMatchObject([{ verb: "payments/wrong-amount", detail: { askedFen: saleFen, receivedFen: 100 } }])
    })
  }

  test("a wallet that is bound to a merchant buys for that merchant", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("wechat-pay")
    const { ctx, stall } = market
    await ctx.sql`
      INSERT INTO bindings (id, buyer_id, merchant_id, site_id, terminal_id, code_digest, state, check_digits, claimed_at, valid_from)
      VALUES (${ctx.random.uuid()}, ${payer.actor.id}, ${stall.merchantId}, ${stall.siteId}, ${stall.terminalId}, ${Buffer.from("00", "hex")}, 'active', '12', now() - interval '1 minute', now() - interval '1 minute')`
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    expect(await market.saleRow(sale)).toMatchObject({ buyerMerchantId: stall.merchantId })
  })
})

describe("[PY-13] a settled sale becomes a trade record", () => {
  for (const order of ["payment first", "upload first"] as const) {
    test(order, async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer("alipay")
      if (order === "upload first") await market.upload(sale.code)
      await market.decideOn(await market.open(sale, payer), payer)
      await market.settled(sale)
      if (order === "payment first") await market.upload(sale.code)
      const { recordId } = await market.saleRow(sale)
      const rows = await market.ctx.db
        .select()
        .from(records)
        .where(eq(records.recordId, recordId ?? ""))
      expect(rows).toMatchObject([{ kind: 1, state: "pending" }])
    })
  }

  test("money settles although the record cannot be made now", async () => {
    const sale = await market.newSale()
    const { ctx, deps } = market
    await market.upload(sale.code)
    await market.open(sale, await market.newPayer("wechat-pay"))
    const [attempt] = await market.attempts(sale)
    const broken = { ...deps, completeTrades: async () => Promise.reject(new Error("the trace is broken")) }
    const trade = { state: "paid", totalFen: saleFen, transactionId: "t" } as const
    expect(await ctx.db.transaction((tx) => settle(ctx, broken, tx, attempt!, trade, "query"))).toBe("settled")
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", recordId: null })
    await ctx.sql`UPDATE sales SET paid_fen = 0 WHERE counter = ${sale.counter}`
    await market.pass(60_000)
    expect((await market.saleRow(sale)).recordId).not.toBeNull()
  })
})

describe("[PY-10] cash", () => {
  const cash = (...sales: Parameters<Market["saleRow"]>[0][]) =>
    market.ctx.db.transaction((tx) => settleCash(market.ctx, tx, sales))

  test("settles once, as a set, by the terminal's upload", async () => {
    const [one, other] = [await market.newSale(), await market.newSale()]
    await market.upload(one.code, "cash")
    expect(await market.saleRow(one)).toMatchObject({
      state: "paid",
      paidBy: "cash",
      settledBy: "cash",
      paidFen: saleFen,
    })
    expect((await market.saleRow(one)).recordId).not.toBeNull()
    const unknown = { ...other, counter: other.counter + 10_000 }
    expect([...(await cash(one, other, unknown)).values()]).toEqual(["settled-before", "settled", "unknown-sale"])
  })

  test("a payment that came first stays; one that comes later goes back", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("wechat-pay")
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    expect((await cash(sale)).get(saleName(sale))).toBe("paid-before")
    expect(await market.saleRow(sale)).toMatchObject({ paidBy: "wechat-pay", paidFen: saleFen })

    const late = await market.newSale()
    const opened = await market.open(late, payer)
    // Or the platform may tell of it before the cash is entered.
    market.breakThings({ kind: "no-notification" })
    await market.decideOn(opened, payer)
    expect((await cash(late)).get(saleName(late))).toBe("settled")
    expect(await refunded(late)).toMatchObject({ reason: "second-payment" })
    expect(await market.saleRow(late)).toMatchObject({ paidBy: "cash", paidFen: 2 * saleFen, refundedFen: saleFen })
  })
})

describe("[PY-11] cancelling", () => {
  const cancel = (sale: Parameters<Market["saleRow"]>[0]) =>
    market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))

  test("closes the sale and its attempts; the code opens nothing more", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("alipay")
    const opened = await market.open(sale, payer)
    expect(await cancel(sale)).toBe("closed")
    await market.eventually(async () => (await market.attempts(sale))[0]?.state === "closed", "closed at the platform")
    expect(market.sandbox.world.store.order("alipay", opened.outTradeNo)?.state).toBe("closed")
    expect(await refusalOf(market.open(sale, payer))).toBe("payment/sale-closed")
    expect(await cancel(sale)).toBe("already-closed")
  })

  test("a payment that came first stays, and the terminal is told so", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("wechat-pay")
    await market.decideOn(await market.open(sale, payer), payer)
    await market.settled(sale)
    expect(await cancel(sale)).toBe("already-paid")
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", refundedFen: 0 })
  })

  test("money that comes after it goes back by itself", async () => {
    const sale = await market.newSale()
    const payer = await market.newPayer("wechat-pay")
    const opened = await market.open(sale, payer)
    market.breakThings({ kind: "no-notification" })
    await market.decideOn(opened, payer)
    expect(await cancel(sale)).toBe("closed")
    expect(await refunded(sale)).toMatchObject({ reason: "after-close" })
    expect(await market.saleRow(sale)).toMatchObject({ state: "closed", paidFen: saleFen, refundedFen: saleFen })
  })

  test("a sale that is not there is said to be unknown", async () => {
    const sale = await market.newSale()
    expect(await cancel({ ...sale, counter: sale.counter + 10_000 })).toBe("unknown-sale")
  })
})
