// How often the ranges are true, how wide they are, and how often they say something.
import {
  type FinestStatement,
  finestStatement,
  groupOfLevel,
  type PlaceRange,
} from "@suyuan/protocol/trace/finest-statement"
import type { OutflowRange } from "@suyuan/protocol/trace/pile"
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { type Bag, LEVELS, type Level } from "./journal"
import { GROUPINGS, type Grouping, isTrue, type RangedBooks } from "./range-books"

export type ByLevel = Readonly<Record<Level, { readonly bags: number; readonly covered: number }>>
export type ByGrouping = Readonly<Record<Grouping, number>>

export interface Coverage {
  readonly bags: number
  /** Of which every lot and every set (base, county, province, tested) is inside [must, may]. */
  readonly covered: number
  readonly byLevel: ByLevel
  /** Mean over the sales to consumers of the mean over their sources of (may − must) ÷ weight. */
  readonly meanWidth: ByGrouping
}

export function judgeCoverage(bags: readonly Bag[], books: RangedBooks): Coverage {
  const counts = { base: { bags: 0, covered: 0 }, wholesaler: { bags: 0, covered: 0 }, stall: { bags: 0, covered: 0 } }
  for (const bag of bags) {
    if (books.rangeOf("lot", bag) === undefined) continue
    counts[bag.level].bags += 1
    if (isCovered(bag, books)) counts[bag.level].covered += 1
  }
  const sum = (part: "bags" | "covered") => LEVELS.reduce((total, level) => total + counts[level][part], 0)
  return { bags: sum("bags"), covered: sum("covered"), byLevel: counts, meanWidth: widths(retail(bags), books) }
}

export function isCovered(bag: Bag, books: RangedBooks): boolean {
  return GROUPINGS.every((grouping) => {
    return isTrue(books.rangeOf(grouping, bag)!, books.grouped(grouping, bag.gramsByLot))
  })
}

export function retail(bags: readonly Bag[]): readonly Bag[] {
  return bags.filter(({ level }) => level === "stall")
}

function perGrouping(of: (grouping: Grouping) => number): ByGrouping {
  return Object.fromEntries(GROUPINGS.map((grouping) => [grouping, of(grouping)])) as Record<Grouping, number>
}

function widths(bags: readonly Bag[], books: RangedBooks): ByGrouping {
  return perGrouping((grouping) => {
    const ranges = bags.flatMap((bag) => books.rangeOf(grouping, bag) ?? [])
    return ranges.reduce((sum, range) => sum + widthOf(range), 0) / ranges.length
  })
}

function widthOf({ grams, sources }: OutflowRange): number {
  const total = sources.reduce((sum, { mustGrams, mayGrams }) => sum + mayGrams - mustGrams, 0)
  return total / sources.length / grams
}

/** Shares of the sales to consumers. */
export interface Certain {
  readonly bags: number
  /** Something finer than "unknown" is certain: at least a part is from one place, or was tested. */
  readonly anything: number
  /** A part of it is from one lot, one base …, or was tested. */
  readonly partly: ByGrouping
  /** All of it: what the statement says stops here, or before. */
  readonly wholly: ByGrouping
}

export function judgeCertain(bags: readonly Bag[], books: RangedBooks): Certain {
  const sold = retail(bags).filter((bag) => books.rangeOf("lot", bag) !== undefined)
  const share = (is: (bag: Bag) => boolean) => sold.filter(is).length / sold.length
  return {
    bags: sold.length,
    anything: share((bag) => GROUPINGS.some((grouping) => leastCertain(bag, grouping, books) > 0)),
    partly: perGrouping((grouping) => share((bag) => leastCertain(bag, grouping, books) > 0)),
    wholly: perGrouping((grouping) => share((bag) => leastCertain(bag, grouping, books) === bag.grams)),
  }
}

/** The most grams of which one known place is certain. */
function leastCertain(bag: Bag, grouping: Grouping, books: RangedBooks): number {
  const { sources } = books.rangeOf(grouping, bag)!
  const told = grouping === "tested" ? (id: string) => id === "tested" : (id: string) => id !== UNKNOWN_SOURCE
  return sources.reduce((most, { sourceId, mustGrams }) => (told(sourceId) ? Math.max(most, mustGrams) : most), 0)
}

export interface Statements {
  /** By kind and level. */
  readonly counts: Readonly<Record<string, number>>
  /** That tell of one place from which at least a part is. */
  readonly atLeast: number
  /** That claim something which the bag does not hold. */
  readonly wrong: number
}

/** What buyers read. */
export function judgeStatements(bags: readonly Bag[], books: RangedBooks): Statements {
  const counts: Record<string, number> = {}
  let [atLeast, wrong] = [0, 0]
  for (const bag of retail(bags)) {
    const range = books.rangeOf("lot", bag)
    if (range === undefined) continue
    const grouped = Object.fromEntries(
      GROUPINGS.flatMap((grouping) => (grouping === "lot" ? [] : [[grouping, books.rangeOf(grouping, bag)]])),
    )
    const statement = finestStatement(range, books.placeOf, grouped)
    const { kind, places } = statement
    const name = kind === "unknown" || places[0] === undefined ? kind : `${kind} ${places[0].level}`
    counts[name] = (counts[name] ?? 0) + 1
    if (statement.atLeast) atLeast += 1
    if (!isStatementTrue(statement, bag, books)) wrong += 1
  }
  return { counts, atLeast, wrong }
}

/** Whether all that is said of a bag is so: nothing from elsewhere, no more of unknown origin, and no less of each place. */
export function isStatementTrue(statement: FinestStatement, bag: Bag, books: RangedBooks): boolean {
  const { kind, places, inside, atLeast, unknown } = statement
  const unknownGrams = bag.gramsByLot.get(UNKNOWN_SOURCE) ?? 0
  const gramsIn = ({ level, place }: PlaceRange) => {
    const groupOf = groupOfLevel(level, books.placeOf)
    const isIn = (lotId: string) => groupOf(lotId) === `${level}:${place}`
    return [...bag.gramsByLot].reduce((sum, [lotId, grams]) => (isIn(lotId) ? sum + grams : sum), 0)
  }
  const isOfAll = (listed: readonly PlaceRange[]) =>
    listed.reduce((sum, place) => sum + gramsIn(place), unknownGrams) === bag.grams
  const isRanged = (place: PlaceRange) => place.mustGrams <= gramsIn(place) && gramsIn(place) <= place.mayGrams
  const isUnknownTrue = unknown.mustGrams <= unknownGrams && unknownGrams <= unknown.mayGrams
  return (
    isUnknownTrue &&
    isOfAll(places) &&
    (inside.length === 0 || isOfAll(inside)) &&
    [...places, ...inside, ...(atLeast ? [atLeast] : [])].every(isRanged) &&
    (kind !== "all-from" || unknownGrams === 0)
  )
}
