/**
 * Where the goods of a set of sources may have gone (docs/specs/recall.md, rules RC-1 to RC-6): every outflow that can
 * hold some, by pile, with what it must, may and is expected to hold, and what can still be in stock. The set's two
 * numbers are those of RG-12; nothing here narrows them.
 */
import { ok, type Result } from "../result"
import { historySteps, type NotWellFounded, type OriginOptions, originsOfSteps, type PileHistory } from "./origin-range"
import { setGroups, setRangeOf } from "./pile"
import { type Inflow, outflowKey, type PileEvent, UNKNOWN_SOURCE } from "./pile-event"
import { expectedGrams } from "./recall-expected"
import { reachedHistories } from "./recall-reach"
import { recallWalk, type WalkedGrams } from "./recall-walk"
import type { SourceRange } from "./source-grams"

/** What is recalled: lots, and inflows of goods that nobody declared (by `pileId/recordId#line`). */
export interface RecallSources {
  readonly lots: ReadonlySet<string>
  readonly inflows: ReadonlySet<string>
  /** Inflows, named alike, that may be of it, each all or in part or not at all: nobody can say. */
  readonly open?: ReadonlySet<string>
}

/** How much of the set some goods hold. */
export interface RecalledGrams {
  readonly grams: number
  readonly mustGrams: number
  readonly mayGrams: number
  /** By perfect mixing, inside `must` and `may` (RC-4): for the order in which one looks, never for a claim. */
  readonly expectedGrams: number
}

export interface RecalledPile {
  readonly pileId: string
  /** By `outflowKey`; those that can hold none are left out. */
  readonly outflows: ReadonlyMap<string, RecalledGrams>
  readonly stock: RecalledGrams
}

export function inflowKey(pileId: string, ref: { readonly recordId: string; readonly line?: number }): string {
  return `${pileId}/${outflowKey(ref)}`
}

/** No lot has it: lots are UUIDs. */
const recalledInflowPrefix = "inflow:"

/**
 * @param options `lotGrams` caps the set where every source of it is known (RG-18); of a recalled inflow its own weight.
 * Piles that can hold none of the set and never could are left out.
 */
export function recallScope(
  histories: readonly PileHistory[],
  sources: RecallSources,
  options: Omit<OriginOptions, "groupOf"> = {},
): Result<readonly RecalledPile[], NotWellFounded> {
  const walked = walkedScope(histories, sources, options)
  return walked ? ok(walked) : rangedScope(histories, sources, options)
}

/** Of plain books, where nothing but the lots' own weights limits them: by the walk of `recall-walk`. */
function walkedScope(
  histories: readonly PileHistory[],
  sources: RecallSources,
  { lotGrams, clockErrorMs = 0, ...others }: Omit<OriginOptions, "groupOf">,
): readonly RecalledPile[] | undefined {
  if (Object.values(others).some((other) => other !== undefined)) return undefined
  const isMarked = sources.inflows.size + (sources.open?.size ?? 0) > 0
  const marked = isMarked ? histories.map((history) => markedIn(history, sources)) : histories
  const limits = { lotGrams: lotGrams && withInflows(lotGrams, marked), clockErrorMs }
  const piles = recallWalk(marked, { includes: isOf(sources), ...limits })
  return piles?.flatMap(({ pileId, outflows: walked, stock }): RecalledPile[] => {
    if (walked.size === 0 && stock.mayGrams === 0) return []
    const outflows = new Map<string, RecalledGrams>()
    for (const [key, found] of walked) outflows.set(key, recalled(found))
    return [{ pileId, outflows, stock: recalled(stock) }]
  })
}

function recalled({ grams, mustGrams, mayGrams, guessGrams }: WalkedGrams): RecalledGrams {
  return { grams, mustGrams, mayGrams, expectedGrams: within(guessGrams, mustGrams, mayGrams) }
}

