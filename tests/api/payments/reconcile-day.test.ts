import { afterAll, beforeAll, expect, test } from "bun:test"
import { reconcileJobs } from "@suyuan/api/jobs/reconcile"
import { reconcileDay } from "@suyuan/api/payments/reconcile-day"
import { repairItem } from "@suyuan/api/payments/repair-item"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { dayStartMs } from "@suyuan/sandbox/bills/day-books"
import { and, eq } from "drizzle-orm"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"
import { type Market, openMarket, saleFen } from "./market"
import { platformsOf } from "./platforms"

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterAll(() => market.end())

async function paid(platform: (typeof platformsOf)[number]): Promise<string> {
  const sale = await market.newSale()
  const payer = await market.newPayer(platform)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  const wish = { id: market.ctx.random.uuid(), amountFen: 34, goods: "money-only", lines: [] } as const
  await requestRefund(market.ctx, market.deps, operator, { sale, ...wish })
  await market.refundsDone(sale, 1000)
  return (await market.attempts(sale))[0]?.outTradeNo ?? ""
}

test("[PY-19] the job reconciles each past day once, when its bill is due, and one gateway does it", async () => {
  const { ctx, deps } = market
  const [mine] = reconcileJobs(deps, "mine")
  const [other] = reconcileJobs(deps, "other")
  market.clock.advance(
    (dayStartMs(new Date(ctx.clock.nowMs()).toISOString().slice(0, 10)) ?? 0) + 35 * 3_600_000 - ctx.clock.nowMs(),
  )
  expect(await mine?.run(ctx)).toBeGreaterThan(0)
  expect(await other?.run(ctx)).toBe(0)
  expect(await mine?.run(ctx)).toBe(0)
}, 60_000)

test("[PY-19] finds each kind of difference once, shows its repair, and does it when a person says so", async () => {
  const { ctx, deps, sandbox } = market
  const day = new Date(ctx.clock.nowMs() + 8 * 3_600_000).toISOString().slice(0, 10)
  const made: Record<string, string[]> = {}
  for (const platform of platformsOf) {
    const numbers = [await paid(platform), await paid(platform), await paid(platform), await paid(platform)]
    made[platform] = numbers
    const [, differs, lost, other] = numbers
    const order = sandbox.world.store.order(platform, numbers[0] ?? "")
    if (order === undefined) throw new Error("no order")
    sandbox.world.store.saveOrder({ ...order, orderNo: `stranger${platform.length}`, tradeNo: "1", prepayId: "1" })
    await ctx.sql`UPDATE attempts SET state = 'closed', succeeded_at = null WHERE out_trade_no = ${differs ?? ""}`
    await ctx.sql`UPDATE sales SET state = 'closed', paid_fen = 34 WHERE settled_by = ${differs ?? ""}`
    await ctx.sql`UPDATE attempts SET received_fen = 1233 WHERE out_trade_no = ${other ?? ""}`
    const gone = sandbox.world.store.refundsOf(platform, lost ?? "")[0]
    if (gone !== undefined) {
      const held = sandbox.world.store.order(platform, lost ?? "")
      if (held) sandbox.world.store.saveOrder({ ...held, refundedFen: 0 })
      sandbox.world.store.database.run("DELETE FROM refunds WHERE refund_no = ?", [gone.refundNo])
    }
    expect(await reconcileDay(ctx, deps, { platform, day })).toEqual({ state: "not-ready" })
  }
  market.clock.advance((dayStartMs(day) ?? 0) + 35 * 3_600_000 - market.clock.nowMs())
  for (const platform of platformsOf) {
    market.breakThings({ kind: "lost-response", operation: "bill-file", times: 9 })
    expect(await reconcileDay(ctx, deps, { platform, day })).toEqual({ state: "unknown" })
    sandbox.world.faults.clear()
    const expected = { state: "reconciled", matched: 5, differences: 4 } as const
    expect(await reconcileDay(ctx, deps, { platform, day })).toEqual(expected)
    await reconcileDay(ctx, deps, { platform, day })
    const items = await ctx.db
      .select()
      .from(reconciliationItems)
      .where(and(eq(reconciliationItems.platform, platform), eq(reconciliationItems.day, day)))
    expect(items.map(({ kind, repair }) => `${kind} ${repair}`).sort()).toEqual([
      "amount-differs alarm",
      "missing-here alarm",
      "missing-there refund",
      "state-differs query-and-settle",
    ])
    const [first] = items
    expect(await refusalOf(repairItem(ctx, deps, operatorWithout("payments:refund"), first?.id ?? ""))).toBe(
      "request/forbidden",
    )
    const elsewhere = operatorOf(ctx.random.uuid())
    for (const { id } of items) expect(await refusalOf(repairItem(ctx, deps, elsewhere, id))).toBe("request/forbidden")
    for (const item of items) {
      let done = await repairItem(ctx, deps, operator, item.id)
      // WeChat Pay takes its time for a refund: it stays open and is asked after again.
      if (done.state === "open") {
        await market.eventually(async () => {
          market.clock.advance(1000)
          done = await repairItem(ctx, deps, operator, item.id)
          return done.state !== "open"
        }, "repaired")
      }
      expect(done).toMatchObject({ state: item.repair === "alarm" ? "alarmed" : "repaired", repairedBy: operator.id })
      expect(await repairItem(ctx, deps, operator, item.id)).toEqual(done)
    }
    expect(sandbox.world.store.refundsOf(platform, made[platform]?.[2] ?? "")).toHaveLength(1)
    const [settled] = await ctx.sql`SELECT state, paid_fen FROM sales WHERE counter IN
      (SELECT counter FROM attempts WHERE out_trade_no = ${made[platform]?.[1] ?? ""})`
    expect(Number(settled?.paid_fen)).toBeGreaterThanOrEqual(saleFen)
    market.clock.advance((dayStartMs(day) ?? 0) + 35 * 3_600_000 - market.clock.nowMs())
  }
  expect(await refusalOf(repairItem(ctx, deps, operator, ctx.random.uuid()))).toBe("reconciliation/item-unknown")
}, 60_000)
