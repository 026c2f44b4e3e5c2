import { expect, test } from "bun:test"
import { askMissed } from "@suyuan/terminal-kiosk/payments/ask-missed"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { isLateOpen, keepLatePayment } from "@suyuan/terminal-kiosk/sale/late-payments"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { cabbage, openStockedStall } from "../headless-terminal"

/** A sale of ¥9.00 that was cancelled, and the gateway's words on it. */
async function cancelledSale() {
  const stall = await openStockedStall()
  const closed = await closeSale(stall.terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  const { counter } = closed.value.sale
  await cancelSale(stall.terminal, counter)
  let version = 2
  const paid = (refundedFen: number) => {
    version += 1
    const money = { state: "paid", paidFen: 900, refundedFen, platform: "alipay", version } as const
    return followPayment(stall.terminal, { v: 1, counter, ...money })
  }
  const open = async () => (await stall.store.list("latePayments")).map(([, row]) => row.counter)
  return { ...stall, counter, paid, open }
}

test("[UP-15] a cancelled sale that was paid stands open until all of it went back", async () => {
  const { counter, paid, open } = await cancelledSale()
  expect(await open()).toEqual([])
  expect(isLateOpen((await paid(0))!)).toBe(true)
  expect(await open()).toEqual([counter])
  await paid(400)
  expect(await open()).toEqual([counter])
  await paid(900)
  expect(await open()).toEqual([])
})

test("[UP-15] or until the goods were handed over all the same, whatever is heard later", async () => {
  const { terminal, counter, paid, open } = await cancelledSale()
  await paid(0)
  expect(await keepLatePayment(terminal, counter)).toMatchObject({ ok: true, value: { lateKept: true } })
  expect(await open()).toEqual([])
  await paid(100)
  expect(await open()).toEqual([])
  expect(await keepLatePayment(terminal, 99)).toEqual({ ok: false, error: "sale/unknown" })
})

test("[UP-15] what was taken in cash after it was cancelled is no surprise", async () => {
  const { terminal, counter, paid, open } = await cancelledSale()
  await settleCash(terminal, counter)
  await paid(0)
  expect(await open()).toEqual([])
})

test("[UP-15] after a break in the line a cancelled sale is asked after, too", async () => {
  const { terminal, counter, open } = await cancelledSale()
  const paid = { state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 }
  await askMissed(terminal, async () => ({ status: 200, headers: {}, body: JSON.stringify(paid) }))
  expect(await open()).toEqual([counter])
})