/** Of any books, by the ranges of all sources (RG-12) and the shares that are expected (RG-26). */
export function rangedScope(
  histories: readonly PileHistory[],
  sources: RecallSources,
  options: Omit<OriginOptions, "groupOf">,
): Result<readonly RecalledPile[], NotWellFounded> {
  const reached = reachedHistories(histories, (pileId, inflow) => {
    const isOfLot = ({ sourceId }: { sourceId: string }) => sources.lots.has(sourceId)
    const isOfLots = inflow.sources?.some(isOfLot) || inflow.carried?.some(isOfLot)
    return isOfLots || markOf(pileId, inflow, sources) !== undefined
  })
  const marked = reached.map((history) => markedIn(history, sources))
  const lotGrams = options.lotGrams && withInflows(options.lotGrams, marked)
  const { clockErrorMs, ...limits } = options
  const [steps, groupOf] = [historySteps(marked, clockErrorMs), setGroups(isOf(sources))]
  const origins = originsOfSteps(steps, { ...limits, ...(lotGrams && { lotGrams }), groupOf })
  if (!origins.ok) return origins
  const expected = expectedGrams(steps, groupOf)
  const piles = [...origins.value.piles].flatMap(([pileId, ranges]): RecalledPile[] => {
    const outflows = new Map<string, RecalledGrams>()
    for (const [key, range] of ranges.outflows) {
      const { grams, mustGrams, mayGrams } = setRangeOf(range)
      if (mayGrams === 0) continue
      const guess = expected.outflowGrams(pileId, key)
      outflows.set(key, { grams, mustGrams, mayGrams, expectedGrams: within(guess, mustGrams, mayGrams) })
    }
    const stock = stockOf(ranges.live, ranges.stockGrams, expected.stockGrams(pileId))
    return outflows.size === 0 && stock.mayGrams === 0 ? [] : [{ pileId, outflows, stock }]
  })
  return ok(piles)
}

function isOf({ lots }: RecallSources): (sourceId: string) => boolean {
  return (sourceId) => lots.has(sourceId) || sourceId.startsWith(recalledInflowPrefix)
}

function markedIn({ pileId, events }: PileHistory, sources: RecallSources): PileHistory {
  return { pileId, events: events.map(markIn(pileId, sources)) }
}

/** Recalled goods of unknown origin become a source of their own, so that they can be told from other unknown goods. */
function markIn(pileId: string, sources: RecallSources): (event: PileEvent) => PileEvent {
  return (event) => {
    const mark = event.kind === "in" ? markOf(pileId, event, sources) : undefined
    if (event.kind !== "in" || mark === undefined) return event
    const { recordId, line, effectiveAtMs, grams, lowGrams } = event
    const own = { sourceId: `${recalledInflowPrefix}${inflowKey(pileId, event)}`, highGrams: grams }
    const other = { sourceId: UNKNOWN_SOURCE, lowGrams: 0, highGrams: grams }
    return {
      ...{ kind: "in", recordId, effectiveAtMs, grams },
      sources: mark === "is" ? [{ ...own, lowGrams: grams }] : [{ ...own, lowGrams: 0 }, other],
      ...(line !== undefined && { line }),
      ...(lowGrams !== undefined && { lowGrams }),
    }
  }
}

function markOf(pileId: string, inflow: Inflow, { inflows, open }: RecallSources): "is" | "may be" | undefined {
  if (inflows.size === 0 && open === undefined) return undefined
  const key = inflowKey(pileId, inflow)
  if (inflows.has(key)) return "is"
  return open?.has(key) ? "may be" : undefined
}

function withInflows(lotGrams: ReadonlyMap<string, number>, marked: readonly PileHistory[]): Map<string, number> {
  const grams = new Map(lotGrams)
  for (const { events } of marked) {
    for (const event of events) {
      const source = event.kind === "in" ? event.sources?.[0] : undefined
      if (source?.sourceId.startsWith(recalledInflowPrefix)) grams.set(source.sourceId, source.highGrams)
    }
  }
  return grams
}

function stockOf(live: readonly SourceRange[], stockGrams: number, guess: number): RecalledGrams {
  const { mustGrams, mayGrams } = setRangeOf({ grams: stockGrams, sources: live, segmentStartMs: 0 })
  return { grams: stockGrams, mustGrams, mayGrams, expectedGrams: within(guess, mustGrams, mayGrams) }
}

function within(guess: number, mustGrams: number, mayGrams: number): number {
  return Math.max(mustGrams, Math.min(mayGrams, Math.round(guess)))
}
