import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { applyRefundOutcome } from "@suyuan/api/payments/apply-refund-outcome"
import type { RefundRow } from "@suyuan/api/payments/attempts"
import { claimDueRefunds } from "@suyuan/api/payments/due"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import { recordLateRefunds } from "@suyuan/api/payments/record-refund"
import { listRefunds, type RefundRequest, requestRefund } from "@suyuan/api/payments/request-refund"
import { resumeRefund } from "@suyuan/api/payments/resume-refund"
import { alarms } from "@suyuan/drizzle/schema/alarms"
import { records } from "@suyuan/drizzle/schema/ledger"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { bookRefund } from "@suyuan/sandbox/orders/settle-refund"
import { eq } from "drizzle-orm"
import { officePerson } from "../../support/office"
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

test("what a gateway died with is another's once a call that nobody answered is over, and not before", async () => {
  const sale = await paidSale("alipay")
  market.breakThings({ kind: "lost-request", operation: "refund", times: 3 })
  await ask(sale)
  market.sandbox.world.faults.clear()
  const isDue = async () => (await claimDueRefunds(market.ctx, 16)).some(({ counter }) => counter === sale.counter)
  const claimMs = market.ctx.config.PLATFORM_TIMEOUT_MS + 2000
  market.clock.advance(10 * claimMs)
  expect(await isDue()).toBe(true)
  market.clock.advance(claimMs - 1)
  expect(await isDue()).toBe(false)
  market.clock.advance(1)
  expect(await isDue()).toBe(true)
  market.clock.advance(claimMs)
  await done(sale)
})

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

/** The platform gives up on the refund that comes next, which a person would settle at its desk. */
async function abnormal(sale: TestSale, refund: () => Promise<unknown>): Promise<RefundRow> {
  market.breakThings({ kind: "refund-abnormal" })
  await refund()
  return market.eventually(async () => {
    market.clock.advance(1000)
    return (await market.refunds(sale)).find(({ state }) => state === "failed")
  }, "abnormal")
}

const comesLater = (refund: RefundRow) => {
  const { ctx, deps } = market
  const later = { kind: "succeeded", value: { state: "succeeded", refundId: "5030" } } as const
  return ctx.db.transaction((tx) => applyRefundOutcome(ctx, deps, tx, refund, later, "notification"))
}

const alarmsOf = async (subject: string) =>
  (await market.ctx.db.select().from(audit).where(eq(audit.subject, subject))).map(({ verb }) => verb)

const reason = "the card was replaced; given back at the platform's desk"
const resume = (refund: RefundRow, actor = operator) =>
  resumeRefund(market.ctx, actor, { outRefundNo: refund.outRefundNo, reason })

test("[PY-12] what ended ABNORMAL and was given back at the platform's desk is booked once a person resumes it", async () => {
  const sale = await paidSale("wechat-pay")
  const refund = await abnormal(sale, () => ask(sale))
  const { world } = market.sandbox
  const there = world.store.refund("wechat-pay", refund.outRefundNo)
  if (there === undefined) throw new Error("no refund at the platform")
  bookRefund(world, there, "succeeded")
  const subject = `payments/refund-failed ${refund.outRefundNo}`
  const [alarm] = await market.ctx.db.select().from(alarms).where(eq(alarms.subject, subject))
  const path = `/office/alarms/${alarm?.id}`
  const reader = await officePerson(market.ctx, "li", ["alarms:read"])
  expect((await reader.page(path)).html).not.toContain("重试退款")
  expect((await reader.post(`${path}/resume-refund`, { reason })).status).toBe(403)
  const person = await officePerson(market.ctx, "wang", ["alarms:read", "payments:reconcile"])
  expect((await person.page(path)).html).toContain("重试退款")
  expect((await person.post(`${path}/resume-refund`, { reason })).status).toBe(303)
  await market.eventually(async () => (await market.refunds(sale))[0]?.state === "succeeded", "the refund succeeds")
  expect(await market.saleRow(sale)).toMatchObject({ refundedFen: saleFen })
  expect(await alarmsOf(refund.outRefundNo)).toContain("payments/resume-refund")
  expect(world.store.refundsOf("wechat-pay", refund.outTradeNo)).toHaveLength(1)
  expect(await refusalOf(resume(refund))).toBe("refund/not-resumable")
})

test("[PY-12] one that is still ABNORMAL fails again; it goes neither beside another nor by anybody else's word", async () => {
  const sale = await paidSale("wechat-pay")
  const refund = await abnormal(sale, () => ask(sale))
  const { ctx } = market
  expect(await refusalOf(resume(refund, operatorWithout("payments:reconcile")))).toBe("request/forbidden")
  expect(await refusalOf(resume(refund, { ...operator, kind: "machine" }))).toBe("request/forbidden")
  expect(await refusalOf(resumeRefund(ctx, operator, { outRefundNo: "nothing", reason }))).toBe("refund/unknown")
  await resume(refund)
  await market.eventually(async () => (await market.refunds(sale))[0]?.state === "failed", "it fails again")
  await ask(sale)
  await market.eventually(async () => {
    market.clock.advance(1000)
    return (await market.refunds(sale))[1]?.state === "succeeded"
  }, "the second one")
  expect(await refusalOf(resume(refund))).toBe("refund/amount-above-paid")
})

