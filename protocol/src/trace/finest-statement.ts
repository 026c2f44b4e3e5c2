/**
 * The finest thing about an outflow's origin that is certain (RG-19 to RG-21), as data; the words are look's.
 * With several live sources a single lot is mostly "0 to 100 %", while their county or province is certain: so the
 * statement climbs lot → base → county → province and stops where everything is inside one place.
 */

import type { OutflowRange } from "./pile"
import { UNKNOWN_SOURCE } from "./pile-event"
import type { GroupOf, SourceRange } from "./source-grams"

/** From fine to coarse. */
export const ORIGIN_LEVELS = ["lot", "base", "county", "province"] as const
export type OriginLevel = (typeof ORIGIN_LEVELS)[number]

/** A list of places longer than this tells nobody anything; the next coarser level is listed instead. */
export const LISTED_PLACES_MAX = 5

/** What is known about a lot. Places are ids or names, whatever the caller wants to read back. */
export interface LotPlace {
  readonly base?: string
  readonly county?: string
  readonly province?: string
  /** It passed its test, or carries its certificate. */
  readonly tested?: boolean
}

export type PlaceOf = (sourceId: string) => LotPlace | undefined

export interface GramRange {
  readonly mustGrams: number
  readonly mayGrams: number
}

export interface PlaceRange extends GramRange {
  /** `lot` where the asked level of a lot is not known: then the lot stands for itself. */
  readonly level: OriginLevel
  readonly place: string
}

export interface FinestStatement {
  readonly grams: number
  /**
   * - `all-from`: everything is from the one place in `places`;
   * - `partly-from`: what is not unknown is from the one place in `places`;
   * - `one-or-several`: what is not unknown is from one or several of `places`;
   * - `unknown`: no declared source can be in it.
   */
  readonly kind: "all-from" | "partly-from" | "one-or-several" | "unknown"
  readonly places: readonly PlaceRange[]
  /** For `all-from` and `partly-from` above the level of bases: the bases inside ("two bases in Hebei"). */
  readonly inside: readonly PlaceRange[]
  /** For `one-or-several`: the place of which most is certain, and of equal ones the finest. */
  readonly atLeast: PlaceRange | undefined
  readonly unknown: GramRange
  /** The goods whose lot is marked `tested`. */
  readonly tested: GramRange
}

/** Ranges that runs with `groupOf` gave, of the same outflow. All are optional. */
export type GroupedRanges = Partial<Record<Exclude<OriginLevel, "lot"> | "tested", OutflowRange>>

interface Group {
  readonly level: OriginLevel
  readonly place: string
}

function groupAt(level: OriginLevel, sourceId: string, placeOf: PlaceOf): Group {
  const place = level === "lot" ? undefined : placeOf(sourceId)?.[level]
  return place === undefined ? { level: "lot", place: sourceId } : { level, place }
}

function groupId({ level, place }: Group): string {
  return `${level}:${place}`
}

/** Groups for `runPile` and `resolveOrigins` whose ranges `finestStatement` takes as that level's. */
export function groupOfLevel(level: OriginLevel, placeOf: PlaceOf): GroupOf {
  return (sourceId) => (sourceId === UNKNOWN_SOURCE ? UNKNOWN_SOURCE : groupId(groupAt(level, sourceId, placeOf)))
}

export function groupOfTested(placeOf: PlaceOf): GroupOf {
  return (sourceId) => (placeOf(sourceId)?.tested ? "tested" : "not-tested")
}

/**
 * The range of some of an outflow's sources together, from their own ranges' sums and those of all. Of an interval of weights
 * the others leave them the least at its lower end, and the most at its upper one (RG-9).
 */
function together({ grams, lowGrams = grams }: OutflowRange, own: GramRange, all: GramRange): GramRange {
  return {
    mustGrams: own.mayGrams === 0 ? 0 : Math.max(own.mustGrams, lowGrams - (all.mayGrams - own.mayGrams)),
    mayGrams: Math.min(own.mayGrams, grams - (all.mustGrams - own.mustGrams)),
  }
}

/** In whole per cent, rounded up: of goods whose weight is an interval, as much as it can be of the lighter ones. */
export function mostPercent(
  mayGrams: number,
  { grams, lowGrams = grams }: Pick<OutflowRange, "grams" | "lowGrams">,
): number {
  if (mayGrams === 0) return 0
  return lowGrams === 0 ? 100 : Math.min(100, Math.ceil((mayGrams * 100) / lowGrams))
}

