// Every call to a platform, lost before and lost after, on both platforms, with the gateway's money verbs on a clock that
// the test moves. What a killed process makes of the same calls is in killed.test.ts.
import { afterAll, afterEach, beforeAll, expect } from "bun:test"
import { cancelSale } from "@suyuan/api/payments/cancel-sale"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { payOrder } from "@suyuan/sandbox/orders/pay-order"
import { eq } from "drizzle-orm"
import { type Market, openMarket, type Payer, saleFen, type TestSale } from "../api/payments/market"
import { platformsOf } from "../api/payments/platforms"
import { operator } from "../support/stall"
import { expectIdentities } from "./expect-identities"
import { runRows } from "./run-rows"

type Platform = (typeof platformsOf)[number]

let market: Market
const begun: TestSale[] = []
beforeAll(async () => {
  market = await openMarket({ settings: { PLATFORM_TIMEOUT_MS: "1000" } })
}, 60_000)
afterEach(async () => {
  market.sandbox.world.faults.clear()
  const books = platformsOf.map((platform) => market.sandbox.world.store.books(platform))
  const sum = (name: "receiptsFen" | "refundsFen") => books.reduce((total, book) => total + book[name], 0)
  const both = { receiptsFen: sum("receiptsFen"), refundsFen: sum("refundsFen") }
  await expectIdentities({ sql: market.ctx.sql, books: both, sales: begun })
})
afterAll(() => market.end())

const secondMs = 1000
const minuteMs = 60 * secondMs
/** Clients try again by themselves when a connection breaks before the answer: enough for those tries too. */
const tries = 3

async function begin(platform: Platform): Promise<{ sale: TestSale; payer: Payer }> {
  const sale = await market.newSale()
  begun.push(sale)
  return { sale, payer: await market.newPayer(platform) }
}

async function paid(platform: Platform): Promise<TestSale> {
  const { sale, payer } = await begin(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

type Fault = "lost-request" | "lost-response" | "system-error"

async function createFails(kind: Fault, platform: Platform): Promise<void> {
  const { sale, payer } = await begin(platform)
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
}

async function queryFails(kind: Fault, platform: Platform): Promise<void> {
  const { sale, payer } = await begin(platform)
  const opened = await market.open(sale, payer)
  market.breakThings({ kind: "no-notification" })
  market.breakThings({ kind, operation: "query", times: tries })
  await market.decideOn(opened, payer)
  await market.pass(40 * secondMs, 5 * secondMs)
  expect(await market.saleRow(sale)).toMatchObject({ state: "paid", settledBy: opened.outTradeNo })
}

async function closeFails(kind: Fault, platform: Platform): Promise<void> {
  const { sale, payer } = await begin(platform)
  const opened = await market.open(sale, payer)
  market.breakThings({ kind, operation: "close", times: tries })
  await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))
  await market.pass(3 * minuteMs, 20 * secondMs)
  expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
  expect(market.sandbox.world.store.order(platform, opened.outTradeNo)?.state).toBe("closed")
}

const askBack = ({ terminalId, counter, day }: TestSale) =>
  requestRefund(market.ctx, market.deps, operator, {
    ...{ sale: { terminalId, counter, day }, id: market.ctx.random.uuid() },
    ...{ amountFen: 34, goods: "money-only", lines: [] },
  })

async function refundFails(kind: Fault, platform: Platform): Promise<void> {
  const sale = await paid(platform)
  market.breakThings({ kind, operation: "refund", times: tries })
  // Or it might be told before the call has given up.
  market.breakThings({ kind: "no-notification", operation: "notify" })
  expect(await askBack(sale)).toMatchObject({ state: "unknown" })
  expect(await market.refundsDone(sale)).toMatchObject([{ amountFen: 34 }])
  expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 34 })
}

async function refundQueryFails(kind: Fault, platform: Platform): Promise<void> {
  const sale = await paid(platform)
  market.breakThings({ kind: "no-notification", operation: "notify" })
  market.breakThings({ kind, operation: "refund-query", times: tries })
  await askBack(sale)
  expect(await market.refundsDone(sale)).toHaveLength(1)
}

