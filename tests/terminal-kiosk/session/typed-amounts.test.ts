import { expect, test } from "bun:test"
import { typedGrams, typedPack, typedPriceFen, withKey } from "../../../terminal-kiosk/screens/session/typed-amounts"

const pack = (packLowGrams: number, packHighGrams: number) => ({ packLowGrams, packHighGrams })

test("[UP-9] goods by the piece weigh what was said of a piece, and what nobody said is bounded by nothing false", () => {
  expect(typedPack("8", "14", "jin")).toEqual(pack(4000, 7000))
  expect(typedPack("0.05", "0.07", "kilogram")).toEqual(pack(50, 70))
  expect(typedPack("6", "6", "kilogram")).toEqual(pack(6000, 6000))
  // A water melon of six kilograms lies within what is assumed.
  expect(typedPack("", "", "jin")).toEqual(pack(1, 100_000))
  expect(typedPack("5", "", "kilogram")).toEqual(pack(5000, 100_000))
})

test("[UP-9] a lightest piece that is the heavier one is refused, as is what is no weight", () => {
  expect(typedPack("7", "6", "kilogram")).toBeUndefined()
  expect(typedPack("x", "6", "kilogram")).toBeUndefined()
  expect(typedPack("", "0", "kilogram")).toBeUndefined()
})

test("a weight is typed in 斤 or kilograms, as a thumb types it; half a gram goes up", () => {
  expect([typedGrams("2.5", "jin"), typedGrams("2.5", "kilogram")]).toEqual([1250, 2500])
  expect([typedGrams(".5", "jin"), typedGrams("1.", "kilogram"), typedGrams("0.001", "jin")]).toEqual([250, 1000, 1])
  for (const none of ["", "0", ".", "1.2345", "x"]) expect(typedGrams(none, "jin")).toBeUndefined()
})

test("a price is kept per kilogram: one that was made so is sold by in 斤 too, and no price is rounded", () => {
  expect([typedPriceFen("1.80", "jin"), typedPriceFen("3.60", "kilogram"), typedPriceFen("1.2", "piece")]).toEqual([
    360, 360, 120,
  ])
  expect(typedPriceFen("1.995", "jin")).toBe(399)
  for (const none of ["1.994", "", "1.9951"]) expect(typedPriceFen(none, "jin")).toBeUndefined()
  expect(typedPriceFen("1.995", "kilogram")).toBeUndefined()
})

test("a keypad takes one point, and no more decimals than fit", () => {
  const typed = (keys: string, decimalsMax: number) =>
    [...keys].reduce((text, key) => withKey(text, key, decimalsMax), "")
  expect(typed("1.2.345", 2)).toBe("1.23")
  expect(typed(".5", 3)).toBe("0.5")
  expect(typed("3.", 0)).toBe("3")
  expect(typed("12⌫5", 2)).toBe("15")
})
