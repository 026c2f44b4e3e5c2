import { expect, test } from "bun:test"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { offlineReceiptDigits } from "@suyuan/protocol/terminal/offline-receipt"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { checkReceipt } from "@suyuan/terminal-kiosk/receipt/check-receipt"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import {
  cabbage,
  newestBody,
  openStall,
  openStockedStall,
  queuedKinds,
  RECEIPT_KEY,
  TERMINAL,
} from "../headless-terminal"

const digits = offlineReceiptDigits(RECEIPT_KEY, {
  networkId: DEVELOPMENT_NETWORK_ID,
  terminal: TERMINAL,
  counter: 1,
  amountFen: 900,
})
const wrong = digits === "000000" ? "000001" : "000000"

async function oneSale() {
  const stall = await openStockedStall()
  await closeSale(stall.terminal, cabbage())
  return stall
}

test("[OR-7] the right digits hand the sale over, and the gateway is told in the same commit", async () => {
  const { terminal, store } = await oneSale()
  const spaced = `${digits.slice(0, 3)} ${digits.slice(3)}`
  expect(await checkReceipt(terminal, 1, spaced)).toMatchObject({ ok: true, value: { verdict: "accepted" } })
  expect((await newestBody(store, "sale")).settlement).toBe("code-only")
  expect(await queuedKinds(store)).toEqual(["snapshot", "sale", "sale"])
})

test("[OR-6] digits count once", async () => {
  const { terminal } = await oneSale()
  await checkReceipt(terminal, 1, digits)
  expect(await checkReceipt(terminal, 1, digits)).toMatchObject({ ok: true, value: { verdict: "already-used" } })
})

test("[OR-5] three tries, over a restart too; then only the gateway's word counts", async () => {
  const stall = await oneSale()
  expect(await checkReceipt(stall.terminal, 1, wrong)).toMatchObject({ value: { verdict: "wrong", triesLeft: 2 } })
  expect(await checkReceipt(stall.terminal, 1, wrong)).toMatchObject({ value: { verdict: "wrong", triesLeft: 1 } })
  const again = await openStall(stall.store, stall.clock)
  expect(await checkReceipt(again.terminal, 1, wrong)).toMatchObject({ value: { verdict: "locked" } })
  expect(await checkReceipt(again.terminal, 1, digits)).toMatchObject({ value: { verdict: "locked" } })
  await followPayment(again.terminal, {
    ...{ v: 1, counter: 1, state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 },
  } as const)
  expect(await checkReceipt(again.terminal, 1, digits)).toEqual({ ok: false, error: "sale/settled-already" })
})

test("[OR-7] a try that could not be stored is not answered", async () => {
  const { terminal, store } = await oneSale()
  store.losePower = true
  await expect(checkReceipt(terminal, 1, digits)).rejects.toThrow("power")
})

test("digits of another sale do not fit", async () => {
  const { terminal } = await oneSale()
  await closeSale(terminal, cabbage())
  expect(await checkReceipt(terminal, 2, digits)).toMatchObject({ value: { verdict: "wrong" } })
  expect(await checkReceipt(terminal, 3, digits)).toEqual({ ok: false, error: "sale/unknown" })
})
