/**
 * What can happen to a pile: one merchant's stock of one commodity (or of one lot that is kept apart).
 * Spec: docs/specs/origin-ranges.md, rules RG-1 to RG-9. Weights are integer grams, times are milliseconds since 1970
 * (the record's effective time: issued at plus the terminal's learned offset).
 *
 * Left out on purpose: who trades, prices, and which record kind an event came from. The callers map records to events.
 */
import type { ExpectedGoods, ExpectedPile } from "./expected-carry"

/** The source of goods that nobody declared. No lot may use this id. */
export const UNKNOWN_SOURCE = "unknown"

/** How much of an inflow is from one source: at least `lowGrams`, at most `highGrams`. */
export interface SourceGrams {
  readonly sourceId: string
  readonly lowGrams: number
  readonly highGrams: number
}

/** One line of a record. `line` counts from 0; left out it is 0. */
export interface LineRef {
  readonly recordId: string
  readonly line?: number
}

/** An outflow of some pile, as a purchase names it. */
export interface OutflowRef extends LineRef {
  readonly pileId: string
}

interface At extends LineRef {
  readonly effectiveAtMs: number
}

/**
 * Goods come in. Exactly one of these says what they are:
 * - `sources`: declared (a harvest names its lot, a statement its ranges);
 * - `upstream`: a purchase, with the range of that outflow (only `resolveOrigins` can follow it);
 * - `returnOf`: goods of an earlier outflow of the same pile come back, with that outflow's range;
 * - `carried`: what an earlier walk found, of this pile or of a purchase, taken as it stands (RG-22);
 * - none of them: unknown origin (hand-entered goods).
 *
 * `lowGrams` is the least weight where boxes or pieces were converted by a declared interval; `grams` is then the most.
 */
export interface Inflow extends At {
  readonly kind: "in"
  readonly grams: number
  readonly lowGrams?: number
  readonly sources?: readonly SourceGrams[]
  readonly upstream?: OutflowRef
  readonly returnOf?: LineRef
  readonly carried?: readonly SourceGrams[]
  /** With `carried`: what that walk expected (RG-26). */
  readonly expected?: ExpectedGoods | ExpectedPile
}

/** Goods leave: sold, wasted, sent back to the supplier. `lowGrams` as for an inflow. */
export interface Outflow extends At {
  readonly kind: "out"
  readonly grams: number
  readonly lowGrams?: number
  /**
   * Of many that stand as one of their sum, and between which no other leaves: the time of the first, where `effectiveAtMs`
   * is that of the last. What the first may hold, any of them may: where clocks leave orders open, it is read then.
   */
  readonly fromMs?: number
  /** The source that the seller says it is of (RG-25). */
  readonly chosen?: string
}

/** A stock-take: at this time the pile weighed `grams`. "Sold out" is a stock-take of 0. */
export interface StockTake extends At {
  readonly kind: "count"
  readonly grams: number
}

/** The goods of `voids` were never handed over: all of that record, one line of it, or `grams` of one line. */
export interface Void extends At {
  readonly kind: "void"
  readonly voids: LineRef
  readonly grams?: number
}

export type PileEvent = Inflow | Outflow | StockTake | Void

/** Names an outflow within its pile: `recordId#line`. */
export function outflowKey(ref: LineRef): string {
  return `${ref.recordId}#${ref.line ?? 0}`
}

/** A broken assertion is a programmer error: no record that passed its codec can cause one. */
export function assertTrace(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`trace: ${message}`)
}

function assertGrams(grams: number, what: string): void {
  assertTrace(Number.isSafeInteger(grams) && grams >= 0, `${what} must be whole grams, not ${grams}`)
}

function assertEvent(event: PileEvent): void {
  assertTrace(event.recordId !== "", "an event without a record id")
  assertTrace(Number.isSafeInteger(event.effectiveAtMs), "an effective time must be whole milliseconds")
  assertTrace(Number.isSafeInteger(event.line ?? 0) && (event.line ?? 0) >= 0, "a line counts from 0")
  if (event.kind === "void") {
    if (event.grams === undefined) return
    assertGrams(event.grams, "a void")
    assertTrace(event.voids.line !== undefined, "a void of some grams names the line")
    return
  }
  assertGrams(event.grams, "a weight")
  if (event.kind === "count" || event.lowGrams === undefined) return
  assertGrams(event.lowGrams, "a least weight")
  assertTrace(event.lowGrams <= event.grams, "a least weight is above the most")
}

function identityOf(event: PileEvent): string {
  return `${event.kind}:${outflowKey(event)}`
}

function refText(ref: LineRef | OutflowRef | undefined): string | undefined {
  return ref && `${"pileId" in ref ? ref.pileId : ""}/${ref.recordId}#${ref.line ?? "all"}`
}

/** What two copies of one event must share. The order of the declared sources is no difference. */
function contentOf(event: PileEvent): string {
  const { kind, effectiveAtMs, grams } = event
  const lowGrams = kind === "in" || kind === "out" ? event.lowGrams : undefined
  const refs = kind === "in" ? [event.upstream, event.returnOf] : kind === "void" ? [event.voids] : []
  const sources =
    kind === "in"
      ? (event.sources ?? event.carried)?.map((s) => `${s.lowGrams}-${s.highGrams} ${s.sourceId}`)
      : undefined
  const own = kind === "out" ? [event.chosen, event.fromMs] : []
  return JSON.stringify([kind, effectiveAtMs, grams, lowGrams, refs.map(refText), sources?.sort(), ...own])
}

/**
 * The events as a set (RG-3): a message that came twice counts once. The same record line with other content throws,
 * because a record id names its content.
 */
export function distinctEvents(events: readonly PileEvent[]): PileEvent[] {
  const byIdentity = new Map<string, PileEvent>()
  for (const event of events) {
    assertEvent(event)
    const identity = identityOf(event)
    const earlier = byIdentity.get(identity)
    if (earlier === undefined) byIdentity.set(identity, event)
    else assertTrace(contentOf(earlier) === contentOf(event), `${identity} came with two contents`)
  }
  return [...byIdentity.values()]
}
