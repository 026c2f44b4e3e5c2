import { expect, test } from "bun:test"
import type { TileRow } from "@suyuan/terminal-kiosk/store/rows"
import { countedGrams, isCounted } from "../../../terminal-kiosk/screens/day/counted"

const tile: TileRow = {
  ...{ slot: 1, commodity: 1036, unit: "weight", unitPriceFen: 360, declaredOrigin: "", place: 0, isOnSale: true },
  ...{ packLowGrams: 0, packHighGrams: 0 },
}
const box: TileRow = { ...tile, unit: "piece", packLowGrams: 2500, packHighGrams: 2500 }

test("what is left is counted by weight, or in pieces where every piece weighs the same", () => {
  expect(countedGrams(tile, "2.5", "jin")).toBe(1250)
  expect(countedGrams(box, "4", "jin")).toBe(10_000)
  expect(countedGrams(box, "2.5", "jin")).toBeUndefined()
})

test("pieces of unlike weight are not counted into grams: nothing is guessed", () => {
  const melon = { ...box, packHighGrams: 4000 }
  expect([isCounted(box), isCounted(melon)]).toEqual([true, false])
  expect(countedGrams(melon, "4", "jin")).toBeUndefined()
})
