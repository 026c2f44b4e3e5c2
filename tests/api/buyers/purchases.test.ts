import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { listPurchases } from "@suyuan/api/buyers/purchases"
import { sales } from "@suyuan/drizzle/schema/sales"
import { eq, sql } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer } from "../../support/paying"
import { sellingTerminal } from "../../support/selling"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

const dayMs = 86_400_000
let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { sell } = tradingAt(() => gateway)

test("what was bought long ago is on a later page, and a purchase that was settled late on the page of its payment", async () => {
  const { ctx, clock } = gateway
  const stall = await sellingTerminal(ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const person = await newBuyer(ctx)
  const buyer: Actor = { kind: "buyer", id: person.id, siteIds: [], scopes: [] }
  const bought = []
  for (let one = 0; one < 4; one += 1) bought.push(await sell(stall, 500, person))
  const nowMs = clock.nowMs()
  // Sold so many days ago, and settled so many.
  const days = [
    [500, 500],
    [90, 90],
    [60, 30],
    [1, 1],
  ]
  for (const [index, sale] of bought.entries()) {
    const [soldDays = 0, settledDays = 0] = days[index] ?? []
    const [soldAt, settledAt] = [new Date(nowMs - soldDays * dayMs), new Date(nowMs - settledDays * dayMs)]
    const day = soldAt.toISOString().slice(0, 10)
    await ctx.db.update(sales).set({ day, issuedAt: soldAt, settledAt }).where(eq(sales.recordId, sale.recordId))
  }
  const listed: (string | undefined)[] = []
  let before: Date | undefined
  for (let page = 0; page < 3; page += 1) {
    const found = await listPurchases(ctx, buyer, { limit: 2, before })
    listed.push(...found.map(({ recordId }) => recordId))
    before = found.at(-1)?.settledAt
  }
  expect(listed.slice(0, 4)).toEqual(bought.map(({ recordId }) => recordId).toReversed())
  expect(listed).toHaveLength(4)
})

test("purchases of one instant are on one page or the next, none on neither", async () => {
  const { ctx, clock } = gateway
  const stall = await sellingTerminal(ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const person = await newBuyer(ctx)
  const bought = []
  for (let one = 0; one < 3; one += 1) bought.push((await sell(stall, 500, person)).recordId)
  await ctx.db
    .update(sales)
    .set({ settledAt: new Date(clock.nowMs()) })
    .where(eq(sales.buyerId, person.id))
  const app = testApp(ctx)
  const headers = await sessionOf(ctx, person)
  type Listed = {
    readonly recordId: string
    readonly settledAt: string
    readonly terminal: string
    readonly counter: number
  }
  const list = async (query: string) =>
    ((await (await app.request(`/buyers/purchases?limit=2${query}`, { headers })).json()) as { purchases: Listed[] })
      .purchases
  const first = await list("")
  const last = first.at(-1)
  const second = await list(`&before=${last?.settledAt}&after=${last?.terminal}-${last?.counter}`)
  expect([...first, ...second].map(({ recordId }) => recordId)).toEqual(bought)
  expect(first).toHaveLength(2)
})

test("[OR-4] the six digits of a purchase are its payer's, and gone once all the money went back", async () => {
  const { ctx } = gateway
  const stall = await sellingTerminal(ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  const person = await newBuyer(ctx)
  const { recordId } = await sell(stall, 500, person)
  const digitsOf = async ({ id }: { readonly id: string }) => {
    const listed = await listPurchases(ctx, { kind: "buyer", id, siteIds: [], scopes: [] }, { limit: 5 })
    return listed.map(({ receiptDigits }) => receiptDigits)
  }
  expect(await digitsOf(person)).toEqual([expect.stringMatching(/^\d{6}$/)])
  expect(await digitsOf(await newBuyer(ctx))).toEqual([])
  await ctx.db.update(sales).set({ refundedFen: sql`paid_fen` }).where(eq(sales.recordId, recordId))
  expect(await digitsOf(person)).toEqual([null])
})