runRows("platforms", {
  createLostRequest: (platform) => createFails("lost-request", platform),
  createLostResponse: (platform) => createFails("lost-response", platform),
  createSystemError: (platform) => createFails("system-error", platform),
  createAskedAgain: async (platform) => {
    const { sale, payer } = await begin(platform)
    market.breakThings({ kind: "lost-response", operation: "create", times: tries })
    await market.open(sale, payer)
    market.sandbox.world.faults.clear()
    expect(await market.open(sale, payer)).toMatchObject({ attempt: "open" })
  },
  createNeverArrives: async (platform) => {
    const { sale, payer } = await begin(platform)
    market.breakThings({ kind: "lost-request", operation: "create", times: 99 })
    await market.open(sale, payer)
    await market.pass(6 * minuteMs, minuteMs)
    expect(await market.attempts(sale)).toMatchObject([{ state: "closed" }])
    expect(await market.saleRow(sale)).toMatchObject({ state: "closed" })
  },
  notificationFirst: async (platform) => {
    const { sale, payer } = await begin(platform)
    market.breakThings({ kind: "notification-first", operation: "create" })
    const opened = await market.open(sale, payer)
    expect(opened).toMatchObject({ attempt: "succeeded", sale: { state: "paid" }, bridge: undefined })
    expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, version: 2 })
  },
  notificationRepeated: async (platform) => {
    const { sale, payer } = await begin(platform)
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
  },
  queryLostRequest: (platform) => queryFails("lost-request", platform),
  queryLostResponse: (platform) => queryFails("lost-response", platform),
  querySystemError: (platform) => queryFails("system-error", platform),
  closeLostRequest: (platform) => closeFails("lost-request", platform),
  closeLostResponse: (platform) => closeFails("lost-response", platform),
  closeSystemError: (platform) => closeFails("system-error", platform),
  paidAfterClose: async (platform) => {
    const { sale, payer } = await begin(platform)
    const opened = await market.open(sale, payer)
    await market.ctx.db.transaction((tx) => cancelSale(market.ctx, tx, sale))
    await market.work()
    market.breakThings({ kind: "payment-after-close" })
    const { world } = market.sandbox
    const order = world.store.order(platform, opened.outTradeNo)
    if (order === undefined) throw new Error("the platform has no order")
    expect(await payOrder(world, order)).toMatchObject({ ok: true })
    await market.eventually(async () => (await market.refunds(sale)).length > 0, "the payment is told")
    await market.refundsDone(sale)
    expect(await market.saleRow(sale)).toMatchObject({ state: "closed", paidFen: saleFen, refundedFen: saleFen })
  },
  refundLostRequest: (platform) => refundFails("lost-request", platform),
  refundLostResponse: (platform) => refundFails("lost-response", platform),
  refundSystemError: (platform) => refundFails("system-error", platform),
  refundToldFirst: async (platform) => {
    const sale = await paid(platform)
    market.breakThings({ kind: "notification-first", operation: "refund" })
    expect(await askBack(sale)).toMatchObject({ state: "succeeded" })
    await market.pass(10 * secondMs, secondMs)
    expect(await market.saleRow(sale)).toMatchObject({ refundedFen: 34 })
  },
  refundQueryLostRequest: (platform) => refundQueryFails("lost-request", platform),
  refundQueryLostResponse: (platform) => refundQueryFails("lost-response", platform),
  preparedOnly: async (platform) => {
    const { sale, payer } = await begin(platform)
    const { ctx } = market
    const stopped = () =>
      ctx.sql`UPDATE attempts SET state = 'prepared', platform_handle = null WHERE counter = ${sale.counter}`
    await market.open(sale, payer)
    await stopped()
    expect(await market.open(sale, payer)).toMatchObject({ attempt: "open" })
    await stopped()
    await market.pass(20 * secondMs, 5 * secondMs)
    expect(await market.attempts(sale)).toMatchObject([{ state: "open" }])
  },
  twoPayers: async () => {
    const { sale, payer: one } = await begin("wechat-pay")
    const other = await market.newPayer("alipay")
    const [first, second] = [await market.open(sale, one), await market.open(sale, other)]
    market.breakThings({ kind: "lost-response", operation: "query", times: tries })
    market.breakThings({ kind: "lost-response", operation: "refund", times: tries })
    market.breakThings({ kind: "no-notification", operation: "notify", times: 2 })
    await Promise.all([market.decideOn(first, one), market.decideOn(second, other)])
    expect(await market.refundsDone(sale)).toMatchObject([{ reason: "second-payment" }])
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: 2 * saleFen, refundedFen: saleFen })
  },
  queriedWrongAmount: async (platform) => {
    const { sale, payer } = await begin(platform)
    const opened = await market.open(sale, payer)
    market.breakThings({ kind: "no-notification" })
    const { store } = market.sandbox.world
    const order = store.order(platform, opened.outTradeNo)
    if (order === undefined) throw new Error("the platform has no order")
    store.saveOrder({ ...order, amountFen: saleFen + 100 })
    await market.decideOn(opened, payer)
    await market.refundsDone(sale)
    expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen + 100, refundedFen: saleFen + 100 })
    expect((await market.saleRow(sale)).settledBy).toBeNull()
    const alarms = await market.ctx.db.select().from(audit).where(eq(audit.subject, opened.outTradeNo))
    expect(alarms.map(({ verb }) => verb)).toContain("payments/wrong-amount")
  },
})
