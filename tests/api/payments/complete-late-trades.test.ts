import { afterAll, beforeAll, expect, test } from "bun:test"
import { completeLateTrades } from "@suyuan/api/payments/complete-late-trades"
import type { PaymentDeps } from "@suyuan/api/payments/payment-deps"
import { completeTrades } from "@suyuan/api/sales/complete-trades"
import { type Market, openMarket } from "./market"

let market: Market
beforeAll(async () => {
  market = await openMarket()
}, 60_000)
afterAll(() => market.end())

/** Paid, and uploaded as far as the row says, and without a record. */
async function unrecorded() {
  const { ctx, clock } = market
  const [sale, payer] = [await market.newSale(), await market.newPayer("alipay")]
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  await ctx.sql`UPDATE sales SET uploaded_at = settled_at WHERE counter = ${sale.counter}`
  clock.advance(1000)
  return sale
}

const recordOf = async (sale: Awaited<ReturnType<typeof unrecorded>>) => (await market.saleRow(sale)).recordId

test("[PY-13] sales whose record cannot be made wait longer each time, and those behind them are completed", async () => {
  const { ctx, clock } = market
  const [broken, waiting, right] = [await unrecorded(), await unrecorded(), await unrecorded()]
  const deps: PaymentDeps = {
    ...market.deps,
    completeTrades: async (own, tx, keys) => {
      if (keys.some(({ counter }) => counter === broken.counter)) throw new Error("a pile is missing")
      return keys.some(({ counter }) => counter === waiting.counter) ? [] : completeTrades(own, tx, keys)
    },
  }
  clock.advance(60_000)
  expect(await completeLateTrades(ctx, deps, 2, 8)).toBe(0)
  expect(await completeLateTrades(ctx, deps, 2, 8)).toBe(1)
  expect([await recordOf(broken), await recordOf(waiting)]).toEqual([null, null])
  expect(await recordOf(right)).not.toBeNull()
  // Nothing is due before its time; then both come, the one long ago by the look that leaves out no day.
  expect(await completeLateTrades(ctx, market.deps, 2, 8)).toBe(0)
  clock.advance(9 * 86_400_000)
  expect(await completeLateTrades(ctx, market.deps, 2, 8)).toBe(0)
  expect(await completeLateTrades(ctx, market.deps, 2)).toBe(2)
  expect([await recordOf(broken), await recordOf(waiting)]).not.toContain(null)
})
