import {
  finestStatement,
  type GroupedRanges,
  groupOfLevel,
  ORIGIN_LEVELS,
} from "@suyuan/protocol/trace/finest-statement"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import type { GroupOf } from "@suyuan/protocol/trace/source-grams"
import { type LotFacts, placesOf } from "./describe-origin"
import type { Resolved } from "./resolve"

export type RangedLine = { readonly pileId: string; readonly key: string; readonly range: OutflowRange }

/**
 * Ranges by base, county and province of lines that are from one of several places, at levels where a place gathers what
 * a finer one tells apart: of the others a set's range says no more. What is remembered of piles knows lots, so a set
 * begins there with their sum, which is never too narrow.
 */
export function groupedRanges(
  lines: readonly RangedLine[],
  facts: ReadonlyMap<string, LotFacts>,
  resolveBy: (groupOf: GroupOf) => Resolved | undefined,
): (pileId: string, key: string) => GroupedRanges {
  const placeOf = placesOf(facts)
  const open = lines.filter(({ range }) => finestStatement(range, placeOf).kind === "one-or-several")
  const groups = ORIGIN_LEVELS.map((level) => ({ level, groupOf: groupOfLevel(level, placeOf) }))
  const gathers = (index: number) => {
    const [finer, own] = [groups[index - 1], groups[index]]
    return finer && own && open.some(({ range }) => togetherBy(range, own.groupOf) !== togetherBy(range, finer.groupOf))
  }
  const levels = groups.flatMap(({ level, groupOf }, index) =>
    gathers(index) ? [{ level, resolved: resolveBy(groupOf) }] : [],
  )
  return (pileId, key) => {
    const rangeIn = (resolved: Resolved | undefined) => resolved?.piles.get(pileId)?.outflows.get(key)
    return Object.fromEntries(levels.map(({ level, resolved }) => [level, rangeIn(resolved)]))
  }
}

/** Which of its sources are of one group: the first of the same, for each. */
function togetherBy({ sources }: OutflowRange, groupOf: GroupOf): string {
  const all = sources.map(({ sourceId }) => groupOf(sourceId))
  return all.map((group) => all.indexOf(group)).join()
}
