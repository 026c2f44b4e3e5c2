// Messages that claim to come from a platform, posted by hand to the gateway's own route.
import { afterAll, afterEach, beforeAll, expect } from "bun:test"
import { generateKeyPairSync } from "node:crypto"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { alipayNotificationWire } from "@suyuan/sandbox/alipay/notify"
import type { Notification, WireMessage } from "@suyuan/sandbox/notifications/notification"
import { wechatNotificationWire } from "@suyuan/sandbox/wechat-pay/notify"
import { signatureHeaders } from "@suyuan/sandbox/wechat-pay/sign"
import type { World } from "@suyuan/sandbox/world"
import { eq } from "drizzle-orm"
import { type Market, openMarket, saleFen, type TestSale } from "../api/payments/market"
import { platformsOf } from "../api/payments/platforms"
import { expectIdentities } from "./expect-identities"
import { runRows } from "./run-rows"

type Platform = (typeof platformsOf)[number]

let market: Market
const begun: TestSale[] = []
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
/** The true messages are let through in the end, and change what they should. */
afterEach(async () => {
  const { faults, store } = market.sandbox.world
  faults.clear()
  for (const sale of begun) await market.passUntil(async () => (await market.saleRow(sale)).paidFen > 0, "paid", 1000)
  await market.passUntil(async () => (await refundsOnTheirWay()) === 0, "no refund is on its way", 1000)
  const books = platformsOf.map((platform) => store.books(platform))
  const sum = (name: "receiptsFen" | "refundsFen") => books.reduce((total, book) => total + book[name], 0)
  const both = { receiptsFen: sum("receiptsFen"), refundsFen: sum("refundsFen") }
  await expectIdentities({ sql: market.ctx.sql, books: both, sales: begun })
})
afterAll(() => market.end())

async function refundsOnTheirWay(): Promise<number> {
  const [row] = await market.ctx.sql`SELECT count(*)::int AS n FROM refunds WHERE state <> 'succeeded'`
  return Number(row?.n)
}

const wireOf = (platform: Platform, world: () => World = () => market.sandbox.world) =>
  platform === "alipay" ? alipayNotificationWire(world) : wechatNotificationWire(world)

async function post(platform: Platform, { body, headers }: WireMessage) {
  const request = { method: "POST", body, headers: { ...headers } }
  const response = await market.router.request(`/notifications/${platform}`, request)
  return { status: response.status, body: await response.text() }
}

const good = (platform: Platform) =>
  platform === "alipay" ? { status: 200, body: "success" } : { status: 204, body: "" }
const bad = (platform: Platform, status: number) => ({
  status,
  body:
    platform === "alipay" ? "fail" : JSON.stringify({ code: "FAIL", message: status === 401 ? "验签失败" : "失败" }),
})

/** A paid order whose notification is held back, and that notification. */
async function held(platform: Platform) {
  const sale = await market.newSale()
  begun.push(sale)
  const payer = await market.newPayer(platform)
  const opened = await market.open(sale, payer)
  market.breakThings({ kind: "lost-request", operation: "notify", orderNo: opened.outTradeNo, times: 50 })
  await market.decideOn(opened, payer)
  const notification = market.sandbox.world.notifier.list().find(({ orderNo }) => orderNo === opened.outTradeNo)
  if (notification === undefined) throw new Error("the platform has nothing to tell")
  return { sale, opened, notification }
}

const compose = (platform: Platform, notification: Notification, content = notification.content) =>
  wireOf(platform).compose({ ...notification, content }, { probe: false })
const isUnpaid = async (sale: TestSale) =>
  expect(await market.saleRow(sale)).toMatchObject({ state: "paying", paidFen: 0 })
const alarmsOf = async (subject: string) =>
  (await market.ctx.db.select().from(audit).where(eq(audit.subject, subject))).map(({ verb }) => verb)

/** The same platform with other keys. */
function impostor(): World {
  const { world } = market.sandbox
  const pem = { type: "pkcs8", format: "pem" } as const
  const privatePem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString()
  const { wechatPublic, wechatCertificate, alipayPlatform } = world.keys
  const keys = {
    ...world.keys,
    wechatPublic: { ...wechatPublic, privatePem },
    wechatCertificate: { ...wechatCertificate, privatePem },
    alipayPlatform: { ...alipayPlatform, privatePem },
  }
  return { ...world, keys }
}

