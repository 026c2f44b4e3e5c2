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
 * Ranges by base, county and province of lines that are from one of several places, where several lots of one place can
 * be in them: of the others a set's range says no more than its lots'. What is remembered of piles knows lots, so a set
 * begins there with their sum, which is never too narrow.
 */
export function groupedRanges(
  lines: readonly RangedLine[],
  facts: ReadonlyMap<string, LotFacts>,
  resolveBy: (groupOf: GroupOf) => Resolved | undefined,
): (pileId: string, key: string) => GroupedRanges {
  const placeOf = placesOf(facts)
  const open = lines.filter(({ range }) => finestStatement(range, placeOf).kind === "one-or-several")
  const levels = ORIGIN_LEVELS.flatMap((level) => {
    const groupOf = groupOfLevel(level, placeOf)
    const isShared = ({ range: { sources } }: RangedLine) =>
      new Set(sources.map(({ sourceId }) => groupOf(sourceId))).size < sources.length
    return level !== "lot" && open.some(isShared) ? [{ level, resolved: resolveBy(groupOf) }] : []
  })
  return (pileId, key) => {
    const rangeIn = (resolved: Resolved | undefined) => resolved?.piles.get(pileId)?.outflows.get(key)
    return Object.fromEntries(levels.map(({ level, resolved }) => [level, rangeIn(resolved)]))
  }
}
