// How far a composition that somebody expects is from what is in the bag.
import type { Bag } from "./journal"
import { retail } from "./judge-ranges"
import type { GramsByGroup } from "./range-books"

/** Within this part of the bag's weight a composition counts as right. */
const RIGHT_WITHIN_SHARE = 0.05

export interface ShareError {
  /** Mean part of a bag that is put on a wrong lot. */
  readonly expectedShareError: number
  /** Bags of which no lot is off by more than `RIGHT_WITHIN_SHARE`. */
  readonly rightShare: number
}

export function judgeShares(bags: readonly Bag[], expectedOf: (bag: Bag) => GramsByGroup | undefined): ShareError {
  let [sum, right, count] = [0, 0, 0]
  for (const bag of retail(bags)) {
    const expected = expectedOf(bag)
    if (expected === undefined) continue
    const lots = new Set([...expected.keys(), ...bag.gramsByLot.keys()])
    const off = [...lots].map((id) => Math.abs((expected.get(id) ?? 0) - (bag.gramsByLot.get(id) ?? 0)) / bag.grams)
    // Each wrong gram is missing at one lot and too much at another.
    sum += off.reduce((total, each) => total + each, 0) / 2
    if (off.every((each) => each <= RIGHT_WITHIN_SHARE)) right += 1
    count += 1
  }
  return { expectedShareError: sum / count, rightShare: right / count }
}
