/**
 * One pile: how much of each source every outflow must and may hold, in one pass (RG-10 to RG-14).
 * On one level the bounds are exact: a max-flow oracle finds no narrower ones (tests/protocol/trace/exactness.test.ts).
 */
import { type Leaving, type LimitsOf, LiveSources } from "./live-sources"
import { assertTrace, type PileEvent, type SourceGrams, UNKNOWN_SOURCE } from "./pile-event"
import type { SetAside } from "./pile-order"
import {
  type InflowOrigin,
  type InStep,
  type LeaveStep,
  type OutStep,
  type PileSteps,
  pileSteps,
  type Segment,
} from "./pile-steps"
import { declaredSources, eachSourceAlone, type GroupOf, groupedSources, type SourceRange } from "./source-grams"

export interface OutflowRange {
  readonly grams: number
  /** The least that it may weigh, where its weight is an interval (RG-9); left out, it weighs `grams`. */
  readonly lowGrams?: number
  /** Sorted by source id, `unknown` among them; sources that cannot be in are left out. */
  readonly sources: readonly SourceRange[]
  /** A late event at or after this time can change the range; an earlier one only through the stock that was counted. */
  readonly segmentStartMs: number
}

export interface PileCarry {
  readonly grams: number
  readonly lowGrams: number
  readonly sources: readonly SourceGrams[]
}

export interface PileRanges {
  /** By `outflowKey`. */
  readonly outflows: ReadonlyMap<string, OutflowRange>
  readonly stockGrams: number
  /** What is in the pile now. Its `mustGrams` hold if the book's stock is all there: nothing was lost since the count. */
  readonly live: readonly SourceRange[]
  /** The same as an inflow, with which a later walk can begin in place of everything before (RG-22). */
  readonly carry: PileCarry
  /** Sold beyond what came in, over all segments: an alarm, and unknown goods in the ranges. */
  readonly shortfallGrams: number
  readonly segments: readonly Segment[]
  readonly setAside: readonly SetAside[]
}

export interface RangeOptions {
  /** A lot's own weight, where it is known: nothing can hold more of it, whatever the piles allow. */
  readonly lotGrams?: ReadonlyMap<string, number>
  /** When a lot's shelf life is over, where that is known: it is then taken as gone (RG-23). */
  readonly expiresAtMs?: ReadonlyMap<string, number>
  /** As of when what is in a pile is told; left out, as of its last event. */
  readonly nowMs?: number
  /** Counts sources by sets instead of one by one: bases, counties, tested or not. Ids in the results are the sets'. */
  readonly groupOf?: GroupOf
  /**
   * How far an effective time may be from the true one (either way; 0 when left out). Needed where several terminals
   * write to one pile: events whose order this leaves open get ranges that hold in any order.
   */
  readonly clockErrorMs?: number
}

export interface PileOptions extends RangeOptions {
  /** Which outflows' ranges to return; all when left out. A range is as long as the pile has live sources. */
  readonly keep?: (key: string) => boolean
}

/**
 * What can exist of each set at all: the sum of its lots, where every one of them is known. And when all of it is over:
 * with the last of its lots, where every one of them ends.
 */
export function limitsOf(piles: Iterable<PileSteps>, options: RangeOptions): LimitsOf {
  const { lotGrams, expiresAtMs, groupOf = eachSourceAlone } = options
  if (lotGrams === undefined && expiresAtMs === undefined) return () => unlimited
  const limits = new Map<string, { capGrams: number; expiresAtMs: number }>()
  for (const sourceId of sourceIdsOf(piles)) {
    const isLot = sourceId !== UNKNOWN_SOURCE
    const known = limits.get(groupOf(sourceId)) ?? { capGrams: 0, expiresAtMs: 0 }
    const capGrams = (isLot ? lotGrams?.get(sourceId) : undefined) ?? unlimited.capGrams
    const overAtMs = (isLot ? expiresAtMs?.get(sourceId) : undefined) ?? unlimited.expiresAtMs
    limits.set(groupOf(sourceId), {
      capGrams: known.capGrams + capGrams,
      expiresAtMs: Math.max(known.expiresAtMs, overAtMs),
    })
  }
  return (groupId) => limits.get(groupId) ?? unlimited
}

const unlimited = { capGrams: Number.POSITIVE_INFINITY, expiresAtMs: Number.POSITIVE_INFINITY }

function sourceIdsOf(piles: Iterable<PileSteps>): ReadonlySet<string> {
  const sourceIds = new Set([UNKNOWN_SOURCE])
  for (const { steps } of piles) {
    for (const step of steps) {
      if (step.kind !== "in" || !("sources" in step.origin)) continue
      for (const { sourceId } of step.origin.sources) sourceIds.add(sourceId)
    }
  }
  return sourceIds
}

export interface WalkHooks {
  /** What a purchase is made of; `undefined` while that is not known yet, and the walk stops there. */
  readonly upstreamOf: (step: InStep) => readonly SourceGrams[] | undefined
  readonly isRead: (step: OutStep) => boolean
  readonly onOutflow: (step: OutStep, range: OutflowRange) => void
}

/** A walk through one pile that can stop before a purchase and go on later. */
export class PileWalk {
  readonly steps: PileSteps
  private readonly live: LiveSources
  private readonly groupOf: GroupOf
  private next = 0

