import { expect, test } from "bun:test"
import { offlineReceiptMessage, receiptDigitsOfMac } from "@suyuan/protocol/terminal/offline-receipt"
import { followPayment } from "@suyuan/terminal-kiosk/payments/follow-payments"
import { checkReceipt } from "@suyuan/terminal-kiosk/receipt/check-receipt"
import { cancelSale } from "@suyuan/terminal-kiosk/sale/cancel-sale"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { cameTooLate } from "@suyuan/terminal-kiosk/sale/late-payments"
import { standingOf } from "@suyuan/terminal-kiosk/sale/sale-standing"
import { counterKey } from "@suyuan/terminal-kiosk/store/rows"
import { displayState } from "../../../terminal-kiosk/screens/display/tell-display"
import { shownAfter, shownAfterHint } from "../../../terminal-kiosk/screens/session/sale-news"
import type { ShownSale } from "../../../terminal-kiosk/screens/session/state"
import { screenStanding } from "../../../terminal-kiosk/screens/settle/standing"
import { cabbage, openStockedStall, type Stall } from "../headless-terminal"

type State = "presented" | "paying" | "paid" | "closed"

/** A sale on the screen, and the gateway's words on it, one after the other. */
async function showing() {
  const stall: Stall = await openStockedStall()
  const closed = await closeSale(stall.terminal, cabbage())
  if (!closed.ok) throw new Error(closed.error)
  let shown: ShownSale = { ...closed.value, wasRefused: false, payingSinceMs: undefined }
  let version = 0
  return {
    stall,
    shown: () => shown,
    hear: async (state: State) => {
      version += 1
      const { counter, amountFen } = shown.sale
      const paidFen = state === "paid" ? amountFen : 0
      const news = { v: 1 as const, counter, state, paidFen, refundedFen: 0, platform: "alipay" as const, version }
      const sale = await followPayment(stall.terminal, news)
      shown = shownAfter(shown, sale!, stall.clock.nowMs()) ?? shown
    },
    hint: (hint: "gave-up" | "came-back", atMs: number, after = version) => {
      const said = { v: 1 as const, counter: shown.sale.counter, hint, version: after, atMs }
      shown = shownAfterHint(shown, said, stall.clock.nowMs()) ?? shown
    },
    look: (isOnline = true) => screenStanding(shown, isOnline, stall.clock.nowMs()),
  }
}

test("waits, pays, is paid", async () => {
  const { hear, look } = await showing()
  expect(look()).toBe("shown")
  await hear("paying")
  expect(look()).toBe("paying")
  await hear("paid")
  expect(look()).toBe("paid")
})

test("a wallet that gave up is told as such, until somebody begins again", async () => {
  const { hear, look } = await showing()
  await hear("paying")
  await hear("presented")
  expect(look()).toBe("refused")
  await hear("paying")
  expect(look()).toBe("paying")
})

test("[PY-23] a hint that the wallet gave up is shown as refused, until somebody begins again or money says otherwise", async () => {
  const { stall, hear, hint, look } = await showing()
  await hear("paying")
  hint("gave-up", 10)
  expect([look(), look(false)]).toEqual(["refused", "unknown"])
  stall.clock.advance(30_000)
  hint("came-back", 20)
  hint("gave-up", 10)
  expect(look()).toBe("paying")
  stall.clock.advance(21_000)
  expect(look()).toBe("unknown")
  hint("gave-up", 30)
  expect(look()).toBe("refused")
  await hear("paid")
  hint("gave-up", 40, 1)
  expect(look()).toBe("paid")
})

test("[PY-23] a hint that overtook the word it is about, and one of an order that the platform closed at its end", async () => {
  const { stall, hear, hint, look } = await showing()
  hint("gave-up", 10, 1)
  expect(look()).toBe("refused")
  await hear("paying")
  expect(look()).toBe("refused")
  stall.clock.advance(5 * 60_000 + 1000)
  expect(look()).toBe("expired")
})

test("a payment under way is unknown without a line, and after twenty seconds with one", async () => {
  const { stall, hear, look } = await showing()
  await hear("paying")
  expect(look(false)).toBe("unknown")
  stall.clock.advance(21_000)
  expect(look()).toBe("unknown")
})

test("a code older than five minutes is expired; one that is being paid is not", async () => {
  const { stall, hear, look } = await showing()
  stall.clock.advance(5 * 60_000 + 1000)
  expect(look()).toBe("expired")
  await hear("paying")
  expect(look()).toBe("paying")
})

test("without a line a code of five minutes may have been paid: digits go before a fresh code, for a day", async () => {
  const { stall, shown, look } = await showing()
  const customerSees = (isOnline: boolean) => displayState(shown(), isOnline, stall.clock.nowMs())
  expect([customerSees(true), customerSees(false)]).toEqual(["code", "offline-digits"])
  stall.clock.advance(5 * 60_000 + 1000)
  expect([look(true), look(false)]).toEqual(["expired", "aged"])
  expect([customerSees(true), customerSees(false)]).toEqual(["expired", "offline-digits"])
  stall.clock.advance(24 * 3_600_000)
  expect(look(false)).toBe("expired")
})

test("[UP-15] whoever paid by the code before it was replaced hands over on the digits of that one", async () => {
  const { stall, shown } = await showing()
  const { counter, amountFen } = shown().sale
  await cancelSale(stall.terminal, counter)
  const { networkId, terminal } = stall.terminal.identity
  const mac = await stall.terminal.receiptKey.mac(offlineReceiptMessage({ networkId, terminal, counter, amountFen }))
  const checked = await checkReceipt(stall.terminal, counter, receiptDigitsOfMac(mac))
  expect(checked).toMatchObject({ ok: true, value: { verdict: "accepted" } })
  expect(standingOf((await stall.store.get("sales", counterKey(counter)))!)).toBe("handed-over")
})

test("[UP-15] a payment that came before the cancellation is paid, and said to have come first", async () => {
  const { stall, shown, hear, look } = await showing()
  await cancelSale(stall.terminal, shown().sale.counter)
  await hear("paid")
  expect(look()).toBe("paid")
  expect(cameTooLate(shown().sale)).toBe(true)
})

test("news of another sale changes nothing on the screen", async () => {
  const { shown } = await showing()
  const other = { ...shown().sale, counter: 99 }
  expect(shownAfter(shown(), other, 0)).toBe(shown())
})
