// What a buyer is told of messages about recalls, in the compiled programs, from the question after paying to what became
// of the message: asked, allowed, sent, not permitted, failed, not known. Payments of days ago permit no message any more,
// so on both platforms it is the buyer's leave that counts.
import { afterEach, describe, expect, test } from "bun:test"
import { alipayMessageFromConfig } from "@suyuan/api/adapters/alipay-message"
import { wechatMessageFromConfig } from "@suyuan/api/adapters/wechat-message"
import type { Config } from "@suyuan/api/config"
import { sendNotices } from "@suyuan/api/recalls/send-notices"
import { type FaultKind, faultInput } from "@suyuan/sandbox/faults/faults"
import { until } from "../../api/payments/platforms"
import { recallAll } from "./market-steps"
import { type Phone, type PhoneTarget, targets } from "./phone"
import { phonesOfBoth } from "./phones"

const { world, take } = phonesOfBoth()

const platformOf = { weapp: "wechat-pay", alipay: "alipay" } as const
/** Alipay's payments permit messages for seven. */
const EIGHT_DAYS_MS = 8 * 86_400_000
const HOUR_MS = 3_600_000

const inForce: { readonly withdraw: () => Promise<unknown> }[] = []
afterEach(async () => {
  world().market.sandbox.world.faults.clear()
  for (const recall of inForce.splice(0)) await recall.withdraw()
})

/** Goods of days ago are over: no recall reaches what is sold after them. */
let isStale = false

/** Bought and sent by the stall. */
async function buyer(target: PhoneTarget): Promise<Phone> {
  if (isStale) await world().restock()
  isStale = false
  const phone = take(target)
  const code = await world().newCode()
  await phone.buy(code)
  await phone.host.until("万一召回，要告诉您吗")
  await world().uploadOne(code)
  return phone
}

async function allows(phone: Phone): Promise<void> {
  await until(() => phone.host.has("leave-yes"), "it may be allowed")
  phone.host.tap("leave-yes")
  await phone.host.until("召回时会给您发一条消息")
}

/** What was bought is recalled, when the payment permits nothing any more. */
async function recall({ isLater = true } = {}) {
  if (isLater) world().market.clock.advance(EIGHT_DAYS_MS)
  isStale ||= isLater
  const recalled = await recallAll(world())
  inForce.push(recalled)
  return recalled
}

function send(settings: Partial<Config> = {}): Promise<number> {
  const { ctx } = world()
  const config = { ...ctx.config, ...settings }
  return sendNotices(ctx, {
    "wechat-pay": wechatMessageFromConfig(config, ctx.clock),
    alipay: alipayMessageFromConfig(config, ctx.clock),
  })
}

async function recallsSay({ host }: Phone, ...words: readonly string[]): Promise<void> {
  await host.open("/pages/recall/index")
  for (const word of words) await host.until(word)
}

const identities = ({ person }: Phone): readonly string[] => [...Object.values(person.openids), person.alipayOpenId]

function sentTo(phone: Phone): number {
  const { messages } = world().market.sandbox.world
  return messages.list().filter(({ to }) => identities(phone).includes(to)).length
}

