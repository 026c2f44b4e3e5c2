import { expect, test } from "bun:test"
import { isStillSo } from "@suyuan/terminal-kiosk/sale/close-sale"
import { keepDrafted } from "../../../terminal-kiosk/screens/session/keep-drafted"
import { clearBasket, leaveSale, putLine, settle } from "../../../terminal-kiosk/screens/session/selling"
import { until } from "../../support/broker"
import { openKiosk, withBrowserParts } from "./headless-kiosk"

withBrowserParts()

const cabbage = { slot: 1, quantity: { unit: "gram" as const, count: 2500 }, unitPriceFen: 360 }
const eggs = { slot: 2, quantity: { unit: "piece" as const, count: 6 }, unitPriceFen: 120 }

async function withDrafts() {
  const { kiosk, stall } = await openKiosk()
  const stop = keepDrafted(kiosk)
  const isDrafted = () => isStillSo(kiosk.terminal, kiosk.drafted, kiosk.state.get().basket)
  return { kiosk, stall, stop, untilDrafted: () => until(isDrafted, "a draft of the basket that stands") }
}

test("the basket that stands is signed ahead, also one that changed while it was being signed, and a tap sells that", async () => {
  const { kiosk, stall, stop, untilDrafted } = await withDrafts()
  putLine(kiosk, cabbage)
  await Promise.resolve()
  putLine(kiosk, eggs)
  await untilDrafted()
  expect(kiosk.drafted?.sale.amountFen).toBe(1620)
  const signatures = stall.keys.signatures()
  await settle(kiosk, "platform")
  expect(stall.keys.signatures()).toBe(signatures)
  expect(kiosk.state.get().shown?.url).toBe(kiosk.drafted?.url ?? "")
  stop()
})

test("what is shown before it is sold holds none of it; the next basket is signed with the next number", async () => {
  const { kiosk, stall, stop, untilDrafted } = await withDrafts()
  putLine(kiosk, cabbage)
  await untilDrafted()
  expect(JSON.stringify(kiosk.state.get())).not.toContain(kiosk.drafted?.url ?? "")
  expect(await stall.store.count("sales")).toBe(0)
  clearBasket(kiosk)
  putLine(kiosk, eggs)
  await untilDrafted()
  expect(kiosk.drafted?.sale).toMatchObject({ counter: 1, amountFen: 720 })
  await settle(kiosk, "platform")
  leaveSale(kiosk)
  putLine(kiosk, cabbage)
  await untilDrafted()
  expect(kiosk.drafted?.sale.counter).toBe(2)
  stop()
})

test("a tap that comes while its code is being signed ahead sells that, and nothing is signed twice", async () => {
  const { kiosk, stall, stop } = await withDrafts()
  const signatures = stall.keys.signatures()
  putLine(kiosk, cabbage)
  while (stall.keys.signatures() === signatures) await Promise.resolve()
  await settle(kiosk, "platform")
  expect(kiosk.state.get().shown?.sale.counter).toBe(1)
  expect(stall.keys.signatures() - signatures).toBe(2)
  stop()
})
