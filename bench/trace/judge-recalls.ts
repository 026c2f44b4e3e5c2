// Each lot recalled once: which sales are in the scope, which held some of it, and which of these were not in the scope.
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import type { Bag } from "./journal"

/** Sums over all lots. Ratios are those of consumers' sales: they are the ones to reach. */
export interface RecallSums {
  readonly scopeSales: number
  readonly affectedSales: number
  /** Truly affected and outside the scope, on all levels. */
  readonly missedSales: number
  readonly missedByWindow: number
  readonly scopeToTruth: number
  readonly scopeToWindow: number
}

/** Lots that a way of telling puts into a sale. */
export type LotsOf = (bag: Bag) => Iterable<string>

export function judgeRecalls(bags: readonly Bag[], lotsOf: LotsOf, windowLotsOf: LotsOf): RecallSums {
  let [scopeSales, affectedSales, missedSales, windowSales, missedByWindow] = [0, 0, 0, 0, 0]
  for (const bag of bags) {
    const scope = known(lotsOf(bag))
    const affected = known(bag.gramsByLot.keys())
    const window = known(windowLotsOf(bag))
    missedSales += [...affected].filter((lotId) => !scope.has(lotId)).length
    missedByWindow += [...affected].filter((lotId) => !window.has(lotId)).length
    if (bag.level !== "stall") continue
    scopeSales += scope.size
    affectedSales += affected.size
    windowSales += window.size
  }
  const ratios = { scopeToTruth: scopeSales / affectedSales, scopeToWindow: scopeSales / windowSales }
  return { scopeSales, affectedSales, missedSales, missedByWindow, ...ratios }
}

/** Nobody recalls what nobody declared. */
function known(lotIds: Iterable<string>): Set<string> {
  return new Set([...lotIds].filter((lotId) => lotId !== UNKNOWN_SOURCE))
}
