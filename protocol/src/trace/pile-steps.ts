/**
 * A pile's events as the steps of one walk, with what the weights alone prove put in: shortfalls, surpluses, losses
 * (RG-6 to RG-9). Nothing here looks at sources, so a shortfall of the evening is known before the morning's ranges are
 * computed.
 */
import {
  assertTrace,
  type Inflow,
  type Outflow,
  type OutflowRef,
  outflowKey,
  type PileEvent,
  type SourceGrams,
  type StockTake,
} from "./pile-event"
import { type Placed, pileOrder, RANK, type SetAside } from "./pile-order"

export type InflowOrigin =
  | { readonly kind: "sources"; readonly sources: readonly SourceGrams[] }
  | {
      readonly kind: "carried"
      readonly sources: readonly SourceGrams[]
      readonly expected?: Inflow["expected"]
    }
  | { readonly kind: "upstream"; readonly ref: OutflowRef }
  | { readonly kind: "return"; readonly key: string }

interface Stepped {
  /** When it counts, by the clock that the pile's steps are ordered by. */
  readonly atMs: number
}

export interface InStep extends Stepped {
  readonly kind: "in"
  readonly event: Pick<Inflow, "recordId" | "line" | "effectiveAtMs">
  readonly grams: number
  readonly lowGrams: number
  readonly origin: InflowOrigin
}

export interface OutStep extends Stepped {
  readonly kind: "out"
  readonly key: string
  readonly grams: number
  readonly lowGrams: number
  /** The source that the seller says it is of. */
  readonly chosen: string | undefined
  readonly segmentStartMs: number
  /** Some of it comes back later. */
  readonly isReturned: boolean
  /** It only leaves at its `LeaveStep`: until then other events may have come before it. */
  readonly leavesLater: boolean
}

export interface LeaveStep extends Stepped {
  readonly kind: "leave"
  readonly grams: number
  readonly lowGrams: number
  readonly chosen: string | undefined
}

export interface CountStep extends Stepped {
  readonly kind: "count"
  readonly grams: number
}

export type Step = InStep | OutStep | LeaveStep | CountStep

/** The pile between two stock-takes. What goes wrong in one is never blamed on another (RG-6). */
export interface Segment {
  /** The stock-take it starts with, else the pile's first event. */
  readonly startMs: number
  /** The stock-take it ends with; `undefined` while it is open. */
  readonly endMs: number | undefined
  /** Sold beyond what had come in: unknown goods that may have been there since the start. */
  readonly shortfallGrams: number
  /** Counted at the end beyond that: unknown too. */
  readonly surplusGrams: number
  /** Missing at the count. */
  readonly lossGrams: number
}

export interface PileSteps {
  readonly steps: readonly Step[]
  readonly segments: readonly Segment[]
  readonly setAside: readonly SetAside[]
}

function originOf(event: Inflow): InflowOrigin {
  const named = [event.sources, event.carried, event.upstream, event.returnOf].filter((name) => name !== undefined)
  assertTrace(named.length <= 1, "an inflow says in one way only what it is")
  const { carried, expected } = event
  if (carried) return { kind: "carried", sources: carried, ...(expected && { expected }) }
  if (event.upstream) return { kind: "upstream", ref: event.upstream }
  if (event.returnOf) return { kind: "return", key: outflowKey(event.returnOf) }
  return { kind: "sources", sources: event.sources ?? [] }
}

interface OpenSegment {
  readonly startMs: number
  readonly countedGrams: number
  readonly placed: Placed[]
}

function splitAtCounts(placed: readonly Placed[]): { segments: OpenSegment[]; ends: StockTake[] } {
  const first = placed[0]
  if (first === undefined) return { segments: [], ends: [] }
  let open: OpenSegment = { startMs: first.place.timeMs, countedGrams: 0, placed: [] }
  const segments = [open]
  const ends: StockTake[] = []
  for (const item of placed) {
    if (item.event.kind !== "count") {
      open.placed.push(item)
      continue
    }
    ends.push(item.event)
    open = { startMs: item.event.effectiveAtMs, countedGrams: item.event.grams, placed: [] }
    segments.push(open)
  }
  return { segments, ends }
}

interface Books {
  readonly startMs: number
  readonly returned: ReadonlySet<string>
  readonly clockErrorMs: number
}

function stepOf(event: Inflow | Outflow, placedMs: number, books: Books): InStep | OutStep {
  const isEarlier = event.kind === "out" && event.fromMs !== undefined && books.clockErrorMs > 0
  const atMs = isEarlier ? event.fromMs : placedMs
  const { grams, lowGrams = grams } = event
  if (event.kind === "in") return { kind: "in", atMs, event, grams, lowGrams, origin: originOf(event) }
  const key = outflowKey(event)
  const [isReturned, leavesLater] = [books.returned.has(key), books.clockErrorMs > 0]
  const { chosen } = event
  return { kind: "out", atMs, key, grams, lowGrams, chosen, segmentStartMs: books.startMs, isReturned, leavesLater }
}

