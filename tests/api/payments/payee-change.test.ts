import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { applyPayeeChanges } from "@suyuan/api/merchants/apply-payee-changes"
import { approvePayeeChange, payeeDelayMs } from "@suyuan/api/merchants/decide-payee-change"
import { setPayee } from "@suyuan/api/merchants/set-payee"
import { readReconciliation } from "@suyuan/api/payments/read-reconciliation"
import { reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { operator, refusalOf, secondOperator } from "../../support/stall"
import { type Market, openMarket, saleFen, type TestSale } from "./market"
import { directPayees, payees, platformsOf } from "./platforms"

setDefaultTimeout(60_000)

const others = {
  "wechat-pay": { account: "1900000110", authToken: undefined },
  alipay: { account: "2088000000000003", authToken: "sandbox-auth-2088000000000003" },
} as const

let market: Market
beforeAll(async () => {
  market = await openMarket()
})
afterAll(() => market.end())

const chinaDay = () => new Date(market.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)

async function giveBack(sale: TestSale, amountFen: number): Promise<void> {
  const { ctx, deps } = market
  await requestRefund(ctx, deps, operator, { sale, id: ctx.random.uuid(), amountFen, goods: "money-only", lines: [] })
  await market.refundsDone(sale, 1000)
}

for (const platform of platformsOf) {
  const payeeAt = async (sale: TestSale) => {
    const [attempt] = await market.attempts(sale)
    return market.sandbox.world.store.order(platform, attempt?.outTradeNo ?? "")
  }
  describe(platform, () => {
    test("[RS-7] what was opened before a change of payee is paid, refunded and billed to the old one", async () => {
      const { ctx, deps, clock } = market
      // In the middle of a day in China.
      clock.advance(86_400_000 - ((clock.nowMs() + 8 * 3_600_000) % 86_400_000) + 10 * 3_600_000)
      const { merchantId } = market.stall
      const proposed = await setPayee(ctx, operator, merchantId, { platform, ...others[platform] })
      if (proposed.state !== "proposed") throw new Error("a second account must be proposed only")
      expect(await refusalOf(approvePayeeChange(ctx, operator, proposed.changeId))).toBe("payee/second-person-needed")
      await approvePayeeChange(ctx, secondOperator, proposed.changeId)
      clock.advance(payeeDelayMs - 1000)
      expect(await applyPayeeChanges(ctx)).toBe(0)

      const [sale, payer] = [await market.newSale(), await market.newPayer(platform)]
      const opened = await market.open(sale, payer)
      clock.advance(1000)
      expect(await applyPayeeChanges(ctx)).toBe(1)
      await market.decideOn(opened, payer)
      await market.settled(sale)
      await giveBack(sale, 34)
      const [next, another] = [await market.newSale(), await market.newPayer(platform)]
      await market.decideOn(await market.open(next, another), another)
      await market.settled(next)
      expect(await payeeAt(sale)).toMatchObject({ payeeNo: payees[platform].account, refundedFen: 34 })
      expect(await payeeAt(next)).toMatchObject({ payeeNo: others[platform].account, refundedFen: 0 })

      const day = chinaDay()
      clock.advance(Date.parse(`${day}T00:00:00+08:00`) + 35 * 3_600_000 - clock.nowMs())
      expect(await reconcileDay(ctx, deps, operator, { platform, day })).toMatchObject({
        state: "reconciled",
        matched: 3,
        differences: 0,
      })
      // A day on which the old payee only gives back still has its bill.
      const later = chinaDay()
      await giveBack(sale, saleFen - 34)
      clock.advance(Date.parse(`${later}T00:00:00+08:00`) + 35 * 3_600_000 - clock.nowMs())
      expect(await reconcileDay(ctx, deps, operator, { platform, day: later })).toMatchObject({
        state: "reconciled",
        matched: 1,
        differences: 0,
      })
      const { about } = await readReconciliation(ctx.db, operator, { platform, day: later, limit: 10 })
      expect(about.totals).toMatchObject({ paidFen: 0, refundedFen: saleFen - 34 })
    })

    test("[RS-2] a merchant that collects by its own number has its own bill, held against the books with the others", async () => {
      const { ctx, deps, clock } = market
      clock.advance(86_400_000 - ((clock.nowMs() + 8 * 3_600_000) % 86_400_000) + 10 * 3_600_000)
      const through = await paidSale()
      const direct = { platform, directAccount: directPayees[platform].directAccount }
      const proposed = await setPayee(ctx, operator, market.stall.merchantId, direct)
      if (proposed.state !== "proposed") throw new Error("a change of payee must be proposed only")
      await approvePayeeChange(ctx, secondOperator, proposed.changeId)
      clock.advance(payeeDelayMs)
      expect(await applyPayeeChanges(ctx)).toBe(1)
      const own = await paidSale()
      await giveBack(own, 34)
      await giveBack(through, 34)
      const day = chinaDay()
      clock.advance(Date.parse(`${day}T00:00:00+08:00`) + 35 * 3_600_000 - clock.nowMs())
      expect(await reconcileDay(ctx, deps, operator, { platform, day })).toMatchObject({
        state: "reconciled",
        matched: 3,
        differences: 0,
      })
    })

    async function paidSale(): Promise<TestSale> {
      const [sale, payer] = [await market.newSale(), await market.newPayer(platform)]
      await market.decideOn(await market.open(sale, payer), payer)
      await market.settled(sale)
      return sale
    }
  })
}
