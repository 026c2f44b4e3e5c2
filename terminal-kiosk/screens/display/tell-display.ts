/** Says to the customer's screen what the seller's shows, as finished text: it knows no rules of its own. */

import { displayWords } from "@suyuan/look/display-words"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { basketAmountFen } from "../../src/basket/basket"
import { keptFormat } from "../../src/day/kept-format"
import {
  DISPLAY_CHANNEL,
  type DisplayMessage,
  type DisplayQuestion,
  type DisplayState,
} from "../../src/display/display-message"
import { testOfToday } from "../../src/inspections/read-stall-tests"
import { isLateOpen } from "../../src/sale/late-payments"
import { linesOf } from "../../src/sale/sale-lines"
import type { Terminal } from "../../src/terminal"
import { lineText, yuan } from "../session/goods-names"
import type { Kiosk } from "../session/kiosk"
import type { KioskState, ShownSale } from "../session/state"
import { type ScreenStanding, screenStanding } from "../settle/standing"

const states: Readonly<Record<ScreenStanding, DisplayState>> = {
  shown: "code",
  refused: "code",
  expired: "expired",
  aged: "offline-digits",
  paying: "paying",
  unknown: "offline-digits",
  paid: "paid",
  cash: "cash",
  "handed-over": "paid",
  cancelling: "closed",
  "not-cancelled": "closed",
  recalled: "closed",
  closed: "closed",
  voided: "closed",
}

/** What a customer is to know of a sale: with no line at the stall, that the six digits will be asked for. */
export function displayState(shown: ShownSale, isOnline: boolean, nowMs: number): DisplayState {
  const state = states[screenStanding(shown, isOnline, nowMs)]
  return state === "code" && !isOnline ? "offline-digits" : state
}

/** Returns how to stop. */
export function tellDisplay(kiosk: Kiosk): () => void {
  const channel = new BroadcastChannel(DISPLAY_CHANNEL)
  let last = ""
  const tell = (isAsked: boolean) => {
    const message = displayMessage(kiosk)
    const text = JSON.stringify(message)
    // Whether a tablet came or went since, it knows by itself.
    kiosk.showOnTablets(text)
    if (text === last && !isAsked) return
    last = text
    channel.postMessage(message)
  }
  channel.onmessage = ({ data }: MessageEvent<DisplayQuestion>) => {
    if (data.kind === "hello") tell(true)
  }
  const stop = kiosk.state.watch(() => tell(false))
  const timer = setInterval(() => tell(false), 1000)
  tell(true)
  return () => {
    stop()
    clearInterval(timer)
    channel.close()
  }
}

/** `✓ 今日快检合格 09:12（抽样）`: of this stall and these goods; a test speaks of its sample. */
function testsText({ stallTests, tiles, settings }: KioskState, terminal: Terminal, slot: number): string {
  const tile = tiles.find((one) => one.slot === slot)
  const test = testOfToday(stallTests, tile, terminal)
  if (test === undefined) return ""
  const { zone: timeZone } = terminal.identity.site
  const time = keptFormat("sv-SE", { timeZone, timeStyle: "short" }).format(test.testedAtMs)
  const isPassed = test.conclusion === "passed"
  const word = displayWords[isPassed ? "testedToday" : "testFailed"][settings.language]
  return `${isPassed ? "✓" : "✕"} ${word} ${time}`
}

/** Finished text of what a customer is to see now. */
export function displayMessage({ state, terminal }: Kiosk): DisplayMessage {
  const { shown, basket, tiles, catalogue, settings, line, stallTests } = state.get()
  const { stall, site, networkId } = terminal.identity
  const lines = shown === undefined ? basket.lines : linesOf(shown.sale)
  const showing: DisplayState =
    shown === undefined
      ? lines.length === 0
        ? "idle"
        : "basket"
      : displayState(shown, line.isOnline, terminal.time.nowMs())
  const withCode = showing === "code" || showing === "paying" || showing === "offline-digits"
  return {
    ...{ v: 1, kind: "show", state: showing, language: settings.language },
    recalled: shown?.sale.recallReason !== undefined,
    cancelled: shown !== undefined && isLateOpen(shown.sale),
    development: networkId === DEVELOPMENT_NETWORK_ID,
    stall: stall.name,
    site: site.name,
    photo: stallTests?.photo ?? "",
    lines: lines.map((one) => ({
      ...lineText(one, tiles, catalogue, settings),
      tests: testsText(state.get(), terminal, one.slot),
    })),
    total: yuan(shown === undefined ? basketAmountFen(basket) : shown.sale.amountFen),
    url: withCode && shown !== undefined ? shown.url : "",
  }
}
