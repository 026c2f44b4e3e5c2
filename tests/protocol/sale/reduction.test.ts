import { describe, expect, test } from "bun:test"
import { judgeReduction } from "@suyuan/protocol/sale/reduction"
import fc from "fast-check"

describe("rounding down (抹零)", () => {
  const rows: readonly [number, number, number, boolean, string][] = [
    [1854, 1854, 0, false, "nothing taken off"],
    [1854, 1850, 4, false, "the usual few fen"],
    [150, 50, 100, false, "¥1 is always within custom"],
    [150, 49, 101, true, "a fen more is not, on a small sum"],
    [5000, 4500, 500, false, "a tenth is within custom"],
    [5000, 4499, 501, true, "a fen more is not"],
    [1001, 900, 101, true, "just above both"],
    [1010, 909, 101, false, "exactly a tenth, above ¥1"],
    [4_000_000, 1, 3_999_999, true, "ten tonnes for one fen"],
  ]
  for (const [linesFen, amountFen, reductionFen, overTolerance, why] of rows) {
    test(`[PC-9] ${linesFen} → ${amountFen}: ${why}`, () => {
      expect(judgeReduction(linesFen, amountFen)).toEqual({ ok: true, value: { reductionFen, overTolerance } })
    })
  }

  test("[PC-7] never goes to nothing", () => {
    expect(judgeReduction(500, 0)).toEqual({ ok: false, error: "sale/amount-below-one-fen" })
    expect(judgeReduction(0, 0)).toEqual({ ok: false, error: "sale/amount-below-one-fen" })
  })

  test("[PC-8] never goes up", () => {
    expect(judgeReduction(500, 501)).toEqual({ ok: false, error: "sale/amount-above-lines" })
  })

  test("[PC-9] is flagged exactly above max(¥1, 10 %)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (linesFen, seed) => {
        const amountFen = 1 + (seed % linesFen)
        const judged = judgeReduction(linesFen, amountFen)
        const toleranceFen = Math.max(100, linesFen / 10)
        expect(judged.ok && judged.value.overTolerance).toBe(linesFen - amountFen > toleranceFen)
      }),
    )
  })
})
