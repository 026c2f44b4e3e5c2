import { describe, expect, test } from "bun:test"
import { divideHalfUp, fenToYuan, yuanToFen } from "@suyuan/protocol/units/money"
import fc from "fast-check"

describe("money", () => {
  test("rounds a half up, everything else to the nearest", () => {
    expect([1n, 3n, 499n, 500n, 501n, 1499n, 1500n].map((n) => divideHalfUp(n, 1000n))).toEqual([
      0n,
      0n,
      0n,
      1n,
      1n,
      1n,
      2n,
    ])
    expect(divideHalfUp(1n, 3n)).toBe(0n)
    expect(divideHalfUp(5n, 3n)).toBe(2n)
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 6n }), (n, d) => {
        const doubledError = 2n * (divideHalfUp(n, d) * d - n)
        expect(doubledError > -d && doubledError <= d).toBe(true)
      }),
    )
  })

  test("refuses to round what has no rule", () => {
    expect(() => divideHalfUp(-1n, 2n)).toThrow(RangeError)
    expect(() => divideHalfUp(1n, 0n)).toThrow(RangeError)
  })

  test("goes to yuan and back without a float", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (fen) => expect(yuanToFen(fenToYuan(fen))).toEqual({ ok: true, value: fen })),
    )
    expect([0, 1, 10, 1230, -5].map(fenToYuan)).toEqual(["0.00", "0.01", "0.10", "12.30", "-0.05"])
    expect(["0", "12", "12.3", "0.07"].map((text) => yuanToFen(text))).toEqual(
      [0, 1200, 1230, 7].map((value) => ({ ok: true, value })),
    )
  })

  test("takes yuan in one form only", () => {
    for (const text of ["", "-1", "+1", "01", "1.", ".5", "1.234", "1,000", " 1", "1e3", "¥1", "0x1", "１"]) {
      expect(yuanToFen(text)).toEqual({ ok: false, error: "money/malformed" })
    }
    expect(yuanToFen("90071992547409.92")).toEqual({ ok: false, error: "money/too-large" })
    expect(() => fenToYuan(0.5)).toThrow(RangeError)
  })
})
