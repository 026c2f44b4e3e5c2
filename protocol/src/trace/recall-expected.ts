/**
 * How much of a set is expected in each outflow if every pile were stirred before each sale (RC-4): the walk of RG-26, by
 * perfect mixing alone. A recall reads a pile from when the set came, and what was there before as one: that tells no
 * habit. A second, weaker line beside the ranges: it ranks, and never narrows.
 */
import type { ExpectedGoods } from "./expected-carry"
import { expectedWalk } from "./expected-shares"
import type { PileHistory } from "./origin-range"
import { IN_SET, setGroups } from "./pile"
import type { PileEvent } from "./pile-event"
import { declaredSources, type GroupOf, groupedSources } from "./source-grams"

export interface ExpectedGrams {
  readonly outflowGrams: (pileId: string, key: string) => number
  readonly stockGrams: (pileId: string) => number
}

/** Piles are walked as far as they go; what waits for itself in a circle counts as holding none, and the range clamps it. */
export function expectedGrams(
  histories: readonly PileHistory[],
  includes: (sourceId: string) => boolean,
  clockErrorMs = 0,
): ExpectedGrams {
  const groupOf = setGroups(includes)
  const grouped = histories.map(({ pileId, events }) => ({ pileId, events: events.map(groupedBy(groupOf)) }))
  const walk = expectedWalk(grouped, { clockErrorMs, isStirred: true })
  const gramsIn = (goods: ExpectedGoods | undefined) => {
    return (goods?.sources ?? []).reduce((sum, [group, grams]) => sum + (group === IN_SET ? grams : 0), 0)
  }
  return {
    outflowGrams: (pileId, key) => gramsIn(walk.goodsOf(pileId, key)),
    stockGrams: (pileId) => gramsIn(walk.stockOf(pileId)),
  }
}

/** The set and the rest are two sources: one step costs the same however many lots there are. */
function groupedBy(groupOf: GroupOf): (event: PileEvent) => PileEvent {
  return (event) => {
    if (event.kind === "out" && event.chosen !== undefined) return { ...event, chosen: groupOf(event.chosen) }
    if (event.kind !== "in" || event.sources === undefined) return event
    const sources = groupedSources(declaredSources(event.sources, event.grams), event.grams, groupOf)
    return { ...event, sources }
  }
}
