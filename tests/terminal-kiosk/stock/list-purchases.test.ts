import { expect, test } from "bun:test"
import { toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { takeNotice } from "@suyuan/terminal-kiosk/link/take-notice"
import { acceptPurchase, purchaseKey } from "@suyuan/terminal-kiosk/stock/accept-purchase"
import { listPurchases } from "@suyuan/terminal-kiosk/stock/list-purchases"
import { openStall } from "../headless-terminal"

const DAY_MS = 86_400_000

/** A stall whose wallet buys lots; the newest offer's key. */
async function buyingStall() {
  const stall = await openStall()
  let bought = 0
  const buy = async () => {
    bought += 1
    const day = toHex(uintToBytes(Math.floor(stall.clock.nowMs() / DAY_MS), 2))
    const offer = { saleRecordId: `${day}${String(bought).padStart(28, "0")}`, lineIndex: 0, commodity: 7, grams: 5000 }
    await takeNotice(stall.terminal, { v: 1, kind: "purchase-offered", ...offer })
    return purchaseKey(offer)
  }
  const answer = (key: string) => acceptPurchase(stall.terminal, key, { outcome: "accepted", grams: 5000 })
  return { ...stall, buy, answer, listed: () => listPurchases(stall.terminal) }
}

test("after hundreds of purchases the next one is offered, and an unanswered one of the first day still is", async () => {
  const { clock, buy, answer, listed } = await buyingStall()
  const forgotten = await buy()
  for (let day = 0; day < 50; day += 1) {
    for (let lot = 0; lot < 5; lot += 1) await answer(await buy())
    clock.advance(DAY_MS)
  }
  const newest = await buy()
  const open = (await listed()).filter(([, { answer }]) => answer === undefined).map(([key]) => key)
  expect(open).toEqual([forgotten, newest])
  // Answered ones of two weeks.
  expect((await listed()).length).toBe(2 + 14 * 5)
})

test("a purchase that was answered is offered no more, also when the notice comes again", async () => {
  const { terminal, buy, answer, listed } = await buyingStall()
  const key = await buy()
  await answer(key)
  const { saleRecordId, lineIndex } = (await terminal.store.get("purchases", key))!
  await takeNotice(terminal, { v: 1, kind: "purchase-offered", saleRecordId, lineIndex, commodity: 7, grams: 5000 })
  expect(await listed()).toMatchObject([[key, { answer: "accepted" }]])
  expect(await terminal.store.list("openPurchases")).toEqual([])
})
