/** Weight is an integer of grams. Markets speak of 斤 (500 g); prices are kept per kilogram or per piece. */
import type { Result } from "../result"
import { err, ok } from "../result"

export const GRAMS_PER_KILOGRAM = 1000
/** 市斤. */
export const GRAMS_PER_JIN = 500
export const GRAMS_PER_HECTOGRAM = 100

export type QuantityUnit = "gram" | "hectogram" | "piece"

/** What a line sells: `count` of `unit`, 1 ≤ count < 2^30. A hectogram line is a scale that resolves 100 g. */
export interface Quantity {
  readonly unit: QuantityUnit
  readonly count: number
}

export type WeightError = "weight/malformed" | "weight/too-large"

/** `undefined` for pieces: their weight is known only as the declared interval of their pack. */
export function quantityGrams(quantity: Quantity): number | undefined {
  if (quantity.unit === "piece") return undefined
  return quantity.unit === "gram" ? quantity.count : quantity.count * GRAMS_PER_HECTOGRAM
}

/** `1`, `1.25` and `0.005` are kilograms; at most three decimals, so nothing is rounded. */
export function kilogramsToGrams(text: string): Result<number, WeightError> {
  const match = /^(0|[1-9][0-9]*)(?:\.([0-9]{1,3}))?$/.exec(text)
  if (match === null) return err("weight/malformed")
  const grams = Number(match[1]) * GRAMS_PER_KILOGRAM + Number((match[2] ?? "").padEnd(3, "0"))
  return Number.isSafeInteger(grams) ? ok(grams) : err("weight/too-large")
}

/** Exact, without trailing zeros: `1250` → `1.25`. */
export function gramsToKilograms(grams: number): string {
  return thousandths(grams)
}

/** Exact, without trailing zeros: `750` → `1.5`. */
export function gramsToJin(grams: number): string {
  return thousandths(grams * (GRAMS_PER_KILOGRAM / GRAMS_PER_JIN))
}

/** The price a market names: yuan per 斤, exact, at least two decimals: `399` fen/kg → `1.995`. */
export function fenPerKilogramToYuanPerJin(unitPriceFenPerKg: number): string {
  const [whole, decimals = ""] = thousandths(unitPriceFenPerKg * 5).split(".")
  return `${whole}.${decimals.padEnd(2, "0")}`
}

function thousandths(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`)
  const decimals = String(value % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "")
  const whole = String(Math.floor(value / 1000))
  return decimals === "" ? whole : `${whole}.${decimals}`
}
