import { expect, test } from "bun:test"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { cabbage, openStockedStall } from "../headless-terminal"

const news = {
  v: 1,
  counter: 1,
  state: "paid",
  paidFen: 900,
  refundedFen: 0,
  platform: "wechat-pay",
  version: 3,
} as const

test("takes the newest word, whatever order words come in, and repeats change nothing", async () => {
  const { terminal, store } = await openStockedStall()
  await closeSale(terminal, cabbage())
  await followPayment(terminal, news)
  const commits = store.commits
  await followPayment(terminal, news)
  await followPayment(terminal, { ...news, state: "paying", paidFen: 0, platform: null, version: 2 })
  expect(store.commits).toBe(commits)
  const refunded = await followPayment(terminal, { ...news, refundedFen: 200, version: 4 })
  expect(refunded?.payment).toEqual({
    state: "paid",
    paidFen: 900,
    refundedFen: 200,
    platform: "wechat-pay",
    version: 4,
  })
})

test("says nothing of a sale that this terminal does not have", async () => {
  const { terminal } = await openStockedStall()
  expect(await followPayment(terminal, news)).toBeUndefined()
})
