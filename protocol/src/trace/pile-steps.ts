/**
 * From the set of a pile's events to the one order in which the ranges are computed (RG-3 to RG-9): voids applied,
 * returns placed after their outflow, and what the weights alone prove — shortfalls, surpluses, losses — put in.
 * Nothing here looks at sources, so a shortfall of the evening is known before the morning's ranges are computed.
 */
import {
  assertTrace,
  distinctEvents,
  type Inflow,
  type Outflow,
  type OutflowRef,
  outflowKey,
  type PileEvent,
  type SourceGrams,
  type StockTake,
  type Void,
} from "./pile-event"

export type InflowOrigin =
  | { readonly kind: "sources"; readonly sources: readonly SourceGrams[] }
  | { readonly kind: "upstream"; readonly ref: OutflowRef }
  | { readonly kind: "return"; readonly key: string }

export interface InStep {
  readonly kind: "in"
  readonly event: Pick<Inflow, "recordId" | "line" | "effectiveAtMs">
  readonly grams: number
  readonly lowGrams: number
  readonly origin: InflowOrigin
}

export interface OutStep {
  readonly kind: "out"
  readonly key: string
  readonly grams: number
  readonly lowGrams: number
  readonly segment: Segment
  /** Some of it comes back later. */
  readonly isReturned: boolean
}

export interface CountStep {
  readonly kind: "count"
  readonly grams: number
}

export type Step = InStep | OutStep | CountStep

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

/** An event that contradicts the others and is therefore not used. */
export interface SetAside {
  readonly recordId: string
  readonly line: number
  readonly reason: "void-without-outflow" | "return-without-outflow" | "returned-more-than-sold"
}

export interface PileSteps {
  readonly steps: readonly Step[]
  readonly segments: readonly Segment[]
  readonly setAside: readonly SetAside[]
}

/** Inflow before outflow before stock-take, where the times are the same. */
const RANK = { in: 0, out: 1, count: 2 } as const

interface Place {
  readonly timeMs: number
  readonly rank: number
  readonly recordId: string
  readonly line: number
}

interface Placed {
  readonly event: Inflow | Outflow | StockTake
  readonly place: Place
  /** Set where a return's own time is before its outflow's: it then follows the outflow at once. */
  readonly after?: Place
}

function comparePlaces(a: Place, b: Place): number {
  if (a.timeMs !== b.timeMs) return a.timeMs - b.timeMs
  if (a.rank !== b.rank) return a.rank - b.rank
  if (a.recordId !== b.recordId) return a.recordId < b.recordId ? -1 : 1
  return a.line - b.line
}

function comparePlaced(a: Placed, b: Placed): number {
  const order = comparePlaces(a.after ?? a.place, b.after ?? b.place)
  if (order !== 0) return order
  if (a.after && b.after) return comparePlaces(a.place, b.place)
  return a.after ? 1 : -1
}

function placeOf(event: Inflow | Outflow | StockTake): Place {
  const { effectiveAtMs: timeMs, recordId, line = 0, kind } = event
  return { timeMs, rank: RANK[kind], recordId, line }
}

function asideOf(event: PileEvent, reason: SetAside["reason"]): SetAside {
  return { recordId: event.recordId, line: event.line ?? 0, reason }
}

/** Voids remove outflows, or lower them (RG-4). */
function standingOutflows(outflows: readonly Outflow[], voids: readonly Void[], setAside: SetAside[]): Outflow[] {
  const keysOfRecord = new Map<string, string[]>()
  for (const outflow of outflows) {
    const keys = keysOfRecord.get(outflow.recordId)
    if (keys) keys.push(outflowKey(outflow))
    else keysOfRecord.set(outflow.recordId, [outflowKey(outflow)])
  }
  const voidedGrams = new Map<string, number>()
  for (const event of voids) {
    const ofRecord = keysOfRecord.get(event.voids.recordId) ?? []
    const keys = event.voids.line === undefined ? ofRecord : ofRecord.filter((key) => key === outflowKey(event.voids))
    if (keys.length === 0) setAside.push(asideOf(event, "void-without-outflow"))
    for (const key of keys) {
      voidedGrams.set(key, (voidedGrams.get(key) ?? 0) + (event.grams ?? Number.POSITIVE_INFINITY))
    }
  }
  return outflows.flatMap((outflow) => {
    const gone = voidedGrams.get(outflowKey(outflow))
    if (gone === undefined) return [outflow]
    if (gone >= outflow.grams) return []
    const lowGrams = Math.max(0, (outflow.lowGrams ?? outflow.grams) - gone)
    return [{ ...outflow, grams: outflow.grams - gone, lowGrams }]
  })
}

