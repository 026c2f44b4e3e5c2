import { expect, test } from "bun:test"
import { dayStartMs, newestOf, salesSince, totalsOf } from "@suyuan/terminal-kiosk/day/day-sales"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { voidSale } from "@suyuan/terminal-kiosk/sale/void-sale"
import { cabbage, openStockedStall, type Stall } from "../headless-terminal"

const DAY_MS = 24 * 3_600_000

async function sell({ terminal }: Stall, how: "platform" | "cash") {
  const closed = await closeSale(terminal, cabbage(), how)
  if (!closed.ok) throw new Error(closed.error)
  return closed.value.sale
}

test("a market's day begins at midnight where it is, a wholesale day at noon", () => {
  const at = Date.UTC(2026, 2, 1, 1, 30)
  expect(dayStartMs(at, "Asia/Shanghai", 0)).toBe(Date.UTC(2026, 1, 28, 16))
  expect(dayStartMs(at, "Asia/Shanghai", 720)).toBe(Date.UTC(2026, 1, 28, 4))
  expect(dayStartMs(at + 6 * 3_600_000, "Asia/Shanghai", 720)).toBe(Date.UTC(2026, 2, 1, 4))
})

test("today's sales come newest first, over every page, and yesterday's do not", async () => {
  const stall = await openStockedStall()
  for (let count = 0; count < 3; count += 1) await sell(stall, "cash")
  stall.clock.advance(DAY_MS)
  const fromMs = stall.clock.nowMs()
  for (let count = 0; count < 450; count += 1) await sell(stall, "cash")
  const today = await salesSince(stall.terminal, fromMs)
  expect(today.map(({ counter }) => counter)).toEqual(Array.from({ length: 450 }, (_, index) => 453 - index))
})

test("the day before is one day, and what was heard meanwhile goes before what was read", async () => {
  const stall = await openStockedStall()
  const dayMs = stall.clock.nowMs()
  const yesterday = await sell(stall, "platform")
  stall.clock.advance(DAY_MS)
  await sell(stall, "cash")
  const read = await salesSince(stall.terminal, dayMs, dayMs + DAY_MS)
  expect(read.map(({ counter }) => counter)).toEqual([yesterday.counter])
  const heard = await followPayment(stall.terminal, {
    ...{
      v: 1,
      counter: yesterday.counter,
      state: "paid",
      paidFen: 900,
      refundedFen: 0,
      platform: "alipay",
      version: 2,
    },
  })
  expect(newestOf(read[0]!, heard)).toEqual(heard!)
  expect(newestOf(heard!, read[0])).toEqual(heard!)
})

test("only what came in counts: by platform, by goods, refunds apart", async () => {
  const stall = await openStockedStall()
  const [paid, taken, , voided] = [
    await sell(stall, "platform"),
    await sell(stall, "cash"),
    await sell(stall, "platform"),
    await sell(stall, "cash"),
  ]
  await followPayment(stall.terminal, {
    ...{ v: 1, counter: paid.counter, state: "paid", paidFen: 900, refundedFen: 200, platform: "alipay", version: 2 },
  })
  await voidSale(stall.terminal, voided.counter, "other")
  const totals = totalsOf(await salesSince(stall.terminal, 0), [{ slot: 1, commodity: 1036 }])
  expect(totals).toMatchObject({ sales: 2, takenFen: 1800, refundedFen: 200 })
  expect([...totals.byWay].sort()).toEqual([
    ["alipay", 900],
    ["cash", 900],
  ])
  expect(totals.byCommodity.get(1036)).toEqual({ grams: 5000, pieces: 0, amountFen: 1800 })
  expect(taken.settlement).toBe("cash")
})

test("goods that had two tiles in a day are one in its totals", async () => {
  const stall = await openStockedStall()
  const line = { quantity: { unit: "gram", count: 1000 }, unitPriceFen: 360 } as const
  const lines = [
    { ...line, slot: 1 },
    { ...line, slot: 2 },
  ]
  await closeSale(stall.terminal, { ...cabbage(), lines }, "cash")
  const tiles = [1, 2].map((slot) => ({ slot, commodity: 1036 }))
  expect([...totalsOf(await salesSince(stall.terminal, 0), tiles).byCommodity]).toEqual([
    [1036, { grams: 2000, pieces: 0, amountFen: 720 }],
  ])
})
