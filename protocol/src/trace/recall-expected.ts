/**
 * How much of a set is expected in each outflow if every pile were stirred before each sale (RC-4): the walk of RG-26, by
 * perfect mixing alone. A recall reads a pile from when the set came, and what was there before as one: that tells no
 * habit. A second, weaker line beside the ranges: it ranks, and never narrows.
 */
import type { ExpectedGoods } from "./expected-carry"
import { expectedOfSteps } from "./expected-shares"
import { IN_SET } from "./pile"
import type { PileSteps } from "./pile-steps"
import type { GroupOf } from "./source-grams"

export interface ExpectedGrams {
  readonly outflowGrams: (pileId: string, key: string) => number
  readonly stockGrams: (pileId: string) => number
}

/**
 * Piles are walked as far as they go; what waits for itself in a circle counts as holding none, and the range clamps it.
 * @param groupOf the set and the rest, as two sources: one step costs the same however many lots there are.
 */
export function expectedGrams(steps: ReadonlyMap<string, PileSteps>, groupOf: GroupOf): ExpectedGrams {
  const walk = expectedOfSteps(steps, { groupOf, isStirred: true })
  const gramsIn = (goods: ExpectedGoods | undefined) => {
    return (goods?.sources ?? []).reduce((sum, [group, grams]) => sum + (group === IN_SET ? grams : 0), 0)
  }
  return {
    outflowGrams: (pileId, key) => gramsIn(walk.goodsOf(pileId, key)),
    stockGrams: (pileId) => gramsIn(walk.stockOf(pileId)),
  }
}
