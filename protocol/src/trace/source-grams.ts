/**
 * Arithmetic on what goods may be made of, always in grams, never in shares (RG-10 to RG-13): shares that are multiplied
 * along the way claim that a bag has the mix of the pile it came from, which nothing in the books says.
 */
import { assertTrace, type SourceGrams, UNKNOWN_SOURCE } from "./pile-event"

/** How much of one source an outflow must and may hold. Sorted by source id; a source that cannot be in is left out. */
export interface SourceRange {
  readonly sourceId: string
  readonly mustGrams: number
  readonly mayGrams: number
}

/** Maps a source to the set it is counted in: itself, its base, its county, "tested" or not … */
export type GroupOf = (sourceId: string) => string

export const eachSourceAlone: GroupOf = (sourceId) => sourceId

function totals(sources: readonly SourceGrams[]): { lowGrams: number; highGrams: number } {
  let lowGrams = 0
  let highGrams = 0
  for (const source of sources) {
    lowGrams += source.lowGrams
    highGrams += source.highGrams
  }
  return { lowGrams, highGrams }
}

/**
 * Each bound no wider than the others allow: at most what their least leaves, at least what their most cannot fill.
 * Where the inflow's weight is an interval, `grams` is its upper end and the least is counted against that end (RG-9).
 */
function narrowed(sources: readonly SourceGrams[], grams: number): SourceGrams[] {
  const sum = totals(sources)
  return sources.map(({ sourceId, lowGrams, highGrams }) => ({
    sourceId,
    lowGrams: Math.max(lowGrams, grams - (sum.highGrams - highGrams)),
    highGrams: Math.min(highGrams, grams - (sum.lowGrams - lowGrams)),
  }))
}

/**
 * Declared sources of an inflow of `grams`, checked and completed: what no declared source can fill is unknown.
 * Nothing declared means all of it is unknown.
 */
export function declaredSources(sources: readonly SourceGrams[], grams: number): readonly SourceGrams[] {
  const ids = new Set<string>()
  for (const source of sources) {
    assertTrace(source.sourceId !== "" && !ids.has(source.sourceId), "an inflow names each source once")
    ids.add(source.sourceId)
    const { lowGrams: low, highGrams: high } = source
    assertTrace(Number.isSafeInteger(low) && Number.isSafeInteger(high), "a source's range is in whole grams")
    assertTrace(0 <= low && low <= high && high <= grams, "a source's range lies within its inflow")
  }
  const sum = totals(sources)
  assertTrace(sum.lowGrams <= grams, "the sources of an inflow hold more than it weighs")
  if (sum.highGrams >= grams) return narrowed(sources, grams)
  assertTrace(!ids.has(UNKNOWN_SOURCE), "the sources of an inflow cannot fill it")
  const rest = { lowGrams: grams - sum.highGrams, highGrams: grams - sum.lowGrams }
  return narrowed([...sources, { sourceId: UNKNOWN_SOURCE, ...rest }], grams)
}

/** The same inflow counted by groups. */
export function groupedSources(
  sources: readonly SourceGrams[],
  grams: number,
  groupOf: GroupOf,
): readonly SourceGrams[] {
  if (groupOf === eachSourceAlone) return sources
  const groups = new Map<string, { lowGrams: number; highGrams: number }>()
  for (const { sourceId, lowGrams, highGrams } of sources) {
    const groupId = groupOf(sourceId)
    const group = groups.get(groupId) ?? { lowGrams: 0, highGrams: 0 }
    groups.set(groupId, { lowGrams: group.lowGrams + lowGrams, highGrams: group.highGrams + highGrams })
  }
  return narrowed(
    [...groups].map(([sourceId, sum]) => ({ sourceId, ...sum })),
    grams,
  )
}

/**
 * Of `grams` that are said to be of an outflow, as many as its sources can fill: of an interval of weights that the book
 * closed at its lower end, they cannot fill the upper one.
 */
export function filledGrams(sources: readonly { readonly mayGrams: number }[], grams: number): number {
  let most = 0
  for (const { mayGrams } of sources) most += mayGrams
  return Math.min(grams, most)
}

/**
 * What `partGrams` out of an outflow hold, at most what its sources can fill: any of its goods may be the part that stayed
 * behind.
 */
export function partOfOutflow(
  outflow: { readonly grams: number; readonly sources: readonly SourceRange[] },
  partGrams: number,
): readonly SourceGrams[] {
  const leftGrams = outflow.grams - partGrams
  assertTrace(leftGrams >= 0, "a part is heavier than its whole")
  const part = outflow.sources.map(({ sourceId, mustGrams, mayGrams }) => ({
    sourceId,
    lowGrams: Math.max(0, mustGrams - leftGrams),
    highGrams: Math.min(mayGrams, partGrams),
  }))
  return narrowed(part, partGrams)
}

/** What a purchase of `grams` is made of: as much of the outflow as it had, and unknown goods for the rest (RG-16). */
export function purchasedSources(
  outflow: { readonly grams: number; readonly sources: readonly SourceRange[] },
  grams: number,
): readonly SourceGrams[] {
  const coveredGrams = filledGrams(outflow.sources, Math.min(grams, outflow.grams))
  return withExtra(partOfOutflow(outflow, coveredGrams), UNKNOWN_SOURCE, grams - coveredGrams)
}

/** The same goods with `extraGrams` of `sourceId` on top. */
export function withExtra(
  sources: readonly SourceGrams[],
  sourceId: string,
  extraGrams: number,
): readonly SourceGrams[] {
  if (extraGrams === 0) return sources
  const others = sources.filter((source) => source.sourceId !== sourceId)
  const same = sources.find((source) => source.sourceId === sourceId)
  const lowGrams = (same?.lowGrams ?? 0) + extraGrams
  return [...others, { sourceId, lowGrams, highGrams: (same?.highGrams ?? 0) + extraGrams }]
}
