import { expect, test } from "bun:test"
import { typedPack } from "../../../terminal-kiosk/screens/session/typed-amounts"

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