interface Timed {
  readonly step: InStep | OutStep | LeaveStep
  readonly rank: number
}

/**
 * The steps of one segment. Where clocks leave the order of two events open, the wider range holds (RG-2): an inflow
 * counts from its earliest time, and an outflow is read at its time but weighs on others only from its latest.
 */
function segmentSteps(placed: readonly Placed[], books: Books): Step[] {
  const steps = placed.flatMap(({ event, place, after }) => {
    const atMs = after === undefined ? place.timeMs : after.timeMs
    return event.kind === "count" ? [] : [stepOf(event, atMs, books)]
  })
  if (books.clockErrorMs === 0) return steps
  const openMs = 2 * books.clockErrorMs
  const gone = new Map<string, { readonly atMs: number; readonly rank: number }>()
  const timed = steps.flatMap((step, index): Timed[] => {
    const { timeMs } = placed[index]!.place
    if (step.kind === "in") {
      const earliestMs = timeMs - openMs
      const outflow = step.origin.kind === "return" ? gone.get(step.origin.key) : undefined
      if (outflow === undefined) return [{ step: { ...step, atMs: earliestMs }, rank: RANK.in }]
      const { atMs, rank } = outflow.atMs < earliestMs ? { atMs: earliestMs, rank: RANK.out } : outflow
      return [{ step: { ...step, atMs }, rank }]
    }
    const { grams, lowGrams, chosen } = step
    // What was chosen is taken off its source when it leaves: it comes back after that.
    gone.set(
      step.key,
      chosen === undefined ? { atMs: timeMs, rank: RANK.out } : { atMs: timeMs + openMs, rank: RANK.out + 1 },
    )
    const leave = { kind: "leave", atMs: timeMs + openMs, grams, lowGrams, chosen } as const
    return [
      { step, rank: RANK.out },
      { step: leave, rank: RANK.out + 1 },
    ]
  })
  return timed.sort((a, b) => a.step.atMs - b.step.atMs || a.rank - b.rank).map(({ step }) => step)
}

/** What the weights prove about one segment (RG-6, RG-7). Stock is counted at its upper end (RG-9). */
function weighSegment(open: OpenSegment, steps: readonly Step[], end: StockTake | undefined): Segment {
  let bookGrams = open.countedGrams
  let lowestGrams = 0
  for (const step of steps) {
    if (step.kind === "in") bookGrams += step.grams
    else if (step.kind === "leave" || (step.kind === "out" && !step.leavesLater)) bookGrams -= step.lowGrams
    assertTrace(Number.isSafeInteger(bookGrams), "a pile beyond all weights")
    lowestGrams = Math.min(lowestGrams, bookGrams)
  }
  const shortfallGrams = -lowestGrams || 0
  const expectedGrams = bookGrams + shortfallGrams
  const countedGrams = end?.grams ?? expectedGrams
  return {
    startMs: open.startMs,
    endMs: end?.effectiveAtMs,
    shortfallGrams,
    surplusGrams: Math.max(0, countedGrams - expectedGrams),
    lossGrams: Math.max(0, expectedGrams - countedGrams),
  }
}

function unknownStep(segment: Segment): InStep {
  const grams = segment.shortfallGrams + segment.surplusGrams
  const event = { recordId: "", effectiveAtMs: segment.startMs }
  const atMs = segment.startMs
  return { kind: "in", atMs, event, grams, lowGrams: grams, origin: { kind: "sources", sources: [] } }
}

/** The steps of a pile, a function of the set of its events. Times may be wrong by up to `clockErrorMs` either way. */
export function pileSteps(events: readonly PileEvent[], clockErrorMs = 0): PileSteps {
  const { placed, returned, setAside } = pileOrder(events)
  const { segments: open, ends } = splitAtCounts(placed)
  const steps: Step[] = []
  const segments = open.map((part, index) => {
    const end = ends[index]
    const own = segmentSteps(part.placed, { startMs: part.startMs, returned, clockErrorMs })
    const segment = weighSegment(part, own, end)
    if (segment.shortfallGrams + segment.surplusGrams > 0) steps.push(unknownStep(segment))
    for (const step of own) steps.push(step)
    if (end) steps.push({ kind: "count", atMs: end.effectiveAtMs, grams: end.grams })
    return segment
  })
  return { steps, segments, setAside }
}