for (const target of targets) {
  describe(target, () => {
    const strike = (kind: FaultKind) =>
      world().market.sandbox.world.faults.add(
        faultInput.parse({ kind, platform: platformOf[target], operation: "message" }),
      )

    test("[RC-19] never asked, allowed, sent and used up: the page of recalls says each, and takes the next leave", async () => {
      const phone = await buyer(target)
      await recallsSay(phone, "还没有问过您能不能发消息")
      await allows(phone)
      await recallsSay(phone, "您允许过：万一召回，给您发一条消息")
      expect(phone.host.has("leave-yes")).toBe(false)
      const { id } = await recall()
      await recallsSay(phone, "关于它的消息还在等着发")
      await send()
      await recallsSay(phone, "关于它的消息已经发给您", "您上次允许的那一条已经用掉")
      expect(sentTo(phone)).toBe(1)
      await allows(phone)
      await recallsSay(phone, "您允许过：万一召回，给您发一条消息", "关于它的消息已经发给您")
      phone.host.tap(`read-${id}`)
      await send()
      expect(sentTo(phone)).toBe(1)
      expect(phone.host.troubles).toEqual([])
    })

    test("[RC-19] refused, so not permitted and not sent; a yes on that page sends it after all", async () => {
      const phone = await buyer(target)
      phone.seen.allows = false
      phone.host.tap("leave-yes")
      await phone.host.until("没有允许")
      await recallsSay(phone, "您没有允许给您发消息")
      await recall()
      await send()
      await recallsSay(phone, "要发消息时没有您的允许，所以没有发", "先不要吃")
      expect(sentTo(phone)).toBe(0)
      phone.seen.allows = true
      await allows(phone)
      await recallsSay(phone, "关于它的消息还在等着发")
      await send()
      await recallsSay(phone, "关于它的消息已经发给您")
      expect(sentTo(phone)).toBe(1)
    })

    test("[RC-19] messages that were turned off on the phone after the yes are not permitted, and the leave is gone", async () => {
      const phone = await buyer(target)
      await allows(phone)
      for (const identity of identities(phone)) world().market.sandbox.world.messages.turnOff(identity)
      await recall()
      await send()
      await recallsSay(phone, "要发消息时没有您的允许，所以没有发", "或者被您关掉了")
      expect(sentTo(phone)).toBe(0)
    })

    test("[RC-19] one leave is one notice: of two recalls one is sent, the other says that none was permitted", async () => {
      const phone = await buyer(target)
      await allows(phone)
      await recall()
      await recall({ isLater: false })
      await send()
      await recallsSay(phone, "关于它的消息已经发给您", "要发消息时没有您的允许，所以没有发")
      expect(sentTo(phone)).toBe(1)
    })

    test("[RC-19] a message that the platform will never take has failed, says so, and leaves the leave for another", async () => {
      const phone = await buyer(target)
      await allows(phone)
      await recall()
      await send({ WECHAT_RECALL_TEMPLATE_ID: "taken-off", ALIPAY_RECALL_TEMPLATE_ID: "taken-off" })
      await recallsSay(phone, "消息没有发成：请以这一页为准", "您允许过：万一召回，给您发一条消息")
      expect(sentTo(phone)).toBe(0)
    })

    test("[RC-14] a platform that is busy has done nothing: the message waits, and is sent", async () => {
      const phone = await buyer(target)
      await allows(phone)
      await recall()
      strike("system-error")
      await send()
      await recallsSay(phone, "关于它的消息还在等着发")
      expect(sentTo(phone)).toBe(0)
      world().market.sandbox.world.faults.clear()
      world().market.clock.advance(HOUR_MS)
      await send()
      await recallsSay(phone, "关于它的消息已经发给您")
    })

    test("[RC-14] an answer that nobody heard is said to be not known, also after a no to the second try", async () => {
      const phone = await buyer(target)
      await allows(phone)
      await recall()
      strike("lost-response")
      await send()
      await recallsSay(phone, "消息发了，没有听到回音")
      expect(sentTo(phone)).toBe(1)
      world().market.sandbox.world.faults.clear()
      world().market.clock.advance(HOUR_MS)
      await send()
      await recallsSay(phone, "消息发了，没有听到回音", "您上次允许的那一条已经用掉")
      expect(sentTo(phone)).toBe(1)
    })
  })
}

test("alipay: a payment of these days permits the message without a leave, and the page says so", async () => {
  const phone = await buyer("alipay")
  phone.host.tap("leave-no")
  await phone.host.until("没有允许")
  await recallsSay(phone, "您没有允许给您发消息", "付款后几天内我们仍可以发一条召回消息")
  await recall({ isLater: false })
  await send()
  await recallsSay(phone, "关于它的消息已经发给您")
  expect(sentTo(phone)).toBe(1)
})

test("weapp: without a leave no message comes, and the page says so before there is any", async () => {
  const phone = await buyer("weapp")
  phone.host.tap("leave-no")
  await phone.host.until("没有允许")
  await recallsSay(phone, "没有与您有关的召回", "没有您的允许就不会有消息")
})

for (const target of targets) {
  test(`[RC-19] ${target}: room for the question is there with the receipt; who has said yes is asked by no later sale`, async () => {
    const phone = take(target)
    const held: (() => void)[] = []
    phone.onTheWay.hold = (path) =>
      path === "/buyers/message-consents" ? new Promise<void>((go) => void held.push(go)) : undefined
    await phone.buy(await world().newCode())
    // The gateway was not heard yet.
    expect(phone.host.classes()).toContain("ask")
    expect(phone.host.has("leave-yes")).toBe(false)
    phone.onTheWay.hold = () => undefined
    await phone.host.until("已付款")
    for (const go of held) go()
    await phone.host.until("万一召回，要告诉您吗")
    await allows(phone)
    let answers = 0
    phone.onTheWay.change = (path, text) => {
      if (path === "/buyers/message-consents") answers += 1
      return text
    }
    await phone.buy(await world().newCode())
    await until(() => answers > 0, "the page has heard that a leave is there")
    expect(phone.host.classes()).not.toContain("ask")
    expect(phone.host.shown()).not.toContain("万一召回")
  })
}
