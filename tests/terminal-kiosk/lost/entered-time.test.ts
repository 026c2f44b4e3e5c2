import { expect, test } from "bun:test"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { judgeEnteredTime, localTime, parseLocalTime } from "@suyuan/terminal-kiosk/lost/entered-time"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { cabbage, newestBody, openStockedStall } from "../headless-terminal"

test("a day and a time by the site's clock, whatever the tablet's zone is", () => {
  const ms = Date.UTC(2026, 2, 1, 1, 12)
  expect(localTime(ms, "Asia/Shanghai")).toBe("2026-03-01T09:12")
  expect(parseLocalTime("2026-03-01T09:12", "Asia/Shanghai")).toBe(ms)
  expect(parseLocalTime("2026-02-28T23:30", "Asia/Urumqi")).toBe(Date.UTC(2026, 1, 28, 17, 30))
  for (const none of ["", "2026-02-30T09:12", "2026-03-01T25:00", "昨天"]) {
    expect(parseLocalTime(none, "Asia/Shanghai")).toBeUndefined()
  }
})

test("not of the future, and of the last seven days", () => {
  const nowMs = Date.UTC(2026, 2, 8)
  const judge = (agoMs: number) => judgeEnteredTime(nowMs - agoMs, nowMs)
  expect([judge(-1), judge(0), judge(7 * 86_400_000), judge(7 * 86_400_000 + 1)]).toEqual([
    "enteredAhead",
    undefined,
    undefined,
    "enteredTooOld",
  ])
})

test("[UP-20] goes with the sale in cash, and no code is signed for a time that no gateway takes", async () => {
  const { terminal, store, clock, keys } = await openStockedStall()
  const at = (agoMs: number) => ({ ...cabbage(), soldAtSeconds: msToSeconds2024(clock.nowMs() - agoMs) })
  const before = keys.signatures()
  expect(await closeSale(terminal, at(-60_000), "cash")).toEqual({ ok: false, error: "sale/entered-time" })
  expect(await closeSale(terminal, at(8 * 86_400_000), "cash")).toEqual({ ok: false, error: "sale/entered-time" })
  expect(await closeSale(terminal, at(60_000), "platform")).toEqual({ ok: false, error: "sale/entered-time" })
  expect(keys.signatures()).toBe(before)
  const basket = at(86_400_000)
  expect(await closeSale(terminal, basket, "cash")).toMatchObject({ ok: true })
  expect(await newestBody(store, "sale")).toMatchObject({ settlement: "cash", soldAtSeconds: basket.soldAtSeconds })
})
