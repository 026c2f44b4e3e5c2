// Buyers are told through their platforms' mini-programs, which may lose what is asked or what is answered.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { alipayMessageFromConfig } from "@suyuan/api/adapters/alipay-message"
import { wechatMessageFromConfig } from "@suyuan/api/adapters/wechat-message"
import { activateRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import type { BuyerNotifiers, MessageOutcome } from "@suyuan/api/recalls/buyer-notifier"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { giveMessageConsent, readMessageOffer } from "@suyuan/api/recalls/message-consents"
import { listOwnRecalls, noteRecallRead } from "@suyuan/api/recalls/own-recalls"
import { readRecall, readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { sendNotices } from "@suyuan/api/recalls/send-notices"
import { buyers } from "@suyuan/drizzle/schema/buyers"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { messageConsents, recallNotices } from "@suyuan/drizzle/schema/recalls"
import { alipay, wechat } from "@suyuan/sandbox/accounts"
import type { Buyer } from "@suyuan/sandbox/buyers/buyers"
import { type FaultKind, faultInput } from "@suyuan/sandbox/faults/faults"
import type { Order } from "@suyuan/sandbox/orders/order"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testClock, testGateway } from "../../support/context"
import { operator, refusalOf, secondOperator } from "../../support/stall"
import { type Platforms, startPlatforms } from "../payments/platforms"
import { type Day, playDay } from "./day"

setDefaultTimeout(60_000)

let platforms: Platforms
let gateway: TestGateway
let notifiers: BuyerNotifiers
let day: Day
const people = { wechat: undefined as Buyer | undefined, alipay: undefined as Buyer | undefined }
const clock = testClock()

beforeAll(async () => {
  platforms = await startPlatforms(clock)
  gateway = await testGateway({ ...platforms.sandbox.environment, PLATFORM_TIMEOUT_MS: "1000" })
  const { config } = gateway.ctx
  notifiers = { "wechat-pay": wechatMessageFromConfig(config, clock), alipay: alipayMessageFromConfig(config, clock) }
  day = await playDay(gateway)
  // The first buyer uses the WeChat mini-program, the second Alipay's; the third is known by the official account.
  people.wechat = platforms.sandbox.world.buyers.add("甲")
  people.alipay = platforms.sandbox.world.buyers.add("乙")
  const openId = people.wechat.openids[wechat.miniAppId] ?? ""
  await become(day.buyers[0]?.id ?? "", { platform: "wechat-pay", appId: wechat.miniAppId, openId })
  await become(day.buyers[1]?.id ?? "", { platform: "alipay", appId: alipay.appId, openId: people.alipay.alipayOpenId })
})
afterAll(async () => {
  await platforms?.end()
  await gateway?.close()
})

let recallId: string
let lastTrade = 2026030122000
beforeEach(async () => {
  const { ctx } = gateway
  // Each payment permits a few messages only.
  lastTrade += 1
  platforms.sandbox.world.store.saveOrder(paidOrder(String(lastTrade)))
  await ctx.db
    .update(attempts)
    .set({ platform: "alipay", platformTransactionId: String(lastTrade) })
    .where(eq(attempts.buyerId, day.buyers[1]?.id ?? ""))
  const set = { kind: "lots", lotIds: [day.lot] } as const
  recallId = (await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })).id
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, recallId)
  await approveRecall(ctx, secondOperator, recallId, reachDigest)
  await activateRecall(ctx, secondOperator, recallId)
})
afterEach(async () => {
  platforms.sandbox.world.faults.clear()
  await gateway.ctx.db.delete(recallNotices)
  await gateway.ctx.db.delete(messageConsents)
  platforms.sandbox.world.messages.turnOff(people.wechat?.openids[wechat.miniAppId] ?? "")
  platforms.sandbox.world.messages.turnOff(people.alipay?.alipayOpenId ?? "")
})

async function become(id: string, identity: Pick<typeof buyers.$inferInsert, "platform" | "appId" | "openId">) {
  await gateway.ctx.db.update(buyers).set(identity).where(eq(buyers.id, id))
}

