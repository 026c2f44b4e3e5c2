import { expect, test } from "bun:test"
import { parseBindCodeDigits } from "@suyuan/protocol/terminal/bind-code"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { showBindCode } from "@suyuan/terminal-kiosk/bindings/show-bind-code"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { declareHarvest } from "@suyuan/terminal-kiosk/stock/declare-harvest"
import { enterOutsideGoods } from "@suyuan/terminal-kiosk/stock/enter-outside-goods"
import { recordWaste } from "@suyuan/terminal-kiosk/stock/record-waste"
import { takeStock } from "@suyuan/terminal-kiosk/stock/take-stock"
import { openTerminalTime } from "@suyuan/terminal-kiosk/terminal-time"
import { cabbage, newestBody, openStockedStall, stallClock } from "./headless-terminal"
import { MemoryStore } from "./store/memory-store"

const HOUR_MS = 3_600_000

test("is the tablet's clock, whichever way that is set, as long as nothing later was signed", async () => {
  const clock = stallClock()
  const time = await openTerminalTime(new MemoryStore(), clock)
  for (const ms of [HOUR_MS, -2 * HOUR_MS]) {
    clock.set(clock.nowMs() + ms)
    expect(time.nowMs()).toBe(clock.nowMs())
  }
})

test("[EN-13] goes on from what was signed where the clock is set back, and is the clock again when that has come past it", async () => {
  const clock = stallClock()
  const time = await openTerminalTime(new MemoryStore(), clock)
  const signedAtMs = time.stampMs()
  clock.set(signedAtMs - 3 * HOUR_MS)
  expect(time.nowMs()).toBe(signedAtMs)
  clock.advance(HOUR_MS)
  expect(time.stampMs()).toBe(signedAtMs + HOUR_MS)
  clock.advance(4 * HOUR_MS)
  expect(time.nowMs()).toBe(clock.nowMs())
})

test("[EN-12] one time for all that is signed: goods and bind codes after a sale of a clock that ran three hours ahead", async () => {
  const { terminal, store, clock } = await openStockedStall()
  const rightMs = clock.nowMs()
  clock.set(rightMs + 3 * HOUR_MS)
  await closeSale(terminal, cabbage())
  clock.set(rightMs)
  clock.advance(600_000)
  const saidMs = terminal.time.nowMs()
  expect(saidMs).toBe(rightMs + 3 * HOUR_MS + 600_000)
  await takeStock(terminal, { commodity: 1001, countedGrams: 4000 })
  await recordWaste(terminal, { commodity: 1001, weightGrams: 500, reason: "spoiled" })
  await enterOutsideGoods(terminal, { commodity: 1001, weightGrams: 500, declaredOrigin: "" })
  await declareHarvest(terminal, { commodity: 1001, weightGrams: 500, declaredOrigin: "河北张北" })
  await closeSale(terminal, cabbage())
  const code = parseBindCodeDigits((await showBindCode(terminal)).url.split("/b/")[1] ?? "")
  const seconds = [
    (await newestBody(store, "stock-take")).countedAtSeconds,
    (await newestBody(store, "waste")).wastedAtSeconds,
    (await newestBody(store, "outside-goods")).receivedAtSeconds,
    (await newestBody(store, "harvest")).harvestedAtSeconds,
    (await store.last("sales"))?.[1].issuedAtSeconds,
    code.ok ? code.value.issuedAtSeconds : undefined,
  ]
  expect(seconds.map((each) => seconds2024ToMs(each ?? 0))).toEqual(seconds.map(() => saidMs))
})
