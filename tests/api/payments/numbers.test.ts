import { describe, expect, test } from "bun:test"
import { normaliseCode } from "@suyuan/api/payments/payment-provider"
import { nextQueryMs, nextRefundTryMs, nextWatchMs, watchMs } from "@suyuan/api/payments/query-schedule"
import { dayOfNumber, formatRefundNo, parseRefundNo } from "@suyuan/api/payments/refund-number"
import fc from "fast-check"

const name = fc.record({
  utcDay: fc.integer({ min: 10_957, max: 47_480 }),
  terminal: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  counter: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  attempt: fc.integer({ min: 0, max: 255 }),
  part: fc.integer({ min: 1, max: 50 }),
})

describe("[PY-1] refund numbers", () => {
  test("are read back as they were made, carry their day, and are legal on both platforms", () => {
    fc.assert(
      fc.property(name, (refund) => {
        const text = formatRefundNo(refund)
        expect(text).toMatch(/^[0-9a-z]{25}$/)
        expect(parseRefundNo(text)).toEqual({ ok: true, value: refund })
        expect(dayOfNumber(refund).slice(2).replaceAll("-", "")).toBe(text.slice(0, 6))
      }),
    )
  })

  test("nothing else is read", () => {
    for (const text of [
      "",
      "r01",
      "261124aaaaaaaaaaaaaaaar00",
      "261124aaaaaaaaaaaaaaaar51",
      "261124AAAAAAAAAAAAAAAAr01",
    ]) {
      expect(parseRefundNo(text).ok).toBe(false)
    }
  })
})

describe("schedules", () => {
  const schedule = [2, 5, 10, 20, 40, 60]
  const attempt = { createdAtMs: 0, expiresAtMs: 300_000, watchUntilMs: 300_000 + watchMs }

  test("[PY-7] queries at the scheduled seconds, then each last step, and at expiry", () => {
    const times = [0]
    while (times.at(-1)! < 300_000) times.push(nextQueryMs(attempt, schedule, times.at(-1)!))
    expect(times.map((ms) => ms / 1000)).toEqual([0, 2, 5, 10, 20, 40, 60, 120, 180, 240, 300])
    expect(nextQueryMs(attempt, schedule, 310_000)).toBe(370_000)
  })

  test("[PY-9] watches more and more seldom, at least each hour, and at last once at the end of 48 hours", () => {
    const times = [300_000]
    for (let next = nextWatchMs(attempt, 300_000); next !== undefined; next = nextWatchMs(attempt, times.at(-1)!))
      times.push(next)
    const waits = times.slice(1).map((ms, i) => ms - times[i]!)
    expect(Math.max(...waits)).toBe(3_600_000)
    expect(times.at(-1)).toBe(attempt.watchUntilMs)
    expect(times.length).toBeLessThan(60)
  })

  test("[PY-12] a refund is tried for ever, each last step", () => {
    expect([1, 2, 3, 6, 7, 1000].map((tries) => nextRefundTryMs(tries, schedule, 0) / 1000)).toEqual([
      2, 5, 10, 60, 60, 60,
    ])
  })
})

test("[PY-2] codes are compared without prefix and underscores, as documents spell them both ways", () => {
  expect([normaliseCode("ORDER_NOT_EXIST"), normaliseCode("ORDERNOTEXIST")]).toEqual(["ORDERNOTEXIST", "ORDERNOTEXIST"])
  expect(normaliseCode("ACQ.TRADE_NOT_EXIST")).toBe("TRADENOTEXIST")
})