function paidOrder(tradeNo: string): Order {
  const nowMs = clock.nowMs()
  return {
    ...{ platform: "alipay", collector: alipay.appId, way: "jsapi", orderNo: tradeNo, tradeNo, prepayId: tradeNo },
    ...{ prepayAtMs: nowMs, appId: alipay.appId, payer: people.alipay?.alipayOpenId ?? "", hidden: false },
    ...{ payeeNo: alipay.sellerId, amountFen: 600, couponFen: 0, description: "", notifyUrl: "", request: {} },
    ...{ state: "paid", createdAtMs: nowMs, expiresAtMs: null, paidAtMs: nowMs, closedAtMs: null, refundedFen: 0 },
  }
}

const actorOf = (index: number): Actor => {
  return { kind: "buyer", id: day.buyers[index]?.id ?? "", siteIds: [], scopes: [] }
}
/** The sheet's yes alone, as when the phone never reached the gateway with it. */
const tap = () =>
  platforms.sandbox.world.messages.allow(people.wechat?.openids[wechat.miniAppId] ?? "", wechat.recallTemplateId)
const tell = (index: number, id = gateway.ctx.random.uuid()) => {
  const { recallTemplateId: templateId } = index === 0 ? wechat : alipay
  return giveMessageConsent(gateway.ctx, actorOf(index), { id, templateId })
}
const allow = () => {
  tap()
  return tell(0)
}
const leaves = (index: number) =>
  gateway.ctx.db
    .select()
    .from(messageConsents)
    .where(eq(messageConsents.buyerId, actorOf(index).id))
const messagesTo = (platform: "wechat-pay" | "alipay") =>
  platforms.sandbox.world.messages
    .list()
    .filter((message) => message.platform === platform && message.page.endsWith(recallId))
const fail = (kind: FaultKind, platform: "wechat-pay" | "alipay") =>
  platforms.sandbox.world.faults.add(
    faultInput.parse({ kind, platform, operation: "message", times: 1, manner: "hang" }),
  )

async function stateOf(index: number): Promise<string> {
  const [notice] = await gateway.ctx.db
    .select()
    .from(recallNotices)
    .where(and(eq(recallNotices.recallId, recallId), eq(recallNotices.buyerId, actorOf(index).id)))
  return notice?.state ?? "none"
}

async function retry(): Promise<void> {
  gateway.clock.advance(3_600_000)
  await sendNotices(gateway.ctx, notifiers)
}

