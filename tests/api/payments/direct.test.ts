import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { applyPayeeChanges } from "@suyuan/api/merchants/apply-payee-changes"
import { approvePayeeChange, payeeDelayMs } from "@suyuan/api/merchants/decide-payee-change"
import { type Payee, setPayee } from "@suyuan/api/merchants/set-payee"
import type { Platform } from "@suyuan/api/payments/payment-provider"
import { reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { directAlipay, directWechat } from "@suyuan/sandbox/accounts"
import { alipayNotificationWire } from "@suyuan/sandbox/alipay/notify"
import type { Notification } from "@suyuan/sandbox/notifications/notification"
import { wechatNotificationWire } from "@suyuan/sandbox/wechat-pay/notify"
import { eq } from "drizzle-orm"
import { operator, refusalOf, secondOperator } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"
import { directPayees, payees, platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket({ collector: "direct" })
}, 60_000)
afterAll(() => market.end())

const wires = {
  "wechat-pay": wechatNotificationWire(() => market.sandbox.world),
  alipay: alipayNotificationWire(() => market.sandbox.world),
} as const

async function paidSale(platform: Platform): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

async function refund(sale: TestSale, amountFen: number, count = 1) {
  const { terminalId, counter, day } = sale
  const wish = { id: market.ctx.random.uuid(), amountFen, goods: "money-only" as const, lines: [] }
  await requestRefund(market.ctx, market.deps, operator, { sale: { terminalId, counter, day }, ...wish })
  return market.passUntil(
    async () => {
      const made = await market.refunds(sale)
      return made.length === count && made.every(({ state }) => state === "succeeded") && made
    },
    "refunded",
    1000,
  )
}

const orderAt = (platform: Platform, outTradeNo: string) => {
  const order = market.sandbox.world.store.order(platform, outTradeNo)
  if (order === undefined) throw new Error("the platform has no such order")
  return order
}

/** What the books are off by: nothing, but for notifications that a test made up. */
async function offBy(): Promise<number> {
  const { atPlatformsFen, inBooksFen } = await market.money()
  return atPlatformsFen - inBooksFen
}

const collectors = {
  "wechat-pay": { own: directWechat[0].mchid, provider: "1900000001" },
  alipay: { own: directAlipay[0].appId, provider: "2021000100000001" },
} as const