/** Sums, which may be more than the outflow weighs. */
function sumOf(sources: readonly SourceRange[]): GramRange {
  let [mustGrams, mayGrams] = [0, 0]
  for (const source of sources) {
    mustGrams += source.mustGrams
    mayGrams += source.mayGrams
  }
  return { mustGrams, mayGrams }
}

function placesAt(level: OriginLevel, range: OutflowRange, placeOf: PlaceOf, grouped: GroupedRanges): PlaceRange[] {
  const groups = new Map<string, Group & { mustGrams: number; mayGrams: number }>()
  for (const { sourceId, mustGrams, mayGrams } of range.sources) {
    if (sourceId === UNKNOWN_SOURCE) continue
    const group = groupAt(level, sourceId, placeOf)
    const id = groupId(group)
    const sum = groups.get(id)
    if (sum === undefined) groups.set(id, { ...group, mustGrams, mayGrams })
    else {
      sum.mustGrams += mustGrams
      sum.mayGrams += mayGrams
    }
  }
  const measured = new Map(level === "lot" ? [] : grouped[level]?.sources.map((source) => [source.sourceId, source]))
  const all = sumOf(range.sources)
  const places = [...groups].map(([id, sum]) => {
    return { level: sum.level, place: sum.place, ...narrower(together(range, sum, all), measured.get(id)) }
  })
  // The likeliest first; equal ones in an order that does not change from call to call.
  return places.sort((a, b) => b.mustGrams - a.mustGrams || b.mayGrams - a.mayGrams || (a.place < b.place ? -1 : 1))
}

/** Both hold. A set's own range is mostly the narrower one, but a set is over only with the last of its lots (RG-23). */
function narrower(summed: GramRange, measured: GramRange | undefined): GramRange {
  if (measured === undefined) return summed
  const mayGrams = Math.min(summed.mayGrams, measured.mayGrams)
  return { mustGrams: Math.min(Math.max(summed.mustGrams, measured.mustGrams), mayGrams), mayGrams }
}

function listed(levels: readonly PlaceRange[][]): PlaceRange[] {
  return levels.find((places) => places.length <= LISTED_PLACES_MAX) ?? levels[levels.length - 1] ?? []
}

function mostCertain(levels: readonly PlaceRange[][]): PlaceRange | undefined {
  let most: PlaceRange | undefined
  for (const place of levels.flat()) if (place.mustGrams > (most?.mustGrams ?? 0)) most = place
  return most
}

function testedRange(range: OutflowRange, placeOf: PlaceOf, grouped: GroupedRanges): GramRange {
  if (grouped.tested === undefined) {
    const isTested = groupOfTested(placeOf)
    const tested = range.sources.filter(({ sourceId }) => isTested(sourceId) === "tested")
    return together(range, sumOf(tested), sumOf(range.sources))
  }
  const found = grouped.tested.sources.find(({ sourceId }) => sourceId === "tested")
  return { mustGrams: found?.mustGrams ?? 0, mayGrams: found?.mayGrams ?? 0 }
}

/** `range` has the sources one by one (lots and `unknown`). */
export function finestStatement(range: OutflowRange, placeOf: PlaceOf, grouped: GroupedRanges = {}): FinestStatement {
  const levels = ORIGIN_LEVELS.map((level) => placesAt(level, range, placeOf, grouped))
  const none = range.sources.filter(({ sourceId }) => sourceId === UNKNOWN_SOURCE)
  const unknown = together(range, sumOf(none), sumOf(range.sources))
  const rest = { grams: range.grams, unknown, tested: testedRange(range, placeOf, grouped) }
  const finest = levels.find((places) => places.length === 1 || places[0]?.mustGrams === range.grams)
  const first = finest?.[0]
  if (finest === undefined || first === undefined) {
    const places = listed(levels)
    const kind = places.length === 0 ? "unknown" : "one-or-several"
    return { kind, places, inside: [], atLeast: mostCertain(levels), ...rest }
  }
  const [lots, bases = []] = levels
  const inside = finest === lots || finest === bases ? [] : bases
  const isAll = first.mustGrams === range.grams || unknown.mayGrams === 0
  return { kind: isAll ? "all-from" : "partly-from", places: [first], inside, atLeast: undefined, ...rest }
}