runRows("notifications", {
  taken: async (platform) => {
    const { sale, notification } = await held(platform)
    const message = () => compose(platform, notification)
    expect(await Promise.all([post(platform, message()), post(platform, message())])).toEqual([
      good(platform),
      good(platform),
    ])
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen, version: 2 })
  },
  changedByte: async (platform) => {
    const { sale, notification } = await held(platform)
    const { body, headers } = compose(platform, notification)
    const forged =
      platform === "alipay"
        ? body.replace("total_amount=12.34", "total_amount=12.35")
        : body.replace(/(?<="id":".)./, "x")
    expect(forged).not.toBe(body)
    expect(await post(platform, { body: forged, headers })).toEqual(bad(platform, 401))
    expect(await post(platform, { body: "{}", headers: {} })).toEqual(bad(platform, 401))
    await isUnpaid(sale)
  },
  wrongSignature: async (platform) => {
    const { sale, notification } = await held(platform)
    const other = impostor()
    const message = wireOf(platform, () => other).compose(notification, { probe: false })
    expect(await post(platform, message)).toEqual(bad(platform, 401))
    await isUnpaid(sale)
  },
  flippedCiphertext: async () => {
    const { sale, notification } = await held("wechat-pay")
    const told = JSON.parse(compose("wechat-pay", notification).body)
    const ciphertext = Buffer.from(told.resource.ciphertext, "base64")
    const middle = ciphertext.length >> 1
    ciphertext[middle] = (ciphertext[middle] ?? 0) ^ 1
    told.resource.ciphertext = ciphertext.toString("base64")
    const body = JSON.stringify(told)
    const headers = {
      ...signatureHeaders(market.sandbox.world, body, { probe: false }),
      "content-type": "application/json",
    }
    expect(await post("wechat-pay", { body, headers })).toEqual(bad("wechat-pay", 401))
    await isUnpaid(sale)
  },
  stale: async () => {
    const { sale, notification } = await held("wechat-pay")
    const { world } = market.sandbox
    const nowMs = world.settings.clockMs()
    const earlier = { ...world, settings: { ...world.settings, clockMs: () => nowMs - 600_000 } }
    const message = wireOf("wechat-pay", () => earlier).compose(notification, { probe: false })
    expect(await post("wechat-pay", message)).toEqual(bad("wechat-pay", 401))
    await isUnpaid(sale)
  },
  signTest: async () => {
    const { sale, notification } = await held("wechat-pay")
    const probe = wireOf("wechat-pay").compose(notification, { probe: true })
    expect(probe.headers["Wechatpay-Signature"]).toStartWith("WECHATPAY/SIGNTEST/")
    expect(await post("wechat-pay", probe)).toEqual(bad("wechat-pay", 401))
    await isUnpaid(sale)
    expect(await post("wechat-pay", compose("wechat-pay", notification))).toEqual(good("wechat-pay"))
    expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen })
  },
  otherAmount: async (platform) => {
    const { sale, opened, notification } = await held(platform)
    const { store } = market.sandbox.world
    const order = store.order(platform, opened.outTradeNo)
    if (order === undefined) throw new Error("the platform has no order")
    // The platform took another amount than was asked, and says so.
    store.saveOrder({ ...order, amountFen: 100 })
    const { amount, total_amount: _, ...content } = notification.content
    const told =
      platform === "alipay"
        ? { ...content, total_amount: "1.00", receipt_amount: "1.00", buyer_pay_amount: "1.00" }
        : { ...content, amount: { ...(amount as object), total: 100, payer_total: 100 } }
    expect(await post(platform, compose(platform, notification, told))).toEqual(good(platform))
    expect(await market.saleRow(sale)).toMatchObject({ state: "paying", settledBy: null, paidFen: 100 })
    expect(await alarmsOf(opened.outTradeNo)).toContain("payments/wrong-amount")
    expect(await market.refundsDone(sale, 1000)).toMatchObject([{ reason: "wrong-amount", amountFen: 100 }])
  },
  otherPayee: async (platform) => {
    const { sale, opened, notification } = await held(platform)
    const payee = platform === "alipay" ? { seller_id: "2088000000000003" } : { sub_mchid: "1900000110" }
    const content = { ...notification.content, ...payee }
    expect(await post(platform, compose(platform, notification, content))).toEqual(bad(platform, 422))
    await isUnpaid(sale)
    // Refusing does not undo the alarm.
    expect(await alarmsOf(opened.outTradeNo)).toEqual(["payments/wrong-payee"])
  },
  otherApp: async (platform) => {
    const { sale, notification } = await held(platform)
    const app = platform === "alipay" ? { app_id: "2021000100000009" } : { sp_appid: "wx0000000000000000" }
    const number = { out_trade_no: `${String(notification.content.out_trade_no).slice(0, 21)}7` }
    for (const wrong of [app, number]) {
      const message = compose(platform, notification, { ...notification.content, ...wrong })
      expect((await post(platform, message)).status).toBeOneOf([401, 422])
    }
    await isUnpaid(sale)
  },
  endless: async (platform) => {
    const { status } = await post(platform, { body: "x".repeat(70_000), headers: {} })
    expect(status).toBe(413)
  },
})
