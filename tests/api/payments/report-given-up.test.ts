import { afterAll, beforeAll, expect, test } from "bun:test"
import { giveUpsOf } from "@suyuan/api/payments/payer-hints"
import { failed } from "@suyuan/api/payments/payment-provider"
import { reportGivenUp } from "@suyuan/api/payments/report-given-up"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import { operator, refusalOf } from "../../support/stall"
import { type Market, openMarket, type Payer, saleFen, type TestSale } from "./market"

let market: Market
beforeAll(async () => {
  market = await openMarket({ settings: { PAYMENT_EXPIRY_SECONDS: "300", SCAN_WINDOW_SECONDS: "3600" } })
}, 60_000)
afterAll(() => market.end())

const report = (sale: TestSale, { actor }: Pick<Payer, "actor">, why: "cancelled" | "failed" = "cancelled") =>
  reportGivenUp(market.ctx, actor, { sale, why })

/** What the terminal is told of a sale's payers; nothing here sends it. */
async function hints(sale: TestSale): Promise<readonly string[]> {
  const rows = await market.ctx.db.select().from(outbox).where(eq(outbox.topic, "hint"))
  const said = rows.map(({ payload }) => payload as { counter: number; hint: string; atMs: number; version: number })
  return said
    .filter(({ counter }) => counter === sale.counter)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ hint, version }) => `${hint} ${version}`)
}

test("[PY-23] a wallet that gave up is told to the terminal and changes no money; a later payment counts", async () => {
  const [sale, payer] = [await market.newSale(), await market.newPayer("wechat-pay")]
  const opened = await market.open(sale, payer)
  const before = await market.saleRow(sale)
  expect(await report(sale, payer)).toBe(true)
  expect(await market.saleRow(sale)).toEqual(before)
  expect(await market.attempts(sale)).toMatchObject([{ state: "open" }])
  expect(await hints(sale)).toEqual([`gave-up ${before.version}`])
  await market.decideOn(opened, payer)
  await market.settled(sale)
  expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen, refundedFen: 0 })
  expect(await report(sale, payer)).toBe(false)
  expect(await hints(sale)).toHaveLength(1)
})

test("[PY-23] said again, it is told once; begun again, the terminal hears, and the next report counts", async () => {
  const [sale, payer] = [await market.newSale(), await market.newPayer("alipay")]
  const first = await market.open(sale, payer)
  expect([await report(sale, payer), await report(sale, payer, "failed")]).toEqual([true, false])
  market.clock.advance(1000)
  expect((await market.open(sale, payer)).outTradeNo).toBe(first.outTradeNo)
  market.clock.advance(1000)
  expect(await report(sale, payer)).toBe(true)
  expect(await hints(sale)).toEqual(["gave-up 1", "came-back 1", "gave-up 1"])
})

test("[PY-23] while another payer may be at it the terminal is told nothing", async () => {
  const [sale, one, other] = [
    await market.newSale(),
    await market.newPayer("wechat-pay"),
    await market.newPayer("alipay"),
  ]
  await market.open(sale, one)
  await market.open(sale, other)
  expect(await report(sale, one)).toBe(false)
  expect(await hints(sale)).toEqual([])
  expect(await report(sale, other)).toBe(true)
  market.clock.advance(1000)
  await market.open(sale, await market.newPayer("alipay"))
  expect(await hints(sale)).toEqual(["gave-up 1", "came-back 1"])
})

test("[PY-23] an order that the platform refuses, or that it closed, is told as given up", async () => {
  const [refused, left] = [await market.newSale(), await market.newSale()]
  const payer = await market.newPayer("wechat-pay")
  const unwilling = { ...market.deps.providers["wechat-pay"], open: async () => failed("NOAUTH") }
  const deps = { ...market.deps, providers: { ...market.deps.providers, "wechat-pay": unwilling } }
  expect(await refusalOf(market.open(refused, payer, deps))).toBe("payment/platform-refused")
  expect(await hints(refused)).toEqual(["gave-up 1"])
  await market.open(left, payer)
  await market.pass(6 * 60_000, 60_000)
  expect(await market.attempts(left)).toMatchObject([{ state: "closed" }])
  expect(await market.saleRow(left)).toMatchObject({ state: "paying" })
  expect(await hints(left)).toEqual(["gave-up 1"])
})

test("[PY-23] refuses the wrong actor, hears nobody else of a sale, and ten reports of one attempt at most", async () => {
  const [sale, payer] = [await market.newSale(), await market.newPayer("wechat-pay")]
  await market.open(sale, payer)
  expect(await refusalOf(report(sale, { actor: operator }))).toBe("request/forbidden")
  expect(await report(sale, await market.newPayer("wechat-pay"))).toBe(false)
  expect(await hints(sale)).toEqual([])
  for (let tries = 0; tries < 10; tries += 1) {
    market.clock.advance(1000)
    expect(await report(sale, payer)).toBe(true)
    market.clock.advance(1000)
    await market.open(sale, payer)
  }
  expect(await refusalOf(report(sale, payer))).toBe("request/too-many")
})

test("[PY-23] hints are looked for on the days of the attempts alone, by one statement for any number of them", async () => {
  const { ctx } = market
  const [sale, payer] = [await market.newSale(), await market.newPayer("alipay")]
  await market.open(sale, payer)
  const [attempt] = await market.attempts(sale)
  if (attempt === undefined) throw new Error("no attempt")
  const said: string[] = []
  const logged = drizzle(ctx.sql, { logger: { logQuery: (query) => void said.push(query) } })
  for (const count of [1, 3]) {
    const made = Array.from({ length: count }, () => attempt)
    await logged.transaction((tx) => giveUpsOf(ctx, tx, made))
  }
  const looked = said.filter((query) => query.includes("payment_events"))
  expect(looked).toHaveLength(2)
  expect(new Set(looked).size).toBe(1)
  expect(looked[0]).toMatch(/"day" >= .*"day" <= /)
})
