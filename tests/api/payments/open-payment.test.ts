import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { openPayment } from "@suyuan/api/payments/open-payment"
import { settle } from "@suyuan/api/payments/settle"
import { saleName } from "@suyuan/api/sales/sale-key"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { eq } from "drizzle-orm"
import { countStatements } from "../../support/counting"
import { operator, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterEach(async () => {
  market.sandbox.world.faults.clear()
  const { atPlatformsFen, inBooksFen } = await market.money()
  expect(inBooksFen).toBe(atPlatformsFen)
})
afterAll(() => market.end())

for (const platform of platformsOf) {
  describe(platform, () => {
    test("[PY-3] opens, is paid, settles: the sale says by whom and what, and a diary tells each step", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const opened = await market.open(sale, payer)
      expect(opened).toMatchObject({ platform, attempt: "open", sale: { state: "paying" } })
      expect(await market.decideOn(opened, payer)).toMatchObject({ result: "paid" })
      await market.settled(sale)
      const [attempt] = await market.attempts(sale)
      expect(await market.saleRow(sale)).toMatchObject({
        state: "paid",
        paidFen: saleFen,
        refundedFen: 0,
        paidBy: platform,
        settledBy: opened.outTradeNo,
        buyerId: payer.actor.id,
      })
      expect(attempt).toMatchObject({ state: "succeeded", receivedFen: saleFen, nextQueryAt: null })
      expect(await market.eventsOf(opened.outTradeNo)).toEqual([
        "attempt/prepared",
        "attempt/sent",
        "attempt/open",
        "notification/received",
        "attempt/succeeded",
        "sale/settled",
      ])
    })

    test("[PY-3] at most one attempt per payer: repeats give the same number and bridge", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const first = await market.open(sale, payer)
      const again = await Promise.all([market.open(sale, payer), market.open(sale, payer)])
      for (const other of again) expect(other).toEqual(first)
      expect(await market.attempts(sale)).toHaveLength(1)
    })

    test("[PY-3] two taps at once are one attempt and one order", async () => {
      const sale = await market.newSale()
      const payer = await market.newPayer(platform)
      const [one, other] = await Promise.all([market.open(sale, payer), market.open(sale, payer)])
      expect(one!.outTradeNo).toBe(other!.outTradeNo)
      expect(one!.bridge).toEqual(other!.bridge!)
      expect(await market.attempts(sale)).toHaveLength(1)
    })

    test("[PY-4] a refusal by the platform fails the attempt, and the payer may try again", async () => {
      const sale = await market.newSale()
      const stranger = await market.newPayer(platform)
      const { sandbox } = market
      const known = sandbox.world.buyers.byId
      sandbox.world.buyers.byId = () => undefined
      expect(await refusalOf(market.open(sale, stranger))).toBe("payment/platform-refused")
      sandbox.world.buyers.byId = known
      expect(await market.attempts(sale)).toMatchObject([{ state: "failed" }])
      expect(await market.open(sale, stranger)).toMatchObject({ attempt: "open" })
      expect(await market.attempts(sale)).toHaveLength(2)
    })
  })
}

test("[PY-3] payers do not block each other; the other attempt is closed at its platform once one has settled", async () => {
  const sale = await market.newSale()
  const one = await market.newPayer("wechat-pay")
  const other = await market.newPayer("alipay")
  const [first, second] = [await market.open(sale, one), await market.open(sale, other)]
  await market.decideOn(second, other)
  await market.settled(sale)
  await market.eventually(async () => (await market.attempts(sale))[0]?.state === "closed", "the other is closed")
  expect(market.sandbox.world.store.order("wechat-pay", first.outTradeNo)?.state).toBe("closed")
  expect(await market.saleRow(sale)).toMatchObject({ paidBy: "alipay", settledBy: second.outTradeNo })
})

test("an undisturbed payment costs the database no more statements than the specification says", async () => {
  const { ctx, deps } = market
  const counted = countStatements(ctx)
  const { terminalId, counter, day } = await market.newSale()
  const sale = { terminalId, counter, day }
  const payer = await market.newPayer("wechat-pay")
  const opening = await counted.statementsOf((counting) => openPayment(counting, deps, payer.actor, { sale }))
  const [attempt] = await market.attempts(sale)
  if (attempt === undefined) throw new Error("nothing was opened")
  market.breakThings({ kind: "no-notification" })
  await market.decideOn(await market.open(sale, payer), payer)
  const transactionId = market.sandbox.world.store.order("wechat-pay", attempt.outTradeNo)?.tradeNo ?? ""
  const trade = { state: "paid", totalFen: saleFen, transactionId } as const
  const settling = await counted.statementsOf((counting) =>
    counting.db.transaction((tx) => settle(counting, deps, tx, attempt, trade, "notification")),
  )
  await counted.end()
  expect(opening).toBeLessThanOrEqual(13)
  expect(settling).toBeLessThanOrEqual(9)
})

test("[PY-3] a sale that is paid or cancelled opens nothing; its payer sees it as paid", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("wechat-pay")
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  expect(await market.open(sale, payer)).toMatchObject({
    attempt: "succeeded",
    bridge: undefined,
    sale: { state: "paid" },
  })
  expect(await refusalOf(market.open(sale, await market.newPayer("alipay")))).toBe("payment/sale-paid")
})

test("[PY-3] a refusal of the window holds for new attempts and not for one that is open", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  const { ctx, deps } = market
  const late = { sale, refusal: "sale/too-old" } as const
  expect(await refusalOf(openPayment(ctx, deps, payer.actor, late))).toBe("sale/too-old")
  await market.open(sale, payer)
  expect(await openPayment(ctx, deps, payer.actor, late)).toMatchObject({ attempt: "open" })
})

test("refuses the wrong actor, a sale that is not there and a stall without an account", async () => {
  const sale = await market.newSale()
  const { ctx, deps } = market
  expect(await refusalOf(openPayment(ctx, deps, operator, { sale }))).toBe("request/forbidden")
  const payer = await market.newPayer("alipay")
  const unknown = { ...sale, counter: sale.counter + 10_000 }
  expect(await refusalOf(market.open(unknown, payer))).toBe("payment/sale-unknown")
  await ctx.sql`DELETE FROM payee_accounts WHERE platform = 'alipay'`
  expect(await refusalOf(market.open(sale, payer))).toBe("payment/no-payee")
  await setPayee(ctx, operator, market.stall.merchantId, {
    platform: "alipay",
    account: "2088000000000002",
    authToken: "sandbox-auth-2088000000000002",
  })
})

test("[PY-14] tells terminal and buyer each change, with a version that rises", async () => {
  const sale = await market.newSale()
  const payer = await market.newPayer("wechat-pay")
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const told = await market.ctx.db
    .select()
    .from(outbox)
    .where(eq(outbox.recipient, saleName(sale)))
  const states = told.sort((a, b) => a.version - b.version).map(({ version, payload }) => [version, payload.state])
  expect(states).toEqual([
    [1, "paying"],
    [2, "paid"],
  ])
  const toTerminal = await market.ctx.db.select().from(outbox).where(eq(outbox.channel, "terminal"))
  const last = toTerminal.filter(({ payload }) => payload.counter === sale.counter && payload.state === "paid")
  expect(last).toMatchObject([
    { topic: "payment", payload: { v: 1, paidFen: saleFen, refundedFen: 0, platform: "wechat-pay" } },
  ])
})