test("[PY-12] one that is owed and was closed too often goes on under the next number", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("wechat-pay")
  const opened = await market.open(sale, payer)
  await market.upload(sale.code, "cash")
  const owed = await abnormal(sale, () => market.decideOn(opened, payer))
  await market.ctx.sql`UPDATE refunds SET state = 'closed' WHERE out_refund_no = ${owed.outRefundNo}`
  const next = await resume(owed)
  expect([next.state, next.outRefundNo.slice(0, -2)]).toEqual(["prepared", owed.outRefundNo.slice(0, -2)])
  expect(next.outRefundNo).not.toBe(owed.outRefundNo)
  expect((await resume(owed)).outRefundNo).toBe(next.outRefundNo)
  await market.eventually(async () => {
    market.clock.advance(1000)
    return (await market.refunds(sale)).some(({ state }) => state === "succeeded")
  }, "the next succeeds")
  expect(await refusalOf(resume(owed))).toBe("refund/amount-above-paid")
})

test("[PY-12] is of the payment that settled: another payer's refund that failed leaves nothing to give back twice", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("wechat-pay")
  const opened = await market.open(sale, payer)
  await market.upload(sale.code, "cash")
  const second = await abnormal(sale, () => market.decideOn(opened, payer))
  expect(second.reason).toBe("second-payment")
  expect(await refusalOf(ask(sale, { amountFen: 2 * saleFen }))).toBe("refund/amount-above-paid")
  expect(await ask(sale)).toMatchObject({ platform: "cash", state: "succeeded" })
  expect(await refusalOf(ask(sale, { amountFen: 1 }))).toBe("refund/amount-above-paid")
  await comesLater(second)
  expect(await market.saleRow(sale)).toMatchObject({ paidFen: 2 * saleFen, refundedFen: 2 * saleFen })
  // The sandbox has no merchant desk where a person would have done this.
  await market.ctx.sql`UPDATE sales SET refunded_fen = 0 WHERE counter = ${sale.counter}`
})

test("[PY-12] news of more than was paid is booked, with an alarm", async () => {
  const sale = await paidSale("wechat-pay")
  const first = await abnormal(sale, () => ask(sale))
  await ask(sale)
  await market.eventually(async () => {
    market.clock.advance(1000)
    return (await market.refunds(sale))[1]?.state === "succeeded"
  }, "the second one")
  expect((await comesLater(first)).state).toBe("succeeded")
  expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, refundedFen: 2 * saleFen })
  expect(await alarmsOf(first.outRefundNo)).toContain("payments/refunded-too-much")
  await market.ctx.sql`UPDATE sales SET refunded_fen = ${saleFen} WHERE counter = ${sale.counter}`
})

test("[PY-13] that its record cannot be made holds back no money: an alarm says so, and it is made later", async () => {
  const { ctx, clock, deps } = market
  const [stuck, other] = [await paidSale("alipay"), await paidSale("alipay", false)]
  const ids = new Set<string>()
  const failing: PaymentDeps = {
    ...deps,
    applyRefundedGoods: async (_ctx, _tx, { saleRecordId }) => {
      if (ids.has(saleRecordId)) throw new Error("no such pile")
    },
  }
  ids.add((await market.saleRow(stuck)).recordId ?? "")
  const { terminalId, counter, day } = stuck
  const wish = { id: ctx.random.uuid(), amountFen: 617, goods: "returned", lines: [] } as const
  await requestRefund(ctx, failing, operator, { sale: { terminalId, counter, day }, ...wish })
  expect(await market.saleRow(stuck)).toMatchObject({ refundedFen: 617 })
  const [refund] = await market.refunds(stuck)
  expect(refund).toMatchObject({ state: "succeeded", recordId: null })
  expect(await alarmsOf(refund?.outRefundNo ?? "")).toEqual(["payments/refund-not-recorded"])

  // One that goes on failing waits longer each time, and holds back no other.
  await ask(other, { goods: "returned" })
  await done(other)
  await market.upload(other.code)
  clock.advance(60_000)
  expect(await recordLateRefunds(ctx, failing, 16, 8)).toBe(2)
  expect((await market.refunds(other))[0]?.recordId).not.toBeNull()
  expect((await market.refunds(stuck))[0]?.recordId).toBeNull()
  expect(await recordLateRefunds(ctx, failing, 16, 8)).toBe(0)
  expect(await alarmsOf(refund?.outRefundNo ?? "")).toHaveLength(1)
  clock.advance(9 * 86_400_000)
  expect(await recordLateRefunds(ctx, deps, 16, 8)).toBe(0)
  expect(await recordLateRefunds(ctx, deps, 16)).toBe(1)
  expect((await market.refunds(stuck))[0]?.recordId).not.toBeNull()
})

test("[PY-13] of more lines than a record takes is recorded without them", async () => {
  const sale = await paidSale("alipay")
  await market.ctx.sql`UPDATE sales SET line_count = 101 WHERE counter = ${sale.counter}`
  const lines = Array.from({ length: 101 }, (_, line): [number, number] => [line, 10])
  await ask(sale, { goods: "returned", lines })
  const [refund] = await done(sale)
  const [row] = await market.ctx.db
    .select()
    .from(records)
    .where(eq(records.recordId, refund?.recordId ?? ""))
  const opened = decodeRecord("refund", {
    public: row!.publicBytes,
    commercial: row!.commercialBytes!,
    personal: row!.personalBytes!,
  })
  expect(opened).toMatchObject({ ok: true, value: { public: { goods: "returned", lines: [] } } })
})

test("[PY-12] an id names one refund of one sale, for ever", async () => {
  const [one, other] = [await paidSale("alipay"), await paidSale("alipay")]
  const id = market.ctx.random.uuid()
  await ask(one, { id, amountFen: 5 })
  expect(await refusalOf(ask(other, { id, amountFen: 5 }))).toBe("refund/id-reused")
  expect(await market.refunds(other)).toEqual([])
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
