import { expect, test } from "bun:test"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { takeHolds } from "@suyuan/terminal-kiosk/stock/recall-holds"
import { displayState } from "../../../terminal-kiosk/screens/display/tell-display"
import { sellRest } from "../../../terminal-kiosk/screens/session/recalled-sale"
import { putLine, settle, showSale } from "../../../terminal-kiosk/screens/session/selling"
import { screenStanding } from "../../../terminal-kiosk/screens/settle/standing"
import { queuedKinds } from "../headless-terminal"
import { openKiosk, withBrowserParts } from "./headless-kiosk"

withBrowserParts()

const line = (slot: number) => ({ slot, quantity: { unit: "gram" as const, count: 2500 }, unitPriceFen: 360 })
const hold = {
  ...{ recallId: "0199d3a0-7c1e-7000-8000-0000000000ca", commodity: 1001, lot: null },
  reason: "农残超标",
}

/** A code of the goods of these slots stands on the screens. */
async function withCode(...slots: readonly number[]) {
  const opened = await openKiosk()
  const { kiosk, stall } = opened
  for (const slot of slots) putLine(kiosk, line(slot))
  expect(await settle(kiosk, "platform")).toBeUndefined()
  /** As the link does when the list has come. */
  const recall = async (...holds: readonly (typeof hold)[]) => {
    await takeHolds(stall.terminal, { version: 1, holds })
    await kiosk.refresh()
  }
  const look = () => {
    const { shown } = kiosk.state.get()
    if (shown === undefined) return undefined
    const nowMs = stall.clock.nowMs()
    return [screenStanding(shown, true, nowMs), displayState(shown, true, nowMs), shown.sale.recallReason]
  }
  return { ...opened, recall, look, state: kiosk.state.get }
}

test("[RC-11] a code whose goods are recalled leaves the screens with the reason, cancelled by a signed request", async () => {
  const { kiosk, stall, recall, look } = await withCode(1, 2)
  expect(look()).toEqual(["shown", "code", undefined])
  await recall(hold)
  expect(look()).toEqual(["recalled", "closed", hold.reason])
  await kiosk.refresh()
  expect(await queuedKinds(stall.store)).toEqual(["snapshot", "sale", "cancel"])
})

test("[RC-11] the rest of it can be sold, and what was in the hand is put aside", async () => {
  const { kiosk, recall, state } = await withCode(1, 2)
  putLine(kiosk, { ...line(2), unitPriceFen: 500 })
  await recall(hold)
  await sellRest(kiosk)
  expect(state()).toMatchObject({ shown: undefined, basket: { lines: [line(2)] } })
  expect(state().held.map(({ basket }) => basket.lines)).toEqual([[{ ...line(2), unitPriceFen: 500 }]])
  expect(await settle(kiosk, "platform")).toBeUndefined()
  expect(state().shown?.sale).toMatchObject({ counter: 2, amountFen: 900 })
})

test("[RC-11] a code of other goods stays, and one that is looked up again later does not come back", async () => {
  const { kiosk, recall, look, state } = await withCode(2)
  await recall(hold)
  expect(look()).toEqual(["shown", "code", undefined])
  const held = await withCode(1)
  held.kiosk.state.set({ shown: undefined })
  await held.recall(hold)
  expect(held.look()).toBeUndefined()
  await showSale(held.kiosk, 1)
  expect(held.look()?.[0]).toBe("recalled")
  expect(standingOf(state().shown!.sale)).toBe("waiting")
  await kiosk.refresh()
})

test("[RC-11] [UP-15] the payment came first: that is what is said, and it waits for its refund", async () => {
  const { kiosk, stall, recall, look, state } = await withCode(1)
  const money = { state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 } as const
  await recall(hold)
  const paid = await followPayment(stall.terminal, { v: 1, counter: 1, ...money })
  kiosk.heardOfSale(paid!)
  await kiosk.refresh()
  expect(look()).toEqual(["paid", "paid", hold.reason])
  expect(state().late).toEqual([1])
  const before = await withCode(1)
  before.kiosk.heardOfSale((await followPayment(before.stall.terminal, { v: 1, counter: 1, ...money }))!)
  await before.recall(hold)
  expect(before.look()).toEqual(["paid", "paid", undefined])
})
