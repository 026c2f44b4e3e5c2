import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { applyRefundOutcome } from "@suyuan/api/payments/refund"
import { listRefunds, type RefundRequest, requestRefund } from "@suyuan/api/payments/request-refund"
import { records } from "@suyuan/drizzle/schema/ledger"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { eq } from "drizzle-orm"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"
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

async function paidSale(platform: (typeof platformsOf)[number], uploaded = true): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  if (uploaded) await market.upload(sale.code)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

function ask(sale: TestSale, more: Partial<RefundRequest> = {}, actor = operator) {
  const { terminalId, counter, day } = sale
  const request = {
    sale: { terminalId, counter, day },
    id: market.ctx.random.uuid(),
    amountFen: saleFen,
    goods: "money-only" as const,
    lines: [],
    ...more,
  }
  return requestRefund(market.ctx, market.deps, actor, request)
}

const done = (sale: TestSale, count = 1) =>
  market.eventually(async () => {
    const made = await market.refunds(sale)
    if (made.some(({ state }) => state === "open" || state === "unknown")) market.clock.advance(1000)
    return made.length === count && made.every(({ state }) => state === "succeeded") && made
  }, "refunded")

for (const platform of platformsOf) {
  describe(platform, () => {
    test("[PY-12] gives back in parts, at most what was paid, and tells both sides", async () => {
      const sale = await paidSale(platform)
      await ask(sale, { amountFen: 1000 })
      expect(await refusalOf(ask(sale, { amountFen: 235 }))).toBe("refund/amount-above-paid")
      await ask(sale, { amountFen: 234 })
      const [one, other] = await done(sale, 2)
      expect([one?.outRefundNo.slice(-3), other?.outRefundNo.slice(-3)]).toEqual(["r01", "r02"])
      expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, refundedFen: saleFen, state: "paid" })
    })

    test("[PY-12] the same id is the same refund, with other content it is refused", async () => {
      const sale = await paidSale(platform)
      const id = market.ctx.random.uuid()
      const first = await ask(sale, { id, amountFen: 5 })
      expect((await ask(sale, { id, amountFen: 5 })).outRefundNo).toBe(first.outRefundNo)
      expect(await refusalOf(ask(sale, { id, amountFen: 6 }))).toBe("refund/id-reused")
      await done(sale)
    })

    test("[PY-13] becomes a record that names the sale and its goods, and the piles are told", async () => {
      const sale = await paidSale(platform)
      await ask(sale, { amountFen: 617, goods: "returned", lines: [[0, 1000]] })
      const [refund] = await done(sale)
      const { recordId } = await market.saleRow(sale)
      const [row] = await market.ctx.db
        .select()
        .from(records)
        .where(eq(records.recordId, refund?.recordId ?? ""))
      expect(row?.kind).toBe(16)
      const opened = decodeRecord("refund", {
        public: row!.publicBytes,
        commercial: row!.commercialBytes!,
        personal: row!.personalBytes!,
      })
      if (!opened.ok || opened.value.kind !== "refund") throw new Error("no refund record")
      expect(toHex(opened.value.public.refundOf)).toBe(recordId ?? "")
      expect(opened.value).toMatchObject({
        public: { goods: "returned", lines: [{ lineIndex: 0, grams: 1000 }] },
        commercial: { refundedFen: 617 },
        personal: { platform },
      })
      expect(market.returnedGoods.at(-1)).toMatchObject({
        saleRecordId: recordId,
        goods: "returned",
        lines: [[0, 1000]],
      })
    })
  })
}

test("[PY-13] a refund that came before its sale's record is recorded after it, once", async () => {
  const sale = await paidSale("alipay", false)
  await ask(sale, { goods: "not-handed-over" })
  await done(sale)
  expect((await market.refunds(sale))[0]?.recordId).toBeNull()
  const before = market.returnedGoods.length
  await market.upload(sale.code)
  await market.work()
  const [refund] = await market.refunds(sale)
  expect(refund?.recordId).not.toBeNull()
  await market.work()
  expect(market.returnedGoods.slice(before)).toMatchObject([{ goods: "not-handed-over", lines: [[0, 2000]] }])
})

test("[PY-12] after the stall's payee changed, the refund still acts for the account that was paid", async () => {
  const sale = await paidSale("alipay")
  const { sql } = market.ctx
  const changed = ["2088000000000003", "sandbox-auth-2088000000000003"] as const
  const set = (account: string, token: string) =>
    sql`UPDATE payee_accounts SET account = ${account}, auth_token = ${token} WHERE platform = 'alipay'`
  await set(...changed)
  await ask(sale, { amountFen: 34 })
  await done(sale)
  await set("2088000000000002", "sandbox-auth-2088000000000002")
})

test("[PY-10] cash goes back by hand: written down, recorded, sent to no platform", async () => {
  const sale = await market.newSale()
  await market.upload(sale.code, "cash")
  const refund = await ask(sale, { amountFen: 34 })
  expect(refund).toMatchObject({ platform: "cash", state: "succeeded" })
  expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, refundedFen: 34 })
  expect((await market.refunds(sale))[0]?.recordId).not.toBeNull()
  // Of the cash itself: no platform's business.
  await market.ctx.sql`UPDATE sales SET refunded_fen = 0 WHERE counter = ${sale.counter}`
})

test("[PY-12] the platform's ABNORMAL fails it with an alarm, and its later success still counts", async () => {
  const sale = await paidSale("wechat-pay")
  market.breakThings({ kind: "refund-abnormal" })
  await ask(sale)
  await market.eventually(async () => {
    market.clock.advance(1000)
    return (await market.refunds(sale))[0]?.state === "failed"
  }, "abnormal")
  expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 0 })
  const [refund] = await market.refunds(sale)
  expect(refund).toMatchObject({ failureCode: "ABNORMAL", nextTryAt: null })
  const { ctx, deps } = market
  const later = { kind: "succeeded", value: { state: "succeeded", refundId: "5030" } } as const
  await ctx.db.transaction((tx) => applyRefundOutcome(ctx, deps, tx, refund!, later, "notification"))
  expect(await market.saleRow(sale)).toMatchObject({ refundedFen: saleFen })
  // The sandbox has no merchant desk where a person would have done this.
  await ctx.sql`UPDATE sales SET refunded_fen = 0 WHERE counter = ${sale.counter}`
})

test("refuses the wrong actor, an unpaid sale and lines that the sale does not have", async () => {
  const sale = await paidSale("alipay")
  expect(await refusalOf(ask(sale, {}, operatorWithout("payments:refund")))).toBe("request/forbidden")
  const elsewhere = operatorOf(market.ctx.random.uuid())
  expect(await refusalOf(ask(sale, {}, elsewhere))).toBe("request/forbidden")
  expect(await refusalOf(listRefunds(market.ctx, elsewhere, sale))).toBe("request/forbidden")
  expect(await refusalOf(ask(sale, { goods: "returned", lines: [[1, 100]] }))).toBe("refund/lines-malformed")
  expect(await refusalOf(ask(sale, { amountFen: 0 }))).toBe("refund/amount-below-one-fen")
  expect(await refusalOf(ask(await market.newSale()))).toBe("refund/not-paid")
  expect(await refusalOf(ask({ ...sale, counter: sale.counter + 10_000 }))).toBe("refund/sale-unknown")
  expect(await market.refunds(sale)).toEqual([])
})
