import { describe, expect, test } from "bun:test"
import {
  fenPerKilogramToYuanPerJin,
  gramsToJin,
  gramsToKilograms,
  kilogramsToGrams,
  quantityGrams,
} from "@suyuan/protocol/units/weight"
import fc from "fast-check"

describe("weight", () => {
  test("goes to kilograms and back exactly", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (grams) =>
        expect(kilogramsToGrams(gramsToKilograms(grams))).toEqual({ ok: true, value: grams }),
      ),
    )
    expect([0, 5, 1250, 20_000].map(gramsToKilograms)).toEqual(["0", "0.005", "1.25", "20"])
    expect([250, 500, 750, 1].map(gramsToJin)).toEqual(["0.5", "1", "1.5", "0.002"])
  })

  test("takes kilograms in one form only", () => {
    for (const text of ["", "-1", "01", "1.", "1.2345", "1,5", "1 kg"]) {
      expect(kilogramsToGrams(text)).toEqual({ ok: false, error: "weight/malformed" })
    }
    expect(kilogramsToGrams("9007199254740.992")).toEqual({ ok: false, error: "weight/too-large" })
  })

  test("names a price per jin exactly, half a fen included", () => {
    expect([399, 400, 401, 1, 0].map(fenPerKilogramToYuanPerJin)).toEqual(["1.995", "2.00", "2.005", "0.005", "0.00"])
  })

  test("is known of grams and hectograms, not of pieces", () => {
    expect(quantityGrams({ unit: "gram", count: 7 })).toBe(7)
    expect(quantityGrams({ unit: "hectogram", count: 7 })).toBe(700)
    expect(quantityGrams({ unit: "piece", count: 7 })).toBeUndefined()
  })
})
