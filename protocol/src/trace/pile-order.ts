/**
 * From the set of a pile's events to the one order in which they count (RG-2 to RG-5): voids applied, returns placed
 * after their outflow, contradictions set aside. Weights are looked at only as far as voids and returns need it.
 */
import {
  distinctEvents,
  type Inflow,
  type Outflow,
  outflowKey,
  type PileEvent,
  type StockTake,
  type Void,
} from "./pile-event"

/** An event that contradicts the others and is therefore not used. */
export interface SetAside {
  readonly recordId: string
  readonly line: number
  readonly reason: "void-without-outflow" | "return-without-outflow" | "returned-more-than-sold"
}

/** Inflow before outflow before stock-take, where the times are the same. */
export const RANK = { in: 0, out: 1, count: 2 } as const

export interface Place {
  readonly timeMs: number
  readonly rank: number
  readonly recordId: string
  readonly line: number
}

export interface Placed {
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

export interface PileOrder {
  readonly placed: readonly Placed[]
  /** Keys of the outflows of which some comes back. */
  readonly returned: ReadonlySet<string>
  readonly setAside: readonly SetAside[]
}

/** The order of a pile's events, a function of their set. */
export function pileOrder(events: readonly PileEvent[]): PileOrder {
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
  setAside.sort((a, b) => comparePlaces({ timeMs: 0, rank: 0, ...a }, { timeMs: 0, rank: 0, ...b }))
  return { placed, returned, setAside }
}
