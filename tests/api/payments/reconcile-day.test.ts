import { afterAll, beforeAll, expect, test } from "bun:test"
import { gatewayActor } from "@suyuan/api/actor"
import { reconcileJobs } from "@suyuan/api/jobs/reconcile"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import type { BillLine, DailyBill } from "@suyuan/api/payments/daily-bill"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import { failed, type PaymentProvider, succeeded, unknown } from "@suyuan/api/payments/payment-provider"
import { sayRepair } from "@suyuan/api/payments/propose-repair"
import { readItem, readReconciliation } from "@suyuan/api/payments/read-reconciliation"
import { type Reconciled, reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { repairItem } from "@suyuan/api/payments/repair-item"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { attempts, billReadings, reconciliationItems, reconciliations } from "@suyuan/drizzle/schema/payments"
import { dayStartMs } from "@suyuan/sandbox/bills/day-books"
import { eq } from "drizzle-orm"
import { countStatements } from "../../support/counting"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { payees, platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterAll(() => market.end())

async function paid(platform: (typeof platformsOf)[number]): Promise<string> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const wish = { id: market.ctx.random.uuid(), amountFen: 34, goods: "money-only", lines: [] } as const
  await requestRefund(market.ctx, market.deps, operator, { sale, ...wish })
  await market.refundsDone(sale, 1000)
  return (await market.attempts(sale))[0]?.outTradeNo ?? ""
}

test("[PY-19] the job reconciles each past day once, when its bill is due, and one gateway does it", async () => {
  const { ctx, deps } = market
  const [mine] = reconcileJobs(deps, "mine")
  const [other] = reconcileJobs(deps, "other")
  market.clock.advance(
    (dayStartMs(new Date(ctx.clock.nowMs()).toISOString().slice(0, 10)) ?? 0) + 35 * 3_600_000 - ctx.clock.nowMs(),
  )
  expect(await mine?.run(ctx)).toBeGreaterThan(0)
  expect(await other?.run(ctx)).toBe(0)
  expect(await mine?.run(ctx)).toBe(0)
}, 60_000)

/** Everything that is wrong with a day: one payment that is a stranger's, one forgotten, one lost refund, one amount. */
async function spoiltDay(platform: (typeof platformsOf)[number]) {
  const { ctx, sandbox } = market
  const [right, forgotten, lost, other] = [
    await paid(platform),
    await paid(platform),
    await paid(platform),
    await paid(platform),
  ]
  const order = sandbox.world.store.order(platform, right)
  if (order === undefined) throw new Error("no order")
  sandbox.world.store.saveOrder({ ...order, orderNo: `stranger${platform.length}`, tradeNo: "1", prepayId: "1" })
  await ctx.sql`UPDATE attempts SET state = 'closed', succeeded_at = null WHERE out_trade_no = ${forgotten}`
  await ctx.sql`UPDATE sales SET state = 'closed', paid_fen = 34 WHERE settled_by = ${forgotten}`
  await ctx.sql`UPDATE attempts SET received_fen = 1233 WHERE out_trade_no = ${other}`
  const gone = sandbox.world.store.refundsOf(platform, lost)[0]
  const held = sandbox.world.store.order(platform, lost)
  if (gone === undefined || held === undefined) throw new Error("no refund")
  sandbox.world.store.saveOrder({ ...held, refundedFen: 0 })
  sandbox.world.store.database.run("DELETE FROM refunds WHERE refund_no = ?", [gone.refundNo])
  return { forgotten, lost }
}

const chinaDay = () => new Date(market.ctx.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)

/** To so many hours after the day's China midnight. */
function moveTo(day: string, hours: number): void {
  market.clock.advance((dayStartMs(day) ?? 0) + hours * 3_600_000 - market.clock.nowMs())
}

async function itemsOf(platform: (typeof platformsOf)[number], day: string) {
  const { ctx } = market
  return (await readReconciliation(ctx.db, operator, { platform, day, limit: 100 })).items
}

const orderOf = async (id: string) => {
  const { ctx } = market
  const [row] = await ctx.db.select().from(reconciliationItems).where(eq(reconciliationItems.id, id))
  if (row === undefined) throw new Error("no item")
  const { platform, day } = row
  return { platform, day, id, shown: (await readItem(ctx.db, operator, row, id)).proposal?.shown ?? "none" }
}

for (const platform of platformsOf) {
  test(`[PY-19] ${platform}: finds each kind of difference once, shows its repair, and does just that when a person says so`, async () => {
    const { ctx, deps, sandbox } = market
    const day = chinaDay()
    const { forgotten, lost } = await spoiltDay(platform)
    expect(await refusalOf(reconcileDay(ctx, deps, operator, { platform, day }))).toBe("reconciliation/day-not-over")
    moveTo(day, 30)
    expect(await reconcileDay(ctx, deps, operator, { platform, day })).toEqual({ state: "not-ready" })
    moveTo(day, 35)
    market.breakThings({ kind: "lost-response", operation: "bill-file", times: 9 })
    expect(await reconcileDay(ctx, deps, operator, { platform, day })).toEqual({
      state: "unknown",
      cause: "connection",
    })
    sandbox.world.faults.clear()
    const waiting = await readReconciliation(ctx.db, operator, { platform, day, limit: 100 })
    expect(waiting.about).toMatchObject({ reading: { state: "unknown", cause: "connection", tries: 2 }, items: 0 })
    expect(waiting.about.totals).toBeUndefined()
    const expected = { state: "reconciled", matched: 5, differences: 4 } as const
    expect(await reconcileDay(ctx, deps, operator, { platform, day })).toEqual(expected)
    expect(await reconcileDay(ctx, deps, operator, { platform, day })).toEqual(expected)

    const items = await itemsOf(platform, day)
    expect(items.map(({ item, proposal }) => `${item.kind} ${item.repair} ${proposal?.effect}`).sort()).toEqual([
      "amount-differs alarm hand-over",
      "missing-here alarm hand-over",
      "missing-there refund send-refund-again",
      "state-differs query-and-settle after-close",
    ])
    for (const { item, proposal } of items) {
      if (proposal === undefined) throw new Error("no proposal")
      for (const language of ["zh", "en"] as const) {
        const said = sayRepair(item, proposal, language)
        expect(said).not.toContain("{")
        if (proposal.effect !== "hand-over") expect(said).toContain(proposal.number)
      }
    }
    const elsewhere = operatorOf(ctx.random.uuid())
    expect((await readReconciliation(ctx.db, elsewhere, { platform, day, limit: 100 })).items).toEqual([])
    for (const { item } of items) {
      const order = await orderOf(item.id)
      expect(await refusalOf(repairItem(ctx, deps, operatorWithout("payments:reconcile"), order))).toBe(
        "request/forbidden",
      )
      expect(await refusalOf(repairItem(ctx, deps, elsewhere, order))).toBe("request/forbidden")
      expect(await refusalOf(readItem(ctx.db, elsewhere, item, item.id))).toBe("request/forbidden")
      expect(await refusalOf(repairItem(ctx, deps, operator, { ...order, shown: "0".repeat(32) }))).toBe(
        "reconciliation/item-changed",
      )
    }
    for (const { item, proposal } of items) {
      const order = { platform, day, id: item.id, shown: proposal?.shown ?? "" }
      let done = await repairItem(ctx, deps, operator, order)
      // WeChat Pay takes its time for a refund: it stays open and is asked after again.
      if (done.state === "open") {
        await market.eventually(async () => {
          market.clock.advance(1000)
          done = await repairItem(ctx, deps, operator, await orderOf(item.id))
          return done.state !== "open"
        }, "repaired")
      }
      expect(done).toMatchObject({ state: item.repair === "alarm" ? "alarmed" : "repaired", repairedBy: operator.id })
      // [response lost] the same order again is the same repair; another one comes too late.
      expect(await repairItem(ctx, deps, operator, { platform, day, id: item.id, shown: done.shown ?? "" })).toEqual(
        done,
      )
      expect(
        await refusalOf(repairItem(ctx, deps, operator, { platform, day, id: item.id, shown: "0".repeat(32) })),
      ).toBe("reconciliation/item-changed")
      expect((await readItem(ctx.db, operator, item, item.id)).proposal).toBeUndefined()
    }
    expect(sandbox.world.store.refundsOf(platform, lost)).toHaveLength(1)
    // As shown: the sale had been closed, so the money is in the books and on its way back.
    const [sale] = await ctx.sql`SELECT state, paid_fen FROM sales WHERE (terminal_id, counter) IN
      (SELECT terminal_id, counter FROM attempts WHERE out_trade_no = ${forgotten})`
    expect(sale).toMatchObject({ state: "closed", paid_fen: String(34 + saleFen) })
    const [back] =
      await ctx.sql`SELECT reason, amount_fen FROM refunds WHERE out_trade_no = ${forgotten} AND reason <> 'seller'`
    expect(back).toMatchObject({ reason: "after-close", amount_fen: String(saleFen) })
    const verbs = await ctx.db.select().from(audit).where(eq(audit.actorId, operator.id))
    expect(verbs.filter(({ verb }) => verb === "payments/repair-item").length).toBeGreaterThanOrEqual(4)
    expect(
      verbs.some(({ verb, subject }) => verb === "payments/reconcile-day" && subject === `${platform} ${day}`),
    ).toBe(true)
    expect(await refusalOf(repairItem(ctx, deps, operator, { platform, day, id: ctx.random.uuid(), shown: "" }))).toBe(
      "reconciliation/item-unknown",
    )
    expect(await refusalOf(readItem(ctx.db, operator, { platform, day: "2020-01-01" }, items[0]?.item.id ?? ""))).toBe(
      "reconciliation/item-unknown",
    )
  }, 60_000)
}

test("[PY-19] refuses a repair when the sale changed since it was shown, before and after the platform was asked", async () => {
  const { ctx, deps } = market
  const day = chinaDay()
  const { forgotten } = await spoiltDay("alipay")
  moveTo(day, 35)
  await reconcileDay(ctx, deps, operator, { platform: "alipay", day })
  const find = async () => (await itemsOf("alipay", day)).find(({ item }) => item.outTradeNo === forgotten)
  const order = {
    platform: "alipay",
    day,
    id: (await find())?.item.id ?? "",
    shown: (await find())?.proposal?.shown ?? "",
  } as const
  const touch = () => ctx.sql`UPDATE sales SET version = version + 1, state = 'paid' WHERE (terminal_id, counter) IN
    (SELECT terminal_id, counter FROM attempts WHERE out_trade_no = ${forgotten})`
  const asked: PaymentDeps = {
    ...deps,
    providers: {
      ...deps.providers,
      alipay: {
        ...deps.providers.alipay,
        query: async (reference) => {
          const answer = await deps.providers.alipay.query(reference)
          await touch()
          return answer
        },
      },
    },
  }
  expect(await refusalOf(repairItem(ctx, asked, operator, order))).toBe("reconciliation/item-changed")
  expect(await refusalOf(repairItem(ctx, deps, operator, order))).toBe("reconciliation/item-changed")
  // Nothing was done, and what is proposed now is another thing.
  expect(await find()).toMatchObject({ item: { state: "open" }, proposal: { effect: "second-payment" } })
  const [attempt] = await ctx.db.select().from(attempts).where(eq(attempts.outTradeNo, forgotten))
  expect(attempt?.state).toBe("closed")
})

test("[PY-19] a platform that answers another amount than was shown goes to a person; one that is silent leaves it open", async () => {
  const { ctx, deps } = market
  const day = chinaDay()
  const { forgotten } = await spoiltDay("wechat-pay")
  moveTo(day, 35)
  await reconcileDay(ctx, deps, operator, { platform: "wechat-pay", day })
  const item = (await itemsOf("wechat-pay", day)).find(({ item }) => item.outTradeNo === forgotten)?.item
  const answering = (query: PaymentProvider["query"]): PaymentDeps => ({
    ...deps,
    providers: { ...deps.providers, "wechat-pay": { ...deps.providers["wechat-pay"], query } },
  })
  for (const kind of ["lost-request", "lost-response"] as const) {
    market.breakThings({ kind, operation: "query", times: 9 })
    expect(await repairItem(ctx, deps, operator, await orderOf(item?.id ?? ""))).toMatchObject({ state: "open" })
    market.sandbox.world.faults.clear()
  }
  const other = answering(async () => succeeded({ state: "paid", totalFen: saleFen - 1, transactionId: "1" }))
  expect(await repairItem(ctx, other, operator, await orderOf(item?.id ?? ""))).toMatchObject({ state: "alarmed" })
  const [attempt] = await ctx.db.select().from(attempts).where(eq(attempts.outTradeNo, forgotten))
  expect(attempt).toMatchObject({ state: "closed" })
})

/** Alipay as if one bill covered everybody. */
function withOneBill(dailyBill: PaymentProvider["dailyBill"]): PaymentDeps {
  const { providers } = market.deps
  const alipay = { ...providers.alipay, billPerPayee: false, directAccounts: [], dailyBill }
  return { ...market.deps, providers: { ...providers, alipay } }
}

test("[PY-19] refunds that are still on their way at the bill, or were refused there, agree with books that say so", async () => {
  const { ctx, deps, sandbox } = market
  const day = chinaDay()
  const [waiting, ended] = [await paid("wechat-pay"), await paid("wechat-pay")]
  for (const [number, there, here] of [
    [waiting, "processing", "open"],
    [ended, "abnormal", "failed"],
  ] as const) {
    const [refund] = sandbox.world.store.refundsOf("wechat-pay", number)
    if (refund === undefined) throw new Error("no refund")
    const settledAtMs = there === "processing" ? null : refund.settledAtMs
    sandbox.world.store.saveRefund({ ...refund, state: there, settledAtMs, dueAtMs: Number.MAX_SAFE_INTEGER })
    await ctx.sql`UPDATE refunds SET state = ${here}, succeeded_at = null WHERE out_trade_no = ${number}`
  }
  moveTo(day, 35)
  await reconcileDay(ctx, deps, operator, { platform: "wechat-pay", day })
  const items = await itemsOf("wechat-pay", day)
  expect(items.filter(({ item }) => [waiting, ended].includes(item.outTradeNo))).toEqual([])
  const billed = await ctx.sql`SELECT state FROM refunds WHERE billed_day = ${day} ORDER BY state`
  expect(billed.map(({ state }) => state)).toEqual(expect.arrayContaining(["failed", "open"]))
})

test("[PY-19] a bill of any length costs the same few statements a page, and one that is too large concludes nothing", async () => {
  const { ctx } = market
  const number = await paid("alipay")
  const day = chinaDay()
  moveTo(day, 35)
  const stranger = (n: number): BillLine => ({
    ...{
      about: "payment",
      outTradeNo: `stranger${n}`,
      transactionId: String(n),
      payeeAccount: "1",
      amountFen: n,
      feeFen: 0,
    },
  })
  const ours: BillLine = {
    ...{ about: "payment", outTradeNo: number, transactionId: "1", payeeAccount: payees.alipay.account },
    ...{ amountFen: saleFen, feeFen: 7 },
  }
  let closed = 0
  const billOf = (pages: readonly (readonly BillLine[])[]) => ({
    pages: async function* () {
      yield* pages
    },
    close: async () => {
      closed += 1
    },
  })
  const dealing = (value: DailyBill) => withOneBill(async () => succeeded(value))
  const counted = countStatements(ctx)
  const reconcile = async (on: string, value: DailyBill) => {
    let result: Reconciled | undefined
    const count = await counted.statementsOf(async (counting) => {
      result = await reconcileDay(counting, dealing(value), operator, { platform: "alipay", day: on })
    })
    return { count, result }
  }
  const small = await reconcile(day, { state: "ready", bill: billOf([[ours, stranger(1)]]) })
  const page = Array.from({ length: 999 }, (_, n) => stranger(n + 2))
  const large = await reconcile(day, { state: "ready", bill: billOf([[ours, ...page]]) })
  expect(small.result).toMatchObject({ state: "reconciled", matched: 1 })
  expect(large.result).toMatchObject({ state: "reconciled", matched: 1 })
  expect(large.count).toBe(small.count)
  expect(closed).toBe(2)
  const [billed] = await ctx.db.select().from(attempts).where(eq(attempts.outTradeNo, number))
  expect(billed).toMatchObject({ billedDay: day, feeFen: 7 })

  const before = "2026-01-02"
  const tooLarge = await reconcile(before, { state: "too-large" })
  expect(tooLarge.result).toEqual({ state: "too-large" })
  const [reading] = await ctx.db.select().from(billReadings).where(eq(billReadings.day, before))
  expect(reading).toMatchObject({ state: "too-large", tries: 1 })
  await counted.end()
})

test("[PY-19] the job does not fetch a bill again that is too large; a person may", async () => {
  const { ctx, deps } = market
  market.clock.advance(40 * 86_400_000)
  let asked = 0
  const dailyBill: PaymentProvider["dailyBill"] = async () => {
    asked += 1
    return succeeded({ state: "too-large" })
  }
  const { alipay } = withOneBill(dailyBill).providers
  const wechatPay = { ...deps.providers["wechat-pay"], directAccounts: [], dailyBill }
  const dealing: PaymentDeps = { ...deps, providers: { "wechat-pay": wechatPay, alipay } }
  const [job] = reconcileJobs(dealing, "one")
  await job?.run(ctx)
  const days = asked / platformsOf.length
  expect(days).toBeGreaterThan(1)
  await job?.run(ctx)
  expect(asked).toBe(days * platformsOf.length)
  const [reading] = await ctx.db.select().from(billReadings).where(eq(billReadings.state, "too-large"))
  await reconcileDay(ctx, dealing, operator, { platform: reading?.platform ?? "alipay", day: reading?.day ?? "" })
  expect(asked).toBe(days * platformsOf.length + 1)
})

test("[PY-19] a bill that breaks off between pages is taken in by the next run, each line once", async () => {
  const { ctx } = market
  const number = await paid("alipay")
  const day = chinaDay()
  moveTo(day, 35)
  const line: BillLine = {
    ...{ about: "payment", outTradeNo: "nobodys", transactionId: "1", payeeAccount: "1", amountFen: 5, feeFen: 0 },
  }
  let isBroken = true
  let closed = 0
  const bill = {
    pages: async function* () {
      yield [line]
      if (isBroken) throw new Error("the disk is gone")
    },
    close: async () => {
      closed += 1
    },
  }
  const dealing = withOneBill(async () => succeeded({ state: "ready", bill }))
  const run = () => reconcileDay(ctx, dealing, operator, { platform: "alipay", day })
  expect(run()).rejects.toThrow("the disk is gone")
  await refusalOf(run()).catch(() => "thrown")
  expect(closed).toBe(2)
  expect(await ctx.db.select().from(billReadings).where(eq(billReadings.day, day))).toEqual([])
  isBroken = false
  const done = await run()
  expect(done).toMatchObject({ state: "reconciled", matched: 0 })
  const found = await itemsOf("alipay", day)
  expect(found.filter(({ item }) => item.outTradeNo === "nobodys")).toHaveLength(1)
  expect(found.filter(({ item }) => item.outTradeNo === number)).toMatchObject([
    { item: { kind: "missing-there" } },
    { item: { kind: "missing-there" } },
  ])
})

test("[PY-19] a payee whose bill is missing holds back no other's; after two days a person is told, once", async () => {
  const { ctx } = market
  const number = await paid("alipay")
  const day = chinaDay()
  const gone = await makeStall(ctx)
  const left = await makeStall(ctx)
  for (const [account, { merchantId }] of [
    ["2088000000000901", gone],
    ["2088000000000902", left],
  ] as const) {
    await setPayee(ctx, operator, merchantId, { platform: "alipay", account, authToken: account })
  }
  await ctx.sql`UPDATE merchants SET state = 'suspended' WHERE id = ${left.merchantId}`
  const asked: string[] = []
  let isBack = false
  const line: BillLine = {
    ...{ about: "payment", outTradeNo: `of ${day}`, transactionId: "1", payeeAccount: payees.alipay.account },
    ...{ amountFen: 5, feeFen: 0 },
  }
  const dailyBill: PaymentProvider["dailyBill"] = async ({ payee }) => {
    asked.push(payee?.account ?? "")
    if (payee?.account === payees.alipay.account) {
      const pages = async function* () {
        yield [line]
      }
      return succeeded({ state: "ready", bill: { pages, close: async () => {} } })
    }
    if (payee?.account === "2088000000000901" && !isBack) return failed("AUTH_TOKEN_INVALID")
    return succeeded({ state: "absent" })
  }
  const { providers } = market.deps
  const alipay = { ...providers.alipay, directAccounts: [], dailyBill }
  const deps: PaymentDeps = { ...market.deps, providers: { ...providers, alipay } }
  const run = () => reconcileDay(ctx, deps, gatewayActor, { platform: "alipay", day })
  const alarmed = () =>
    ctx.sql`SELECT subject FROM alarms WHERE subject LIKE ${`reconciliation/bill-missing alipay ${day}%`}`

  moveTo(day, 35)
  expect(await run()).toEqual({ state: "unknown", cause: "platform-refused" })
  // The other's bill is taken in, with what it does not list; of whom no bill came nothing is said.
  expect(asked.toSorted()).toEqual([payees.alipay.account, "2088000000000901"])
  const kinds = (await itemsOf("alipay", day)).map(({ item }) => [item.kind, item.outTradeNo])
  expect(kinds.toSorted()).toEqual([
    ["missing-here", `of ${day}`],
    ["missing-there", number],
    ["missing-there", number],
  ])
  expect(await alarmed()).toHaveLength(0)
  moveTo(day, 73)
  await run()
  await run()
  expect(await alarmed()).toMatchObject([{ subject: `reconciliation/bill-missing alipay ${day} 2088000000000901` }])
  // What was taken in is not fetched again.
  expect(asked.filter((account) => account === payees.alipay.account)).toHaveLength(1)
  isBack = true
  expect(await run()).toEqual({ state: "reconciled", matched: 0, differences: 3 })
  const [row] = await ctx.db.select().from(reconciliations).where(eq(reconciliations.day, day))
  expect(row).toMatchObject({ paidFen: 5 })
  await ctx.sql`DELETE FROM payee_accounts WHERE merchant_id IN (${gone.merchantId}, ${left.merchantId})`
})

test("[PY-19] a platform that is silent is not asked for every payee", async () => {
  const { ctx } = market
  const day = chinaDay()
  moveTo(day, 35)
  let asked = 0
  const dailyBill: PaymentProvider["dailyBill"] = async () => {
    asked += 1
    return unknown("time-out")
  }
  const { providers } = market.deps
  const directAccounts = Array.from({ length: 30 }, (_, n) => ({ name: `own-${n}`, account: `20880000000008${n}` }))
  const alipay = { ...providers.alipay, directAccounts, dailyBill }
  const deps: PaymentDeps = { ...market.deps, providers: { ...providers, alipay } }
  const told = await reconcileDay(ctx, deps, gatewayActor, { platform: "alipay", day })
  expect(told).toEqual({ state: "unknown", cause: "time-out" })
  // Three in a row, and those that were being asked beside.
  expect(asked).toBeGreaterThanOrEqual(3)
  expect(asked).toBeLessThanOrEqual(6)
})

test("[RS-2] four payees are asked at a time, and no more", async () => {
  const { ctx, deps } = market
  const day = chinaDay()
  moveTo(day, 35)
  let [asking, most, asked] = [0, 0, 0]
  const { promise: fourAreAsked, resolve } = Promise.withResolvers<void>()
  const dailyBill: PaymentProvider["dailyBill"] = async () => {
    asked += 1
    asking += 1
    most = Math.max(most, asking)
    if (asking === 4) resolve()
    await fourAreAsked
    asking -= 1
    return succeeded({ state: "absent" })
  }
  const directAccounts = Array.from({ length: 12 }, (_, n) => ({ name: `own-${n}`, account: `20880000000007${n}` }))
  const alipay = { ...deps.providers.alipay, directAccounts, dailyBill }
  const dealing: PaymentDeps = { ...deps, providers: { ...deps.providers, alipay } }
  await reconcileDay(ctx, dealing, gatewayActor, { platform: "alipay", day })
  expect(most).toBe(4)
  expect(asked).toBeGreaterThanOrEqual(12)
})

test("[PY-19] a day whose bills are not there is asked for again after ten minutes, by whichever gateway looks", async () => {
  const { ctx } = market
  market.clock.advance(20 * 86_400_000)
  let asked = 0
  const dailyBill: PaymentProvider["dailyBill"] = async () => {
    asked += 1
    return succeeded({ state: "not-ready" })
  }
  const { alipay } = withOneBill(dailyBill).providers
  const wechatPay = { ...market.deps.providers["wechat-pay"], directAccounts: [], dailyBill }
  const dealing: PaymentDeps = { ...market.deps, providers: { "wechat-pay": wechatPay, alipay } }
  const [[one], [other]] = [reconcileJobs(dealing, "one"), reconcileJobs(dealing, "other")]
  await one?.run(ctx)
  const first = asked
  expect(first).toBeGreaterThan(0)
  await other?.run(ctx)
  expect(asked).toBe(first)
  market.clock.advance(600_000)
  await other?.run(ctx)
  expect(asked).toBe(2 * first)
})

test("[PY-19] whoever may not, or not everywhere, reconciles nothing", async () => {
  const { ctx, deps, stall } = market
  const about = { platform: "alipay", day: "2026-01-03" } as const
  for (const actor of [operatorWithout("payments:reconcile"), operatorOf(stall.siteId)]) {
    expect(await refusalOf(reconcileDay(ctx, deps, actor, about))).toBe("request/forbidden")
  }
  expect(await refusalOf(readReconciliation(ctx.db, operatorWithout("payments:read"), { ...about, limit: 1 }))).toBe(
    "request/forbidden",
  )
  expect(await refusalOf(readReconciliation(ctx.db, operator, { ...about, limit: 1 }))).toBe("reconciliation/unknown")
})