describe("buyers", () => {
  test("[RC-13] are told once, each by their own platform, or it is known why not", async () => {
    await allow()
    for (let times = 0; times < 3; times += 1) await sendNotices(gateway.ctx, notifiers)
    expect([await stateOf(0), await stateOf(1), await stateOf(2)]).toEqual(["sent", "sent", "not-permitted"])
    const own = await Promise.all([0, 1, 2].map((index) => listOwnRecalls(gateway.ctx, actorOf(index))))
    expect(own.map(([recall]) => recall?.message)).toEqual(["sent", "sent", "not-permitted"])
    expect(messagesTo("wechat-pay").map(({ data }) => data)).toMatchObject([{ thing1: "大白菜", thing3: "农残超标" }])
    expect(messagesTo("alipay").map(({ data }) => data)).toMatchObject([{ keyword1: "大白菜", keyword3: "农残超标" }])
    const built = await Bun.file("miniprogram/src/app.config.ts").text()
    for (const { page } of [...messagesTo("wechat-pay"), ...messagesTo("alipay")]) {
      // A platform refuses a message to a page that the program does not have.
      expect(built).toContain(`"${page.split("?")[0]}"`)
    }
    // The two merchants' own wallets are known by the official account too.
    expect((await readRecall(gateway.ctx, operator, recallId)).notices).toMatchObject({ sent: 2, "not-permitted": 3 })
  })

  test("[RC-13] who gave no leave is told once they give it", async () => {
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("not-permitted")
    const leave = gateway.ctx.random.uuid()
    tap()
    for (let times = 0; times < 2; times += 1) await tell(0, leave)
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("sent")
    expect((await leaves(0)).map(({ id, usedBy }) => [id, usedBy !== null])).toEqual([[leave, true]])
  })

  test("[RC-19] a notice uses exactly one leave, however often it is tried", async () => {
    await allow()
    await allow()
    fail("lost-response", "wechat-pay")
    await sendNotices(gateway.ctx, notifiers)
    await retry()
    await retry()
    expect((await leaves(0)).filter(({ usedBy }) => usedBy !== null)).toHaveLength(1)
    expect(await readMessageOffer(gateway.ctx, actorOf(0))).toEqual({ templateId: wechat.recallTemplateId, unused: 1 })
  })

  test("[RC-19] two gateways that send at once take a leave each for their notices, never the same", async () => {
    await allow()
    await Promise.all([sendNotices(gateway.ctx, notifiers), sendNotices(gateway.ctx, notifiers)])
    expect(messagesTo("wechat-pay")).toHaveLength(1)
    expect((await leaves(0)).map(({ usedBy }) => usedBy !== null)).toEqual([true])
  })

  test("[RC-19] messages that the buyer turned off are not permitted, and the leave is void", async () => {
    await allow()
    platforms.sandbox.world.messages.turnOff(people.wechat?.openids[wechat.miniAppId] ?? "")
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("not-permitted")
    const [leave] = await leaves(0)
    expect([leave?.usedBy, leave?.voidAt === null]).toEqual([null, false])
    await allow()
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("sent")
  })

  test("[RC-19] a leave for another template, or of a buyer who can be sent nothing, is refused", async () => {
    const { ctx } = gateway
    const of = (index: number, templateId: string) =>
      refusalOf(giveMessageConsent(ctx, actorOf(index), { id: ctx.random.uuid(), templateId }))
    expect(await of(0, alipay.recallTemplateId)).toBe("buyer/template-unknown")
    expect(await of(2, wechat.recallTemplateId)).toBe("buyer/template-unknown")
    expect(await readMessageOffer(ctx, actorOf(2))).toEqual({ templateId: undefined, unused: 0 })
    expect(await refusalOf(readMessageOffer(ctx, operator))).toBe("request/forbidden")
  })

  test("[RC-19] alipay: a payment goes before a subscription; where it permits nothing the subscription does", async () => {
    const { messages } = platforms.sandbox.world
    messages.allow(people.alipay?.alipayOpenId ?? "", alipay.recallTemplateId)
    await tell(1)
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(1)).toBe("sent")
    expect((await readMessageOffer(gateway.ctx, actorOf(1))).unused).toBe(1)
    // The same recall again, once the payment's messages are used up.
    while (messages.usePayment(String(lastTrade), 3));
    await gateway.ctx.db.update(recallNotices).set({ state: "waiting", nextTryAt: new Date(0) })
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(1)).toBe("sent")
    expect(messagesTo("alipay")).toHaveLength(2)
    expect((await readMessageOffer(gateway.ctx, actorOf(1))).unused).toBe(0)
  })

  for (const [index, platform] of (["wechat-pay", "alipay"] as const).entries()) {
    test(`[RC-14] ${platform}: a request that was lost is sent again`, async () => {
      if (platform === "wechat-pay") await allow()
      fail("lost-request", platform)
      await sendNotices(gateway.ctx, notifiers)
      expect(await stateOf(index)).toBe("unknown")
      await retry()
      expect(await stateOf(index)).toBe("sent")
      expect(messagesTo(platform)).toHaveLength(1)
    })

    test(`[RC-14] ${platform}: busy is nothing done`, async () => {
      if (platform === "wechat-pay") await allow()
      fail("system-error", platform)
      await sendNotices(gateway.ctx, notifiers)
      expect(await stateOf(index)).toBe("waiting")
      await retry()
      expect(await stateOf(index)).toBe("sent")
      expect(messagesTo(platform)).toHaveLength(1)
    })
  }

  test("[RC-14] what a gateway died with is another's after a minute, and not before", async () => {
    const asked = Promise.withResolvers<void>()
    const send = async () => {
      asked.resolve()
      return Promise.withResolvers<MessageOutcome>().promise
    }
    const silent = (own: BuyerNotifiers["alipay"]) => own && { ...own, send }
    void sendNotices(gateway.ctx, { "wechat-pay": silent(notifiers["wechat-pay"]), alipay: silent(notifiers.alipay) })
    await asked.promise
    gateway.clock.advance(59_999)
    await sendNotices(gateway.ctx, notifiers)
    expect([await stateOf(1), messagesTo("alipay").length]).toEqual(["unknown", 0])
    gateway.clock.advance(1)
    await sendNotices(gateway.ctx, notifiers)
    expect([await stateOf(1), messagesTo("alipay").length]).toEqual(["sent", 1])
  })

  test("[RC-14] wechat-pay: an answer that was lost leaves it unknown, whatever is answered after it", async () => {
    await allow()
    fail("lost-response", "wechat-pay")
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("unknown")
    await retry()
    // The one leave was used by the first try.
    expect(await stateOf(0)).toBe("unknown")
    expect(messagesTo("wechat-pay")).toHaveLength(1)
    await retry()
    expect(messagesTo("wechat-pay")).toHaveLength(1)
    await noteRecallRead(gateway.ctx, actorOf(0), recallId)
    expect(await stateOf(0)).toBe("read")
  })

  test("[RC-14] alipay: after an answer that was lost the buyer is told again rather than not at all", async () => {
    fail("lost-response", "alipay")
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(1)).toBe("unknown")
    await retry()
    expect(await stateOf(1)).toBe("sent")
    expect(messagesTo("alipay")).toHaveLength(2)
  })

  test("[RC-14] alipay: a connection that breaks after the message is no second message, and no refusal", async () => {
    const { faults, messages } = platforms.sandbox.world
    messages.allow(people.alipay?.alipayOpenId ?? "", alipay.recallTemplateId)
    await tell(1)
    while (messages.usePayment(String(lastTrade), 3));
    faults.add(faultInput.parse({ kind: "lost-response", platform: "alipay", operation: "message", manner: "reset" }))
    await sendNotices(gateway.ctx, notifiers)
    expect([await stateOf(1), messagesTo("alipay").length]).toEqual(["unknown", 1])
    expect((await leaves(1)).map(({ usedBy, voidAt }) => [usedBy !== null, voidAt])).toEqual([[true, null]])
  })

  test("[RC-14] a token that another server ended is asked for anew", async () => {
    await allow()
    await allow()
    await sendNotices(gateway.ctx, notifiers)
    platforms.sandbox.world.messages.endTokens()
    await gateway.ctx.db.update(recallNotices).set({ state: "waiting", nextTryAt: new Date(0) })
    await sendNotices(gateway.ctx, notifiers)
    expect(await stateOf(0)).toBe("waiting")
    await retry()
    expect(await stateOf(0)).toBe("sent")
  })

  test("[RC-15] see it themselves, and reading it is noted, told or not", async () => {
    const { ctx } = gateway
    expect(await listOwnRecalls(ctx, actorOf(2))).toMatchObject([
      { recallId, reason: "农残超标", isOver: false, isRead: false },
    ])
    await noteRecallRead(ctx, actorOf(2), recallId)
    await noteRecallRead(ctx, actorOf(2), recallId)
    await sendNotices(ctx, notifiers)
    expect(await stateOf(2)).toBe("read")
    expect((await readRecall(ctx, operator, recallId)).notices.read).toBe(1)
    const bystander: Actor = { kind: "buyer", id: day.bystander.id, siteIds: [], scopes: [] }
    expect(await listOwnRecalls(ctx, bystander)).toEqual([])
    expect(await refusalOf(noteRecallRead(ctx, bystander, recallId))).toBe("recall/unknown")
    for (const verb of [listOwnRecalls(ctx, operator), noteRecallRead(ctx, operator, recallId)]) {
      expect(await refusalOf(verb)).toBe("request/forbidden")
    }
    expect(await refusalOf(giveMessageConsent(ctx, operator, { id: ctx.random.uuid(), templateId: "t" }))).toBe(
      "request/forbidden",
    )
  })
})
