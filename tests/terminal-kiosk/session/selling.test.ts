import { expect, test } from "bun:test"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import type { SaleRow } from "@suyuan/terminal-kiosk/store/rows"
import { keepCurrentBasket } from "../../../terminal-kiosk/screens/session/keep-current-basket"
import {
  askLess,
  cancel,
  clearBasket,
  hold,
  putLine,
  recall,
  renew,
  settle,
  showSale,
  takeUpAgain,
  undoClear,
} from "../../../terminal-kiosk/screens/session/selling"
import type { TerminalStanding } from "../../../terminal-kiosk/screens/session/state"
import { queuedKinds } from "../headless-terminal"
import { openKiosk, reopenKiosk, withBrowserParts } from "./headless-kiosk"

withBrowserParts()

const cabbage = { slot: 1, quantity: { unit: "gram" as const, count: 2500 }, unitPriceFen: 360 }

async function withCabbage() {
  const opened = await openKiosk()
  putLine(opened.kiosk, cabbage)
  const sales = async () => (await opened.stall.store.list("sales")).map(([, sale]) => sale)
  return { ...opened, sales, state: opened.kiosk.state.get }
}

const standings = (sales: readonly SaleRow[]) => sales.map(standingOf)

test("a fresh code: tapped twice, one old sale is cancelled and one new one is made", async () => {
  const { kiosk, sales, state } = await withCabbage()
  await settle(kiosk, "platform")
  const [first, second] = await Promise.all([renew(kiosk), renew(kiosk)])
  expect([first, second]).toEqual([undefined, undefined])
  expect(standings(await sales())).toEqual(["cancelling", "waiting"])
  expect(state().shown?.sale).toMatchObject({ counter: 2, amountFen: 900 })
})

test("no fresh code for goods that were paid between paint and tap, nor when the memory failed", async () => {
  const { kiosk, stall, sales, state } = await withCabbage()
  await settle(kiosk, "platform")
  const money = { state: "paid", paidFen: 900, refundedFen: 0, platform: "alipay", version: 3 } as const
  await followPayment(stall.terminal, { v: 1, counter: 1, ...money })
  expect(await renew(kiosk)).toBe("sale/paid-already")
  expect(standings(await sales())).toEqual(["paid"])
  putLine(kiosk, cabbage)
  await settle(kiosk, "platform")
  stall.store.losePower = true
  expect(await renew(kiosk)).toBeUndefined()
  expect(state()).toMatchObject({ problem: "storageFailed", shown: { sale: { counter: 2 } } })
})

test("a sale that was cancelled by a slip of the finger is taken up again, price and all, as a new basket", async () => {
  const { kiosk, sales, state } = await withCabbage()
  const { id } = state().basket
  askLess(kiosk, 890)
  await settle(kiosk, "platform")
  await cancel(kiosk)
  const other = { ...cabbage, unitPriceFen: 500 }
  putLine(kiosk, other)
  await takeUpAgain(kiosk)
  expect(state()).toMatchObject({ shown: undefined, basket: { lines: [cabbage], askedFen: 890 } })
  expect(state().basket.id).not.toBe(id)
  expect(state().held.map(({ basket }) => basket.lines)).toEqual([[other]])
  await settle(kiosk, "platform")
  expect(standings(await sales())).toEqual(["cancelling", "waiting"])
})

test("an old sale that gets a fresh code takes no other basket with it", async () => {
  const { kiosk, state } = await withCabbage()
  await settle(kiosk, "platform")
  putLine(kiosk, { ...cabbage, unitPriceFen: 500 })
  await renew(kiosk)
  expect(state().basket.lines).toEqual([{ ...cabbage, unitPriceFen: 500 }])
})

test("a terminal that may not sell uses no number, whichever button is tapped", async () => {
  const { kiosk, stall, sales } = await withCabbage()
  const refusals: Partial<Record<TerminalStanding, string>> = {
    ...{ claimed: "terminal/not-confirmed", suspended: "terminal/suspended", revoked: "terminal/revoked" },
  }
  for (const [standing, refusal] of Object.entries(refusals)) {
    kiosk.state.set({ standing: standing as TerminalStanding })
    expect(await settle(kiosk, "platform")).toBe(refusal as never)
    expect(await settle(kiosk, "cash")).toBe(refusal as never)
  }
  expect(await sales()).toEqual([])
  expect(await queuedKinds(stall.store)).toEqual(["snapshot"])
})

test("a basket whose code is being made is not held too", async () => {
  const { kiosk, sales, state } = await withCabbage()
  await Promise.all([settle(kiosk, "platform"), hold(kiosk), settle(kiosk, "cash")])
  expect(await sales()).toHaveLength(1)
  expect(state().held).toEqual([])
  expect(state().basket.lines).toEqual([])
})

test("a basket that is held comes back, and what was in the hand meanwhile is held", async () => {
  const { kiosk, state } = await withCabbage()
  const mine = state().basket.id
  await hold(kiosk)
  putLine(kiosk, { ...cabbage, unitPriceFen: 500 })
  await recall(kiosk, mine)
  expect(state().basket).toMatchObject({ id: mine, lines: [cabbage] })
  expect(state().held.map(({ basket }) => basket.lines)).toEqual([[{ ...cabbage, unitPriceFen: 500 }]])
})

test("a weighed basket outlives the page; one that was sold, held or cleared away does not come back", async () => {
  const { kiosk, stall, state } = await withCabbage()
  const opened = async () => (await reopenKiosk(stall)).state.get().basket
  const stop = keepCurrentBasket(kiosk)
  putLine(kiosk, { ...cabbage, unitPriceFen: 500 })
  dispatchEvent(new Event("pagehide"))
  expect(await opened()).toEqual(state().basket)
  const { id } = state().basket
  await settle(kiosk, "cash")
  // The page goes before the emptied basket is written.
  expect((await opened()).lines).toEqual([])
  putLine(kiosk, cabbage)
  dispatchEvent(new Event("pagehide"))
  await hold(kiosk)
  expect((await opened()).lines).toEqual([])
  await recall(kiosk, state().held[0]!.basket.id)
  expect((await opened()).lines).toEqual([cabbage])
  expect((await opened()).id).not.toBe(id)
  clearBasket(kiosk)
  stop()
  expect((await opened()).lines).toEqual([])
})

test("what was cleared away by a slip of the thumb can be called back, until another line is added", async () => {
  const { kiosk, state } = await withCabbage()
  const before = state().basket
  clearBasket(kiosk)
  expect(state().basket.lines).toEqual([])
  undoClear(kiosk)
  expect(state().basket).toEqual(before)
  clearBasket(kiosk)
  putLine(kiosk, cabbage)
  undoClear(kiosk)
  expect(state().basket.lines).toEqual([cabbage])
  expect(state().basket.id).not.toBe(before.id)
})

test("a code that is shown again after a reload is said aloud when it is paid, once", async () => {
  const { kiosk, stall } = await withCabbage()
  await settle(kiosk, "platform")
  const again = await reopenKiosk(stall)
  const said: string[] = []
  Object.assign(again.voice, { say: (text: string) => void said.push(text) })
  await showSale(again, 1)
  const paid = {
    v: 1,
    counter: 1,
    state: "paid",
    paidFen: 900,
    refundedFen: 0,
    platform: "alipay",
    version: 2,
  } as const
  const sale = await followPayment(again.terminal, paid)
  again.heardOfSale(sale!)
  again.heardOfSale(sale!)
  expect(said).toEqual(["收款到账 九元"])
  // One that is paid already is no news.
  await showSale(again, 1)
  again.heardOfSale(sale!)
  expect(said).toHaveLength(1)
})
