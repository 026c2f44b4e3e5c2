// Whoever calls a purchase their own sees its recall: the browser, the wallet that paid for it, and what is joined.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { listPurchases } from "@suyuan/api/buyers/purchases"
import { activateRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { listOwnRecalls, noteRecallRead } from "@suyuan/api/recalls/own-recalls"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { buyerJoins, buyers } from "@suyuan/drizzle/schema/buyers"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { recallNotices } from "@suyuan/drizzle/schema/recalls"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { newBuyer } from "../../support/paying"
import { operator, secondOperator } from "../../support/stall"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let day: Day
let recallId: string
const joinId = crypto.randomUUID()
const people = { browser: "", wallet: "", phone: "" }

const actorOf = (id: string): Actor => ({ kind: "buyer", id, siteIds: [], scopes: [] })
const concerns = async (id: string) =>
  (await listOwnRecalls(gateway.ctx, actorOf(id))).map(({ saleRecordId, isRead }) => [saleRecordId, isRead])
const bought = async (id: string) =>
  (await listPurchases(gateway.ctx, actorOf(id), { limit: 10 })).map(({ recordId }) => recordId)

beforeAll(async () => {
  gateway = await testGateway()
  const { ctx } = gateway
  day = await playDay(gateway)
  people.browser = day.buyers[0]?.id ?? ""
  people.wallet = (await newBuyer(ctx)).id
  people.phone = (await newBuyer(ctx)).id
  await ctx.db.update(buyers).set({ platform: "web", appId: "" }).where(eq(buyers.id, people.browser))
  await ctx.db.update(attempts).set({ walletBuyerId: people.wallet }).where(eq(attempts.buyerId, people.browser))
  const at = new Date(ctx.clock.nowMs())
  await ctx.db.insert(buyerJoins).values({
    ...{ id: joinId, offeredBy: people.phone, codeHash: "00".repeat(32), state: "active", claimedBy: people.browser },
    ...{ checkDigits: "00", offeredAt: at, expiresAt: at },
  })
  const set = { kind: "lots", lotIds: [day.lot] } as const
  recallId = (await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })).id
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, recallId)
  await approveRecall(ctx, secondOperator, recallId, reachDigest)
  await activateRecall(ctx, secondOperator, recallId)
})
afterAll(() => gateway?.close())

for (const who of ["browser", "wallet", "phone"] as const) {
  test(`[RC-13] the ${who} that lists a recalled purchase is told that a recall concerns it`, async () => {
    const recordId = day.bags[0]?.recordId ?? ""
    expect(await bought(people[who])).toEqual([recordId])
    expect(await concerns(people[who])).toEqual([[recordId, false]])
    const notices = gateway.ctx.db.select().from(recallNotices).where(eq(recallNotices.buyerId, people[who]))
    expect((await notices).map(({ saleRecordId }) => saleRecordId)).toEqual([recordId])
  })
}

test("[RC-15] a join that ended shows the other side's recalls no more, and keeps one's own", async () => {
  const { ctx } = gateway
  await noteRecallRead(ctx, actorOf(people.browser), recallId)
  await ctx.db.delete(buyerJoins).where(eq(buyerJoins.id, joinId))
  expect([await bought(people.phone), await concerns(people.phone)]).toEqual([[], []])
  expect(await concerns(people.browser)).toHaveLength(1)
  expect(await concerns(day.bystander.id)).toEqual([])
})
