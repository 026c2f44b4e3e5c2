/** Names, quantities and prices as a seller reads them. */

import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { fenToYuan } from "@suyuan/protocol/units/money"
import {
  fenPerKilogramToYuanPerJin,
  gramsToJin,
  gramsToKilograms,
  type Quantity,
  quantityGrams,
} from "@suyuan/protocol/units/weight"
import { entryOf } from "../../src/catalogue/entry-of"
import type { CatalogueRow, SettingsRow, TileRow } from "../../src/store/rows"

type Language = SettingsRow["language"]
type WeightUnit = SettingsRow["weightUnit"]

const unitWords = {
  jin: { zh: "斤", en: "jin" },
  kilogram: { zh: "公斤", en: "kg" },
  piece: { zh: "件", en: "pc" },
} as const

export function unitName(unit: keyof typeof unitWords, language: Language): string {
  return unitWords[unit][language]
}

/** The catalogue's name; the code where the catalogue has not been read. */
export function nameOf(commodity: number, catalogue: CatalogueRow | undefined, language: Language): string {
  const entry = entryOf(catalogue, commodity)
  if (entry === undefined) return `#${commodity}`
  return language === "zh" ? entry[1] : entry[2]
}

export const yuan = (fen: number): string => `¥${fenToYuan(fen)}`

export function weightText(grams: number, unit: WeightUnit, language: Language): string {
  const amount = unit === "jin" ? gramsToJin(grams) : gramsToKilograms(grams)
  return `${amount} ${unitName(unit, language)}`
}

export function quantityText(quantity: Quantity, unit: WeightUnit, language: Language): string {
  const grams = quantityGrams(quantity)
  return grams === undefined ? `${quantity.count} ${unitName("piece", language)}` : weightText(grams, unit, language)
}

/** `¥3.98/斤`: the way a market names it. */
export function priceText(unitPriceFen: number, unit: WeightUnit | "piece", language: Language): string {
  const amount = unit === "jin" ? fenPerKilogramToYuanPerJin(unitPriceFen) : fenToYuan(unitPriceFen)
  return `¥${amount}/${unitName(unit, language)}`
}

export interface LineText {
  readonly name: string
  readonly quantity: string
  readonly price: string
  readonly amount: string
  readonly origin: string
}

export function lineText(
  line: SaleLine,
  tiles: readonly TileRow[],
  catalogue: CatalogueRow | undefined,
  { language, weightUnit }: SettingsRow,
): LineText {
  const tile = tiles.find(({ slot }) => slot === line.slot)
  const unit = line.quantity.unit === "piece" ? ("piece" as const) : weightUnit
  return {
    name: tile === undefined ? `#${line.slot}` : nameOf(tile.commodity, catalogue, language),
    quantity: quantityText(line.quantity, weightUnit, language),
    price: priceText(line.unitPriceFen, unit, language),
    amount: yuan(lineAmountFen(line)),
    origin: tile?.declaredOrigin ?? "",
  }
}