  constructor(steps: PileSteps, groupOf: GroupOf, limits: LimitsOf) {
    this.steps = steps
    this.groupOf = groupOf
    this.live = new LiveSources(limits, groupOf(UNKNOWN_SOURCE))
  }

  /** Walks as far as it can. Returns the purchase it waits for, or `undefined` at the end. */
  advance(hooks: WalkHooks): InStep | undefined {
    const { steps } = this.steps
    for (; this.next < steps.length; this.next += 1) {
      const step = steps[this.next]!
      this.live.expire(step.atMs)
      if (step.kind === "count") this.live.count(step.grams)
      else if (step.kind === "leave") this.live.leave(this.leavingOf(step))
      else if (step.kind === "out") this.takeOut(step, hooks)
      else if (!this.putIn(step, hooks)) return step
    }
    return undefined
  }

  /** The result, once the walk has ended. */
  ranges(outflows: ReadonlyMap<string, OutflowRange>, nowMs?: number): PileRanges {
    const { segments, setAside } = this.steps
    const shortfallGrams = segments.reduce((sum, segment) => sum + segment.shortfallGrams, 0)
    const { stockGrams } = this.live
    // Before what is over by now: a later walk may go on with an event of before that.
    const carry = this.live.carry()
    if (nowMs !== undefined) this.live.expire(nowMs)
    const live = this.live.ranges()
    return { outflows, stockGrams, live, carry, shortfallGrams, segments, setAside }
  }

  private putIn(step: InStep, hooks: WalkHooks): boolean {
    const { grams, lowGrams, origin } = step
    if (origin.kind === "return") {
      this.live.comeBack(origin.key, grams, lowGrams)
      return true
    }
    const sources = this.sourcesOf(step, origin, hooks)
    if (sources === undefined) return false
    this.live.arrive(sources, grams, lowGrams)
    return true
  }

  private sourcesOf(step: InStep, origin: Exclude<InflowOrigin, { kind: "return" }>, hooks: WalkHooks) {
    if (origin.kind === "upstream") return hooks.upstreamOf(step)
    const sources = origin.kind === "carried" ? origin.sources : declaredSources(origin.sources, step.grams)
    return groupedSources(sources, step.grams, this.groupOf)
  }

  private takeOut(step: OutStep, hooks: WalkHooks): void {
    const { grams, lowGrams, key, segmentStartMs } = step
    const weight = { grams, ...(lowGrams < grams && { lowGrams }) }
    const leaving = this.leavingOf(step)
    if (step.isReturned || hooks.isRead(step)) {
      const sources = step.isReturned ? this.live.readReturned(key, leaving) : this.live.read(leaving)
      if (hooks.isRead(step)) hooks.onOutflow(step, { ...weight, sources, segmentStartMs })
    }
    if (!step.leavesLater) this.live.leave(leaving)
  }

  private leavingOf(step: OutStep | LeaveStep): Leaving {
    const { chosen } = step
    if (chosen === undefined || this.groupOf === eachSourceAlone) return step
    const { grams, lowGrams } = step
    return { grams, lowGrams, chosen: this.groupOf(chosen) }
  }
}

/**
 * The ranges of one pile. Purchases that name an upstream outflow need `resolveOrigins` (it throws on them).
 * The result depends on the set of events, never on their order.
 */
export function runPile(events: readonly PileEvent[], options: PileOptions = {}): PileRanges {
  const steps = pileSteps(events, options.clockErrorMs)
  const outflows = new Map<string, OutflowRange>()
  const walk = new PileWalk(steps, options.groupOf ?? eachSourceAlone, limitsOf([steps], options))
  const waiting = walk.advance({
    upstreamOf: () => undefined,
    isRead: ({ key }) => options.keep?.(key) ?? true,
    onOutflow: ({ key }, range) => outflows.set(key, range),
  })
  assertTrace(waiting === undefined, "a purchase that names its upstream outflow needs resolveOrigins")
  return walk.ranges(outflows, options.nowMs)
}

export interface SetRange {
  readonly grams: number
  /** As of an `OutflowRange`. */
  readonly lowGrams?: number
  readonly mustGrams: number
  readonly mayGrams: number
}

export const IN_SET = "in"
const NOT_IN_SET = "not-in"

/** Counts every source as in or not in a set. `unknown` is a source too: the predicate decides about it. */
export function setGroups(includes: (sourceId: string) => boolean): GroupOf {
  return (sourceId) => (includes(sourceId) ? IN_SET : NOT_IN_SET)
}

/** Reads the set's range out of a run with `setGroups`. */
export function setRangeOf(range: OutflowRange): SetRange {
  const found = range.sources.find((source) => source.sourceId === IN_SET)
  const { grams, lowGrams } = range
  const weight = { grams, ...(lowGrams !== undefined && { lowGrams }) }
  return { ...weight, mustGrams: found?.mustGrams ?? 0, mayGrams: found?.mayGrams ?? 0 }
}

/**
 * How much of any set of sources each outflow must and may hold: two numbers for the set and the rest, one pass.
 * Narrower than adding up the sources' own ranges: of 10 g that are A or B, A ∪ B is certain though neither is.
 */
export function runPileSet(
  events: readonly PileEvent[],
  includes: (sourceId: string) => boolean,
  options: Omit<PileOptions, "groupOf"> = {},
): ReadonlyMap<string, SetRange> {
  const { outflows } = runPile(events, { ...options, groupOf: setGroups(includes) })
  return new Map([...outflows].map(([key, range]) => [key, setRangeOf(range)]))
}
