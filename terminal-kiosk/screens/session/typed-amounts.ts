/** What fingers type on the keypad, as integers. */
import { divideHalfUp, yuanToFen } from "@suyuan/protocol/units/money"
import { GRAMS_PER_JIN, GRAMS_PER_KILOGRAM, kilogramsToGrams } from "@suyuan/protocol/units/weight"
import type { SettingsRow } from "../../src/store/rows"

type WeightUnit = SettingsRow["weightUnit"]

const JIN_PER_KILOGRAM = GRAMS_PER_KILOGRAM / GRAMS_PER_JIN

/** `1.` and `.5` are what a thumb types. */
function tidy(text: string): string {
  const whole = text.startsWith(".") ? `0${text}` : text
  return whole.replace(/\.$/, "")
}

/** What has at most three decimals, as an integer of thousandths. */
function typedThousandths(text: string): number | undefined {
  const thousandths = kilogramsToGrams(tidy(text))
  return thousandths.ok ? thousandths.value : undefined
}

/** Grams; half a gram goes up. `undefined` for what is no weight above nothing. */
export function typedGrams(text: string, unit: WeightUnit): number | undefined {
  const thousandths = typedThousandths(text)
  if (thousandths === undefined) return undefined
  const grams = unit === "kilogram" ? thousandths : Number(divideHalfUp(BigInt(thousandths), BigInt(JIN_PER_KILOGRAM)))
  return grams > 0 ? grams : undefined
}

/** No piece that a market sells is heavier: a bound that is not known must not be wrong. */
const PIECE_GRAMS_MAX = 100_000

/**
 * What one piece weighs, lightest and heaviest; a side that is left empty gives no more than is certain. Origins count
 * grams: a melon that was called a kilogram would leave five in the book, and later ranges would be sure and false.
 */
export function typedPack(
  lightest: string,
  heaviest: string,
  unit: WeightUnit,
): { readonly packLowGrams: number; readonly packHighGrams: number } | undefined {
  const packLowGrams = lightest === "" ? 1 : typedGrams(lightest, unit)
  const packHighGrams = heaviest === "" ? PIECE_GRAMS_MAX : typedGrams(heaviest, unit)
  if (packLowGrams === undefined || packHighGrams === undefined || packLowGrams > packHighGrams) return undefined
  return { packLowGrams, packHighGrams }
}

export function typedPieces(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined
}

/** A fen per kilogram, in thousandths of a yuan per 斤. */
const THOUSANDTHS_PER_JIN = 10 / JIN_PER_KILOGRAM

/**
 * Fen per kilogram or piece, from yuan per 斤, kilogram or piece. A price that was made per kilogram may end in half a fen
 * per 斤: `1.995` is ¥3.99 a kilogram.
 */
export function typedPriceFen(text: string, unit: WeightUnit | "piece"): number | undefined {
  if (unit !== "jin") return typedFen(text)
  const fen = (typedThousandths(text) ?? Number.NaN) / THOUSANDTHS_PER_JIN
  return Number.isSafeInteger(fen) ? fen : undefined
}

export function typedFen(text: string): number | undefined {
  const fen = yuanToFen(tidy(text))
  return fen.ok ? fen.value : undefined
}

/** One more key: digits, one point, and no more decimals than fit. */
export function withKey(text: string, key: string, decimalsMax: number): string {
  if (key === "⌫") return text.slice(0, -1)
  if (key === ".") return text.includes(".") || decimalsMax === 0 ? text : `${text === "" ? "0" : text}.`
  const [, decimals] = text.split(".")
  if (decimals !== undefined && decimals.length >= decimalsMax) return text
  if (text.replace(".", "").length >= 8) return text
  return text === "0" ? key : text + key
}
