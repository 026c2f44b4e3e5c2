import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { attemptKeyOf } from "@suyuan/api/payments/attempts"
import { dailyStatement } from "@suyuan/api/payments/daily-statement"
import { readReconciliation } from "@suyuan/api/payments/read-reconciliation"
import { reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { settle } from "@suyuan/api/payments/settle"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { eq } from "drizzle-orm"
import { sessionOf, testApp, tokenOf } from "../../support/app"
import { countStatements } from "../../support/counting"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { makeStall, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"

setDefaultTimeout(90_000)

let market: Market
let cashStall: SellingTerminal
let cashCounter = 0
beforeAll(async () => {
  market = await openMarket()
  cashStall = await sellingTerminal(market.ctx)
  await cashStall.deliver(await cashStall.envelope("snapshot", cashStall.snapshotBody()))
  // In the middle of a day in China, so that nothing here falls across midnight by chance.
  const nowMs = market.clock.nowMs() + 8 * 3_600_000
  market.clock.advance(86_400_000 - (nowMs % 86_400_000) + 8 * 3_600_000)
})
afterAll(() => market.end())

const today = (back = 0) =>
  new Date(market.clock.nowMs() + 8 * 3_600_000 - back * 86_400_000).toISOString().slice(0, 10)

const statementOf = (day: string, merchantId = market.stall.merchantId, actor: Actor = operator) =>
  dailyStatement(market.ctx, actor, { merchantId, day })

const rowOf = async (way: "wechat-pay" | "alipay" | "cash", day: string, merchantId = market.stall.merchantId) =>
  (await statementOf(day, merchantId)).rows.find((row) => row.way === way)

async function paidSale(platform: "wechat-pay" | "alipay"): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

async function giveBack(sale: TestSale, amountFen: number): Promise<void> {
  const { ctx, deps } = market
  await requestRefund(ctx, deps, operator, { sale, id: ctx.random.uuid(), amountFen, goods: "money-only", lines: [] })
  await market.refundsDone(sale, 1000)
}

async function cashSale(): Promise<number> {
  cashCounter += 1
  const code = await cashStall.code(cashCounter, [gramsOf(1, 1000)])
  await cashStall.deliver(await cashStall.envelope("sale", cashStall.saleBody(code, "cash")))
  return cashCounter
}

/** Σ paid − Σ refunded of every sale, as the books have it now. */
async function booksFen(): Promise<number> {
  const rows = await market.ctx.db.select().from(sales)
  return rows.reduce((sum, row) => sum + row.paidFen - row.refundedFen, 0)
}

/** Σ of all merchants' statements of a day. */
async function statementsFen(day: string): Promise<number> {
  const all = await market.ctx.db.select({ id: merchants.id }).from(merchants)
  const made = await Promise.all(all.map(({ id }) => statementOf(day, id)))
  return made.reduce((sum, { total }) => sum + total.receivedFen - total.refundedFen, 0)
}

function moveToHour(day: string, hours: number): void {
  market.clock.advance(Date.parse(`${day}T00:00:00+08:00`) + hours * 3_600_000 - market.clock.nowMs())
}

test("[RS-4] Σ statements of a day is what the books moved on it, to the fen: parts, wholes, second payments, voids, later days", async () => {
  const first = today()
  const before = await booksFen()
  const whole = await paidSale("wechat-pay")
  const parts = await paidSale("alipay")
  const later = await paidSale("wechat-pay")
  await giveBack(whole, saleFen)
  await giveBack(parts, 100)
  await giveBack(parts, 200)
  await giveBack(parts, 34)
  const twice = await market.newSale()
  const [one, two] = [await market.newPayer("wechat-pay"), await market.newPayer("alipay")]
  const opened = [await market.open(twice, one), await market.open(twice, two)] as const
  await market.decideOn(opened[0], one)
  await market.decideOn(opened[1], two)
  await market.refundsDone(twice, 1000)
  const voided = await cashSale()
  await cashSale()
  const asked = { counter: voided, reason: "duplicate" } as const
  await cashStall.deliver(await cashStall.envelope("void", asked))
  await cashStall.deliver(await cashStall.envelope("void", asked))
  const afterFirst = await booksFen()
  expect(today()).toBe(first)
  expect(await statementsFen(first)).toBe(afterFirst - before)

  moveToHour(today(-1), 9)
  const second = today()
  await giveBack(later, 1000)
  await giveBack(await paidSale("alipay"), saleFen)
  const afterSecond = await booksFen()
  expect(await statementsFen(second)).toBe(afterSecond - afterFirst)
  // The first day is as it was.
  expect(await statementsFen(first)).toBe(afterFirst - before)
  expect((await rowOf("wechat-pay", second))?.refundedFen).toBe(1000)
  expect(await rowOf("wechat-pay", second)).toMatchObject({
    payments: 0,
    receivedFen: 0,
    refunds: 1,
    refundedFen: 1000,
  })
  const cash = await rowOf("cash", first, cashStall.merchantId)
  expect(cash).toMatchObject({ payments: 2, receivedFen: 800, refunds: 1, refundedFen: 400, feesFen: 0, netFen: 400 })
  const all = await market.ctx.db.select().from(refunds)
  const returned = all.filter(({ state }) => state === "succeeded").reduce((sum, row) => sum + row.amountFen, 0)
  const inSales = (await market.ctx.db.select().from(sales)).reduce((sum, row) => sum + row.refundedFen, 0)
  expect(returned).toBe(inSales)

  // The platforms' own bills say the same of both days: several refunds of one sale, whole ones, second payments.
  moveToHour(second, 35)
  const { ctx, deps } = market
  for (const platform of ["wechat-pay", "alipay"] as const) {
    for (const day of [first, second]) {
      expect(await reconcileDay(ctx, deps, operator, { platform, day })).toMatchObject({ differences: 0 })
      const { about } = await readReconciliation(ctx.db, operator, { platform, day, limit: 1 })
      const row = await rowOf(platform, day)
      expect(about.totals).toMatchObject({
        paidFen: row?.receivedFen,
        refundedFen: row?.refundedFen,
        feesFen: row?.feesFen,
      })
    }
  }
})

test("[RS-5] fees are the bill's: not known before it is reconciled, and a refund of a later day is known with its own bill", async () => {
  const { ctx, deps } = market
  moveToHour(today(-1), 9)
  const day = today()
  const sale = await paidSale("alipay")
  const another = await paidSale("alipay")
  await giveBack(another, 234)
  const provisional = await statementOf(day)
  expect(provisional.isOver).toBe(false)
  const unknownFees = {
    payments: 2,
    receivedFen: 2 * saleFen,
    refunds: 1,
    refundedFen: 234,
    feesFen: null,
    netFen: null,
  }
  expect(provisional.rows.find((row) => row.way === "alipay")).toMatchObject(unknownFees)
  expect(provisional.total).toMatchObject({ feesFen: null, netFen: null })
  // No movement, no fee: that is known.
  expect(provisional.rows.find((row) => row.way === "wechat-pay")).toMatchObject({ payments: 0, feesFen: 0, netFen: 0 })

  moveToHour(day, 35)
  expect((await rowOf("alipay", day))?.feesFen).toBeNull()
  expect(await reconcileDay(ctx, deps, operator, { platform: "alipay", day })).toMatchObject({ state: "reconciled" })
  // 0.6 % of 12.34 twice, less what came back with 2.34.
  const known = await statementOf(day)
  expect(known).toMatchObject({ isOver: true })
  expect(known.rows.find((row) => row.way === "alipay")).toMatchObject({
    feesFen: 7 + 7 - 1,
    netFen: 2 * saleFen - 234 - 13,
  })

  // A refund after the sale was reconciled: the sale's day stays, the refund's waits for its own bill.
  const next = today()
  await giveBack(sale, 1000)
  expect(await rowOf("alipay", next)).toMatchObject({ payments: 0, refunds: 1, refundedFen: 1000, feesFen: null })
  expect((await rowOf("alipay", day))?.feesFen).toBe(13)
  moveToHour(next, 35)
  expect(await reconcileDay(ctx, deps, operator, { platform: "alipay", day: next })).toMatchObject({
    state: "reconciled",
    differences: 0,
  })
  expect(await rowOf("alipay", next)).toMatchObject({ feesFen: -6, netFen: -1000 + 6 })
  expect((await rowOf("alipay", day))?.feesFen).toBe(13)
})

test("[RS-3] a business day begins when the site's does, in the site's zone, and two days meet without a gap", async () => {
  const { ctx } = market
  for (const [zone, dayStartsAtMinutes, hours] of [
    ["Asia/Shanghai", 720, 24],
    ["Asia/Shanghai", 0, 24],
    ["America/New_York", 0, 23],
    ["America/New_York", 720, 23],
  ] as const) {
    const { siteId, merchantId } = await makeStall(ctx)
    await ctx.db.update(sites).set({ zone, dayStartsAtMinutes }).where(eq(sites.id, siteId))
    const site = { zone, dayStartsAtMinutes }
    // Summer time begins in New York.
    const { startsAt, endsAt } = await statementOf("2026-03-08", merchantId)
    expect(businessDayOf(site, startsAt)).toBe("2026-03-08")
    expect(businessDayOf(site, new Date(startsAt.getTime() - 1))).toBe("2026-03-07")
    expect(businessDayOf(site, new Date(endsAt.getTime() - 1))).toBe("2026-03-08")
    expect(businessDayOf(site, endsAt)).toBe("2026-03-09")
    expect((endsAt.getTime() - startsAt.getTime()) / 3_600_000).toBe(hours)
    expect((await statementOf("2026-03-09", merchantId)).startsAt).toEqual(endsAt)
  }
})

test("[RS-4] a payment that is found a month later is on the statement of the day on which it was found", async () => {
  const { ctx, deps } = market
  const sale = await market.newSale()
  const { outTradeNo } = await market.open(sale, await market.newPayer("alipay"))
  await ctx.sql`UPDATE attempts SET state = 'closed', next_query_at = null WHERE out_trade_no = ${outTradeNo}`
  moveToHour(today(-30), 9)
  const before = await booksFen()
  const key = attemptKeyOf(outTradeNo)
  if (key === undefined) throw new Error("no number")
  const trade = { state: "paid", totalFen: saleFen, transactionId: "2026" } as const
  await ctx.db.transaction((tx) => settle(ctx, deps, tx, key, trade, "query"))
  expect(await booksFen()).toBe(before + saleFen)
  expect(await rowOf("alipay", today())).toMatchObject({ payments: 1, receivedFen: saleFen })
})

describe("[RS-6] a statement is for", () => {
  test("the merchant itself, a wallet bound to it, and operators of its site with the scope; for nobody else", async () => {
    const { ctx, stall } = market
    const day = today()
    const merchant: Actor = { kind: "merchant", id: stall.merchantId, siteIds: [], scopes: [] }
    expect((await statementOf(day, stall.merchantId, merchant)).merchant.id).toBe(stall.merchantId)
    expect((await statementOf(day, stall.merchantId, operatorOf(stall.siteId))).merchant.id).toBe(stall.merchantId)
    const { actor: buyer } = await market.newPayer("alipay")
    for (const other of [
      { ...merchant, id: cashStall.merchantId },
      operatorOf(ctx.random.uuid()),
      operatorWithout("payments:read"),
      buyer,
    ]) {
      expect(await refusalOf(statementOf(day, stall.merchantId, other))).toBe("request/forbidden")
      if (other.kind !== "operator") {
        expect(await refusalOf(statementOf(day, ctx.random.uuid(), other))).toBe("request/forbidden")
      }
    }
    const at = new Date(market.clock.nowMs())
    const bind = async (merchantId: string, siteId: string, validTo: Date | null) =>
      ctx.db.insert(bindings).values({
        ...{ id: ctx.random.uuid(), buyerId: buyer.id, merchantId, siteId, terminalId: 0, validTo },
        ...{ codeDigest: ctx.random.uuid().replaceAll("-", ""), checkDigits: "00", claimedAt: at, validFrom: at },
        state: validTo === null ? ("active" as const) : ("ended" as const),
      })
    await bind(stall.merchantId, stall.siteId, at)
    expect(await refusalOf(statementOf(day, stall.merchantId, buyer))).toBe("request/forbidden")
    await bind(stall.merchantId, stall.siteId, null)
    expect((await statementOf(day, stall.merchantId, buyer)).merchant.id).toBe(stall.merchantId)
    expect(await refusalOf(statementOf(day, cashStall.merchantId, buyer))).toBe("request/forbidden")
    expect(await refusalOf(statementOf(day, ctx.random.uuid()))).toBe("merchant/unknown")
    expect(await refusalOf(statementOf(today(-1)))).toBe("statement/day-not-begun")
  })
})

describe("[RS-6] over HTTP", () => {
  test("JSON, a file for spreadsheets and a page, in three statements to the database", async () => {
    const { ctx, stall } = market
    const counted = countStatements(ctx)
    const day = today()
    await ctx.db.update(merchants).set({ name: '=HYPERLINK("http://x")' }).where(eq(merchants.id, stall.merchantId))
    const token = await tokenOf(ctx, ["payments:read"], stall.siteId)
    const path = `/payments/statements/${stall.merchantId}/${day}`
    let answer = new Response()
    const statements = await counted.statementsOf(async (counting) => {
      answer = await testApp(counting).request(path, { headers: token })
    })
    expect(statements).toBeLessThanOrEqual(3)
    await counted.end()
    expect(await answer.json()).toMatchObject({
      day,
      merchant: { id: stall.merchantId },
      rows: [{ way: "wechat-pay" }, {}, {}],
    })
    const app = testApp(ctx)
    const csv = await app.request(`${path}?as=csv&lang=en`, { headers: token })
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8")
    expect(csv.headers.get("content-disposition")).toBe(`attachment; filename="statement-A-12-${day}.csv"`)
    const bytes = new Uint8Array(await csv.arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const [head, first, ...rest] = new TextDecoder().decode(bytes).split("\r\n")
    expect(head).toBe("Business day,Site,Stall,Merchant,By,Payments,Received,Refunds,Refunded,Fees,Net")
    expect(first).toContain(`A-12,"'=HYPERLINK(""http://x"")",WeChat Pay,0,0.00,0,0.00,0.00,0.00`)
    expect(rest).toHaveLength(4)
    expect(rest.at(-1)).toBe("")
    const page = await app.request(path, { headers: { ...token, accept: "text/html" } })
    const html = await page.text()
    expect(html).toContain("每日对账单")
    expect(html).toContain("¥0.00")
    expect(html).toContain("@page{size:A4")
    expect(html).not.toContain("<script")
    expect(html).not.toContain('=HYPERLINK("')
    expect((await app.request(path)).status).toBe(401)
    expect((await app.request(`/payments/statements/${stall.merchantId}/yesterday`, { headers: token })).status).toBe(
      400,
    )
    const { actor } = await market.newPayer("alipay")
    expect((await app.request(path, { headers: await sessionOf(ctx, actor) })).status).toBe(403)
  })
})