for (const platform of platformsOf) {
  describe(platform, () => {
    const { own, provider } = collectors[platform]
    const fromOwn = directPayees[platform]

    /** A paid order whose notification is held back, and that notification. */
    async function held() {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      market.breakThings({ kind: "lost-request", operation: "notify", orderNo: opened.outTradeNo, times: 50 })
      await market.decideOn(opened, payer)
      const notification = market.sandbox.world.notifier.list().find(({ orderNo }) => orderNo === opened.outTradeNo)
      if (notification === undefined) throw new Error("nothing to tell")
      return { sale, opened, notification }
    }

    async function post(notification: Notification, content: Notification["content"], account: string | undefined) {
      const { body, headers } = wires[platform].compose({ ...notification, content }, { probe: false })
      const path = `/notifications/${platform}${account === undefined ? "" : `/${account}`}`
      return (await market.router.request(path, { method: "POST", body, headers: { ...headers } })).status
    }

    async function changePayee(payee: Payee): Promise<void> {
      const proposed = await setPayee(market.ctx, operator, market.stall.merchantId, payee)
      if (proposed.state !== "proposed") throw new Error("a change is proposed only")
      await approvePayeeChange(market.ctx, secondOperator, proposed.changeId)
      market.clock.advance(payeeDelayMs)
      expect(await applyPayeeChanges(market.ctx)).toBe(1)
    }

    test("[PY-20] is paid by the merchant's own number, told at its own address, and goes back in parts and whole", async () => {
      const before = await offBy()
      const sale = await paidSale(platform)
      const [attempt] = await market.attempts(sale)
      expect(attempt).toMatchObject({ payeeAccount: fromOwn.account, payeeDirectAccount: fromOwn.directAccount })
      const order = orderAt(platform, attempt!.outTradeNo)
      expect(order).toMatchObject({ collector: own, payeeNo: fromOwn.account, amountFen: saleFen, state: "paid" })
      expect(order.notifyUrl).toEndWith(`/notifications/${platform}/${fromOwn.directAccount}`)
      await refund(sale, 34)
      await refund(sale, saleFen - 34, 2)
      expect(orderAt(platform, attempt!.outTradeNo).refundedFen).toBe(saleFen)
      expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen, refundedFen: saleFen })
      expect(await offBy()).toBe(before)
    })

    test("[PY-20] a create whose request or answer was lost is found by query and settles once", async () => {
      for (const kind of ["lost-request", "lost-response"] as const) {
        // Alipay's client tries once more by itself.
        market.breakThings({ kind, operation: "create", times: platform === "alipay" ? 2 : 1 })
        const sale = await market.newSale()
        const payer = await market.newPayer(platform)
        const first = await market.open(sale, payer)
        expect(first).toMatchObject({ attempt: "unknown", bridge: undefined })
        const again = await market.open(sale, payer)
        expect(again).toMatchObject({ attempt: "open", outTradeNo: first.outTradeNo })
        await market.decideOn(again, payer)
        await market.settled(sale)
        expect(await market.attempts(sale)).toHaveLength(1)
        expect(await market.saleRow(sale)).toMatchObject({ paidFen: saleFen })
      }
    })

    test("[PY-8] what nobody pays is closed at the merchant's own number", async () => {
      const sale = await market.newSale()
      const { outTradeNo } = await market.open(sale, await market.newPayer(platform))
      await market.pass(310_000)
      await market.eventually(async () => (await market.saleRow(sale)).state === "closed", "closed")
      expect(orderAt(platform, outTradeNo).state).toBe("closed")
    })

    test("[PY-5] a notification of another amount settles nothing, goes back whole and raises an alarm", async () => {
      const { sale, opened, notification } = await held()
      const other = platform === "alipay" ? { total_amount: "0.01" } : { amount: { total: 1, currency: "CNY" } }
      const answer = await post(notification, { ...notification.content, ...other }, fromOwn.directAccount)
      expect(answer).toBe(platform === "alipay" ? 200 : 204)
      expect(await market.saleRow(sale)).toMatchObject({ state: "paying", paidFen: 1 })
      expect(await market.refunds(sale)).toMatchObject([{ amountFen: 1, reason: "wrong-amount" }])
      const alarms = await market.ctx.db.select().from(audit).where(eq(audit.subject, opened.outTradeNo))
      expect(alarms).toMatchObject([{ verb: "payments/wrong-amount" }])
    })

    test("[PY-20] a notification that names or is sealed for another merchant is refused", async () => {
      const { sale, notification } = await held()
      const { content } = notification
      const neighbour =
        platform === "alipay" ? { seller_id: directAlipay[1].sellerId } : { mchid: directWechat[1].mchid }
      // Named in the content, but told at the address and (WeChat Pay) under the key of the right one.
      expect(await post(notification, { ...content, ...neighbour }, fromOwn.directAccount)).toBeOneOf([401, 422])
      // All of it the neighbour's, for our number: signed by the platform, and still not this attempt's account.
      const theirs = platform === "alipay" ? { ...neighbour, app_id: directAlipay[1].appId } : neighbour
      expect(await post(notification, { ...content, ...theirs }, "stall-b")).toBe(422)
      // As if the service provider had collected it.
      const providers =
        platform === "alipay"
          ? { app_id: provider, seller_id: payees.alipay.account }
          : { sp_mchid: provider, sp_appid: content.appid, sub_mchid: fromOwn.account }
      expect(await post(notification, { ...content, ...providers }, undefined)).toBe(422)
      for (const address of [undefined, "stall-b", "nobody"]) {
        expect(await post(notification, content, address)).toBeOneOf([401, 422])
      }
      expect(await market.saleRow(sale)).toMatchObject({ state: "paying", paidFen: 0 })
      expect(await post(notification, content, fromOwn.directAccount)).toBe(platform === "alipay" ? 200 : 204)
      expect(await market.saleRow(sale)).toMatchObject({ state: "paid", paidFen: saleFen })
    })

    test("[PY-20] an attempt keeps the account by which it was made, whatever the stall's payee becomes", async () => {
      const before = await paidSale(platform)
      await changePayee({ platform, ...payees[platform] })
      const between = await paidSale(platform)
      expect(orderAt(platform, (await market.attempts(between))[0]!.outTradeNo).collector).toBe(provider)
      await refund(before, saleFen)
      await changePayee({ platform, directAccount: fromOwn.directAccount })
      await refund(between, saleFen)
      const after = await paidSale(platform)
      expect(orderAt(platform, (await market.attempts(after))[0]!.outTradeNo).collector).toBe(own)
      for (const sale of [before, between]) {
        const [attempt] = await market.attempts(sale)
        expect(orderAt(platform, attempt!.outTradeNo).refundedFen).toBe(saleFen)
      }
    })

    test("[PY-20] without its account in the configuration nothing is opened, and nothing that is open is given up", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      const { providers } = market.deps
      const gone = { ...providers[platform], directAccounts: [] }
      const deps = { ...market.deps, providers: { ...providers, [platform]: gone } }
      const another = await market.newSale()
      expect(await refusalOf(market.open(another, payer, deps))).toBe("payment/no-payee")
      await market.decideOn(opened, payer)
      await market.settled(sale)
    })
  })
}

test("[PY-20] each account has a bill of its own, and a day of both modes reconciles", async () => {
  const own = await openMarket({ collector: "direct" })
  const { ctx, deps, stall } = own
  const pay = async (platform: Platform) => {
    const sale = await own.newSale()
    const payer = await own.newPayer(platform)
    await own.decideOn(await own.open(sale, payer), payer)
    await own.settled(sale)
  }
  const day = new Date(ctx.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  for (const platform of platformsOf) await pay(platform)
  for (const platform of platformsOf) {
    const { account, authToken } = payees[platform]
    await ctx.sql`
      UPDATE payee_accounts SET account = ${account}, auth_token = ${authToken ?? null}, direct_account = NULL
      WHERE merchant_id = ${stall.merchantId} AND platform = ${platform}`
    await pay(platform)
  }
  own.clock.advance(Date.parse(`${day}T00:00:00+08:00`) + 35 * 3_600_000 - ctx.clock.nowMs())
  for (const platform of platformsOf) {
    const outcome = await reconcileDay(ctx, deps, operator, { platform, day })
    expect(outcome).toMatchObject({ state: "reconciled", matched: 2, differences: 0 })
  }
  await own.end()
}, 60_000)