/** Returns follow their outflow and never bring back more than it took (RG-5). */
function placedReturns(returns: readonly Inflow[], outflows: readonly Outflow[], setAside: SetAside[]): Placed[] {
  const outflowOf = new Map(outflows.map((outflow) => [outflowKey(outflow), outflow]))
  const backGrams = new Map<string, number>()
  const inOrder = returns.map((event) => ({ event, place: placeOf(event) }))
  inOrder.sort((a, b) => comparePlaces(a.place, b.place))
  const placed: Placed[] = []
  for (const { event, place } of inOrder) {
    const key = event.returnOf ? outflowKey(event.returnOf) : ""
    const outflow = outflowOf.get(key)
    const sum = (backGrams.get(key) ?? 0) + event.grams
    if (outflow === undefined) setAside.push(asideOf(event, "return-without-outflow"))
    else if (sum > outflow.grams) setAside.push(asideOf(event, "returned-more-than-sold"))
    else {
      backGrams.set(key, sum)
      const after = placeOf(outflow)
      placed.push(comparePlaces(place, after) < 0 ? { event, place, after } : { event, place })
    }
  }
  return placed
}

function originOf(event: Inflow): InflowOrigin {
  const named = [event.sources, event.upstream, event.returnOf].filter((name) => name !== undefined)
  assertTrace(named.length <= 1, "an inflow says in one way only what it is")
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

/** What the weights prove about one segment (RG-6, RG-7). Stock is counted at its upper end (RG-9). */
function weighSegment(open: OpenSegment, end: StockTake | undefined): Segment {
  let bookGrams = open.countedGrams
  let lowestGrams = 0
  for (const { event } of open.placed) {
    bookGrams += event.kind === "in" ? event.grams : -((event as Outflow).lowGrams ?? event.grams)
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
  return { kind: "in", event, grams, lowGrams: grams, origin: { kind: "sources", sources: [] } }
}

function stepOf(event: Inflow | Outflow, segment: Segment, returned: ReadonlySet<string>): Step {
  const { grams, lowGrams = grams } = event
  if (event.kind === "in") return { kind: "in", event, grams, lowGrams, origin: originOf(event) }
  const key = outflowKey(event)
  return { kind: "out", key, grams, lowGrams, segment, isReturned: returned.has(key) }
}

/** The steps of a pile, a function of the set of its events. */
export function pileSteps(events: readonly PileEvent[]): PileSteps {
  const setAside: SetAside[] = []
  const voids: Void[] = []
  const allOutflows: Outflow[] = []
  const returns: Inflow[] = []
  const others: (Inflow | StockTake)[] = []
  for (const event of distinctEvents(events)) {
    if (event.kind === "void") voids.push(event)
    else if (event.kind === "out") allOutflows.push(event)
    else if (event.kind === "in" && event.returnOf) returns.push(event)
    else others.push(event)
  }
  const outflows = standingOutflows(allOutflows, voids, setAside)
  const placedBack = placedReturns(returns, outflows, setAside)
  const placed: Placed[] = [...others, ...outflows].map((event) => ({ event, place: placeOf(event) }))
  for (const item of placedBack) placed.push(item)
  placed.sort(comparePlaced)

  const returned = new Set(placedBack.map(({ event }) => (event as Inflow).returnOf).map((ref) => outflowKey(ref!)))
  const { segments: open, ends } = splitAtCounts(placed)
  const steps: Step[] = []
  const segments = open.map((part, index) => {
    const end = ends[index]
    const segment = weighSegment(part, end)
    if (segment.shortfallGrams + segment.surplusGrams > 0) steps.push(unknownStep(segment))
    for (const { event } of part.placed) {
      if (event.kind !== "count") steps.push(stepOf(event, segment, returned))
    }
    if (end) steps.push({ kind: "count", grams: end.grams })
    return segment
  })
  setAside.sort((a, b) => comparePlaces({ timeMs: 0, rank: 0, ...a }, { timeMs: 0, rank: 0, ...b }))
  return { steps, segments, setAside }
}
