import { expect, test } from "bun:test"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { voidSale } from "@suyuan/terminal-kiosk/sale/void-sale"
import { cabbage, newestBody, openStockedStall, queuedKinds } from "../headless-terminal"

const paid = { v: 1, counter: 1, state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 } as const

async function oneSale(settlement: "platform" | "cash" = "platform") {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage(), settlement)
  return stall
}

test("cash taken at once is in the sale's own upload", async () => {
  const { store } = await oneSale("cash")
  expect((await newestBody(store, "sale")).settlement).toBe("cash")
  expect(await queuedKinds(store)).toEqual(["snapshot", "sale"])
})

test("cash taken later is told by another upload of the same code, once", async () => {
  const { terminal, store } = await oneSale()
  const first = await newestBody(store, "sale")
  expect(await settleCash(terminal, 1)).toMatchObject({ ok: true, value: { settlement: "cash" } })
  expect(await settleCash(terminal, 1)).toMatchObject({ ok: true })
  expect(await queuedKinds(store)).toEqual(["snapshot", "sale", "sale"])
  expect(await newestBody(store, "sale")).toEqual({ ...first, settlement: "cash" })
})

test("no cash is taken for what a platform has paid, nor for no sale", async () => {
  const { terminal } = await oneSale()
  await followPayment(terminal, paid)
  expect(await settleCash(terminal, 1)).toEqual({ ok: false, error: "sale/paid-already" })
  expect(await settleCash(terminal, 2)).toEqual({ ok: false, error: "sale/unknown" })
})

test("[UP-15] a cancel is a request: the payment that came first stands", async () => {
  const { terminal, store } = await oneSale()
  const cancelled = await cancelSale(terminal, 1)
  expect(cancelled.ok && standingOf(cancelled.value)).toBe("cancelling")
  expect(await cancelSale(terminal, 1)).toMatchObject({ ok: true })
  expect(await queuedKinds(store)).toEqual(["snapshot", "sale", "cancel"])
  const sale = await followPayment(terminal, paid)
  expect(sale && standingOf(sale)).toBe("paid")
  expect(await cancelSale(terminal, 1)).toEqual({ ok: false, error: "sale/paid-already" })
})

test("a cancelled sale is closed when the gateway says so", async () => {
  const { terminal } = await oneSale()
  await cancelSale(terminal, 1)
  const closed = { ...paid, state: "closed", paidFen: 0, platform: null, version: 2 } as const
  const sale = await followPayment(terminal, closed)
  expect(sale && standingOf(sale)).toBe("closed")
})

test("cash is voided, a platform's payment is refunded instead, an open sale cancelled instead", async () => {
  const cash = await oneSale("cash")
  expect(await voidSale(cash.terminal, 1, "buyer-left")).toMatchObject({ ok: true, value: { voided: "buyer-left" } })
  expect(await voidSale(cash.terminal, 1, "buyer-left")).toMatchObject({ ok: true })
  expect(await newestBody(cash.store, "void")).toEqual({ counter: 1, reason: "buyer-left" })
  expect(await queuedKinds(cash.store)).toEqual(["snapshot", "sale", "void"])
  expect(await settleCash(cash.terminal, 1)).toEqual({ ok: false, error: "sale/voided" })

  const open = await oneSale()
  expect(await voidSale(open.terminal, 1, "other")).toEqual({ ok: false, error: "sale/cancel-instead" })
  await followPayment(open.terminal, paid)
  expect(await voidSale(open.terminal, 1, "other")).toEqual({ ok: false, error: "sale/refund-instead" })
})
