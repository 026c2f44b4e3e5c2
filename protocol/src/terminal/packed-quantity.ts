/** A quantity in 4 bytes: the two top bits choose the unit, the rest counts it. */
import type { Result } from "../result"
import { err, ok } from "../result"
import type { Quantity, QuantityUnit } from "../units/weight"

/** 2^30 − 1. */
export const QUANTITY_COUNT_MAX = 0x3fff_ffff

const UNITS = ["gram", "hectogram", "piece"] as const satisfies readonly QuantityUnit[]

/** @throws RangeError for a count outside 1 … 2^30 − 1. */
export function packQuantity({ unit, count }: Quantity): number {
  if (!Number.isInteger(count) || count < 1 || count > QUANTITY_COUNT_MAX) {
    throw new RangeError(`a quantity counts 1 to 2^30 - 1, not ${count}`)
  }
  return UNITS.indexOf(unit) * 0x4000_0000 + count
}

export function unpackQuantity(packed: number): Result<Quantity, "quantity/malformed"> {
  const unit = UNITS[Math.floor(packed / 0x4000_0000)]
  const count = packed % 0x4000_0000
  return unit === undefined || count === 0 ? err("quantity/malformed") : ok({ unit, count })
}
