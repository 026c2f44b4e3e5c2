/** What lines add up to. Money is rounded here and nowhere else: half up to the fen, per line. */
import { divideHalfUp } from "../units/money"
import { GRAMS_PER_KILOGRAM, quantityGrams } from "../units/weight"
import type { SaleLine } from "./sale"

/** Exact for every line that a pay code can carry: 2^30 × 100 g × 2^24 fen/kg is beyond a double, hence bigint. */
export function lineAmountFen(line: Pick<SaleLine, "quantity" | "unitPriceFen">): number {
  const grams = quantityGrams(line.quantity)
  if (grams === undefined) return line.quantity.count * line.unitPriceFen
  return Number(divideHalfUp(BigInt(grams) * BigInt(line.unitPriceFen), BigInt(GRAMS_PER_KILOGRAM)))
}

/** Sum of the rounded lines: the most that the buyer may be asked for. */
export function linesTotalFen(lines: readonly Pick<SaleLine, "quantity" | "unitPriceFen">[]): number {
  let totalFen = 0
  for (const line of lines) totalFen += lineAmountFen(line)
  return totalFen
}
