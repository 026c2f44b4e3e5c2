import type { TileRow } from "../../src/store/rows"
import { typedGrams } from "../session/typed-amounts"

/** Goods by the piece or box are counted where every piece weighs the same: their book is in grams, and a range is no count. */
export function isCounted({ unit, packLowGrams, packHighGrams }: TileRow): boolean {
  return unit === "weight" || (packLowGrams > 0 && packLowGrams === packHighGrams)
}

/** What is left, as typed: a weight, or a number of pieces. `undefined` for what is neither. */
export function countedGrams(tile: TileRow, typed: string, weightUnit: "jin" | "kilogram"): number | undefined {
  if (tile.unit === "weight") return typedGrams(typed, weightUnit)
  return isCounted(tile) && /^[1-9]\d{0,3}$/.test(typed) ? Number(typed) * tile.packLowGrams : undefined
}
