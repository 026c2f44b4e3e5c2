// What becomes of a notice while its platform is busy, its recall is withdrawn, or its buyer gives leave.
import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { activateRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import type { BuyerNotifier, MessageOutcome, RecallMessage } from "@suyuan/api/recalls/buyer-notifier"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { withdrawRecall } from "@suyuan/api/recalls/end-recall"
import { giveMessageConsent } from "@suyuan/api/recalls/message-consents"
import { listOwnRecalls } from "@suyuan/api/recalls/own-recalls"
import { readRecall, readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { sendNotices } from "@suyuan/api/recalls/send-notices"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { sites } from "@suyuan/drizzle/schema/participants"
import { recallNotices } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { operator, secondOperator } from "../../support/stall"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

const templateId = "a template of the tests"
let gateway: TestGateway
let day: Day
let buyer: Actor
beforeAll(async () => {
  gateway = await testGateway({ WECHAT_RECALL_TEMPLATE_ID: templateId })
  day = await playDay(gateway)
  buyer = { kind: "buyer", id: day.buyers[0]?.id ?? "", siteIds: [], scopes: [] }
  await gateway.ctx.db
    .update(buyers)
    .set({ appId: gateway.ctx.config.WECHAT_MINI_APPID })
    .where(eq(buyers.id, buyer.id))
})
afterAll(() => gateway?.close())

let recallId: string
beforeEach(async () => {
  const { ctx } = gateway
  const set = { kind: "lots", lotIds: [day.lot] } as const
  recallId = (await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })).id
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, recallId)
  await approveRecall(ctx, secondOperator, recallId, reachDigest)
  await activateRecall(ctx, secondOperator, recallId)
})
afterEach(async () => {
  await gateway.ctx.db.delete(recallNotices)
})

/** A platform that knows the first buyer, and answers as `answer` does. */
function platform(answer: (message: RecallMessage) => Promise<MessageOutcome> | MessageOutcome) {
  const appId = gateway.ctx.config.WECHAT_MINI_APPID
  const notifier: BuyerNotifier = { appId, send: async (message) => answer(message) }
  return { "wechat-pay": notifier, alipay: undefined }
}

async function notice() {
  const found = await gateway.ctx.db.select().from(recallNotices).where(eq(recallNotices.buyerId, buyer.id))
  return found.find((one) => one.recallId === recallId)
}

const busy = () => ({ kind: "busy" }) as const
const sent = () => ({ kind: "sent", messageId: undefined, byLeave: false }) as const

test("[RC-14] a platform that is busy for hours is asked until it answers, ever more seldom", async () => {
  const { ctx, clock } = gateway
  const waits: number[] = []
  for (let times = 0; times < 12; times += 1) {
    await sendNotices(ctx, platform(busy))
    const { state, tries, nextTryAt } = (await notice()) ?? {}
    expect([state, tries]).toEqual(["waiting", 0])
    waits.push((nextTryAt?.getTime() ?? 0) - clock.nowMs())
    clock.advance(waits.at(-1) ?? 0)
  }
  expect(waits[0]).toBe(10_000)
  expect(waits.at(-1)).toBe(30 * 60_000)
  await sendNotices(ctx, platform(sent))
  expect((await notice())?.state).toBe("sent")
})

test("[RC-14] busy times are not among the tries of a message that may be with the buyer", async () => {
  const { ctx, clock } = gateway
  const lost = () => ({ kind: "unknown", cause: "time-out" }) as const
  for (let times = 0; times < 6; times += 1) {
    await sendNotices(ctx, platform(busy))
    clock.advance(3_600_000)
    await sendNotices(ctx, platform(lost))
    expect(await notice()).toMatchObject({ state: "unknown", tries: times + 1 })
    clock.advance(3_600_000)
  }
  expect((await notice())?.nextTryAt).toBeNull()
})

test("[RC-14] nobody is told of a recall that was withdrawn while the platform was busy with them", async () => {
  const { ctx, clock } = gateway
  await sendNotices(
    ctx,
    platform(async () => {
      await withdrawRecall(ctx, operator, recallId)
      return busy()
    }),
  )
  clock.advance(3_600_000)
  const told: string[] = []
  await sendNotices(
    ctx,
    platform(({ page }) => {
      told.push(page)
      return sent()
    }),
  )
  expect(told).toEqual([])
  expect(await notice()).toMatchObject({ state: "waiting", nextTryAt: null })
})

test("[RC-13] leave that is given while a message is refused for want of it is used", async () => {
  const { ctx } = gateway
  await sendNotices(
    ctx,
    platform(async ({ hasLeave }) => {
      expect(hasLeave).toBe(false)
      await giveMessageConsent(ctx, buyer, { id: ctx.random.uuid(), templateId })
      return { kind: "not-permitted", code: "43101" }
    }),
  )
  expect((await notice())?.state).toBe("waiting")
  await sendNotices(
    ctx,
    platform(({ hasLeave }) => {
      expect(hasLeave).toBe(true)
      return sent()
    }),
  )
  expect((await readRecall(ctx, operator, recallId)).notices.sent).toBe(1)
})

test("[RC-13] the day of purchase is the one at the stall, not in Greenwich", async () => {
  const { ctx } = gateway
  const { saleRecordId, saleDay } = (await notice()) ?? { saleRecordId: "", saleDay: "" }
  // Seven in the morning in China.
  const [sale] = await ctx.db
    .update(sales)
    .set({ effectiveAt: new Date(`${saleDay}T23:00:00Z`) })
    .where(eq(sales.recordId, saleRecordId))
    .returning()
  await ctx.db
    .update(sites)
    .set({ zone: "Asia/Shanghai" })
    .where(eq(sites.id, sale?.siteId ?? ""))
  const boughtOn: string[] = []
  await sendNotices(
    ctx,
    platform((message) => {
      boughtOn.push(message.boughtOn)
      return sent()
    }),
  )
  const next = new Date(Date.parse(saleDay) + 86_400_000).toISOString().slice(0, 10)
  expect(boughtOn).toEqual([next])
  expect(await listOwnRecalls(ctx, buyer)).toMatchObject([{ saleDay: next }])
})
