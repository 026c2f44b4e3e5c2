/**
 * Origins over any number of levels (RG-15 to RG-18): a purchase carries the gram range of its sale upstream.
 * Piles are walked as far as they go; one that meets a purchase whose sale is not ranged yet waits for it. So trade in
 * circles (A sells to B sells to A) needs nothing special as long as the goods went round in time. Each event is walked
 * once, however many levels there are.
 */
import { err, ok, type Result } from "../result"
import {
  limitsOf,
  type OutflowRange,
  type PileRanges,
  PileWalk,
  type RangeOptions,
  type SetRange,
  setGroups,
  setRangeOf,
} from "./pile"
import { type OutflowRef, outflowKey, type PileEvent, type SourceGrams, UNKNOWN_SOURCE } from "./pile-event"
import { type InStep, type OutStep, type PileSteps, pileSteps } from "./pile-steps"
import {
  declaredSources,
  eachSourceAlone,
  filledGrams,
  type GroupOf,
  groupedSources,
  partOfOutflow,
  withExtra,
} from "./source-grams"

export interface PileHistory {
  readonly pileId: string
  readonly events: readonly PileEvent[]
}

/** A purchase of which some grams could not be followed; they count as unknown. */
export interface Unresolved {
  readonly pileId: string
  readonly recordId: string
  readonly line: number
  readonly unknownGrams: number
  readonly reason: "upstream-missing" | "bought-more-than-sold"
}

export interface Origins {
  readonly piles: ReadonlyMap<string, PileRanges>
  readonly unresolved: readonly Unresolved[]
}

/** These purchases wait for one another: each would be part of its own origin. */
export interface NotWellFounded {
  readonly kind: "not-well-founded"
  readonly purchases: readonly OutflowRef[]
}

export interface OriginOptions extends RangeOptions {
  /** Which outflows' ranges to return; all when left out. */
  readonly keep?: (pileId: string, key: string) => boolean
}

interface Claim {
  readonly pileId: string
  readonly step: InStep
  readonly upstream: string
}

function globalKey(pileId: string, key: string): string {
  return `${pileId}/${key}`
}

/** Earlier first; between piles that bought at the same time, any order that depends on the records alone. */
function compareClaims(a: Claim, b: Claim): number {
  if (a.step.event.effectiveAtMs !== b.step.event.effectiveAtMs) {
    return a.step.event.effectiveAtMs - b.step.event.effectiveAtMs
  }
  const left = globalKey(a.pileId, outflowKey(a.step.event))
  const right = globalKey(b.pileId, outflowKey(b.step.event))
  return left < right ? -1 : left > right ? 1 : 0
}

interface Purchases {
  /** Grams of each purchase that its sale upstream covers; the rest is unknown. */
  readonly coveredGrams: ReadonlyMap<InStep, number>
  /** Global keys of the outflows that somebody bought. */
  readonly bought: ReadonlySet<string>
  readonly unresolved: readonly Unresolved[]
}

/** Nobody can buy more of a sale than was sold (RG-16): the first to come is covered first. */
function matchPurchases(piles: ReadonlyMap<string, PileSteps>): Purchases {
  const leftGrams = new Map<string, number>()
  const claims: Claim[] = []
  for (const [pileId, { steps }] of piles) {
    for (const step of steps) {
      if (step.kind === "out") leftGrams.set(globalKey(pileId, step.key), step.grams)
      else if (step.kind === "in" && step.origin.kind === "upstream") {
        const { ref } = step.origin
        claims.push({ pileId, step, upstream: globalKey(ref.pileId, outflowKey(ref)) })
      }
    }
  }
  claims.sort(compareClaims)
  const coveredGrams = new Map<InStep, number>()
  const bought = new Set<string>()
  const unresolved: Unresolved[] = []
  for (const { pileId, step, upstream } of claims) {
    const left = leftGrams.get(upstream)
    const covered = Math.min(step.grams, left ?? 0)
    coveredGrams.set(step, covered)
    if (left !== undefined) {
      leftGrams.set(upstream, left - covered)
      bought.add(upstream)
    }
    const unknownGrams = step.grams - covered
    if (unknownGrams === 0) continue
    const reason = left === undefined ? "upstream-missing" : "bought-more-than-sold"
    const { recordId, line = 0 } = step.event
    unresolved.push({ pileId, recordId, line, unknownGrams, reason })
  }
  return { coveredGrams, bought, unresolved }
}

/** The walks through all piles, and which of them waits for what. Owned by one `resolveOrigins`. */
class Walks {
  readonly done = new Map<string, OutflowRange>()
  readonly waiting = new Map<string, { pileId: string; step: InStep }[]>()
  readonly ready: string[] = []
  readonly outflows = new Map<string, Map<string, OutflowRange>>()
  private readonly purchases: Purchases
  private readonly options: OriginOptions
  private readonly groupOf: GroupOf

  constructor(purchases: Purchases, options: OriginOptions) {
    this.purchases = purchases
    this.options = options
    this.groupOf = options.groupOf ?? eachSourceAlone
  }

  advance(pileId: string, walk: PileWalk): void {
    const outflows = this.outflows.get(pileId) ?? new Map<string, OutflowRange>()
    this.outflows.set(pileId, outflows)
    const isKept = (step: OutStep) => this.options.keep?.(pileId, step.key) ?? true
    const isBought = (step: OutStep) => this.purchases.bought.has(globalKey(pileId, step.key))
    const step = walk.advance({
      upstreamOf: (purchase) => this.upstreamOf(purchase),
      isRead: (outflow) => isBought(outflow) || isKept(outflow),
      onOutflow: (outflow, range) => {
        if (isKept(outflow)) outflows.set(outflow.key, range)
        if (isBought(outflow)) this.finish(globalKey(pileId, outflow.key), range)
      },
    })
    if (step === undefined || step.origin.kind !== "upstream") return
    const upstream = globalKey(step.origin.ref.pileId, outflowKey(step.origin.ref))
    const others = this.waiting.get(upstream)
    if (others) others.push({ pileId, step })
    else this.waiting.set(upstream, [{ pileId, step }])
  }

  private finish(key: string, range: OutflowRange): void {
    this.done.set(key, range)
    for (const { pileId } of this.waiting.get(key) ?? []) this.ready.push(pileId)
    this.waiting.delete(key)
  }

  private upstreamOf(step: InStep): readonly SourceGrams[] | undefined {
    const covered = this.purchases.coveredGrams.get(step) ?? 0
    if (step.origin.kind !== "upstream" || covered === 0) {
      return groupedSources(declaredSources([], step.grams), step.grams, this.groupOf)
    }
    const upstream = this.done.get(globalKey(step.origin.ref.pileId, outflowKey(step.origin.ref)))
    if (upstream === undefined) return undefined
    const filled = filledGrams(upstream.sources, covered)
    return withExtra(partOfOutflow(upstream, filled), this.groupOf(UNKNOWN_SOURCE), step.grams - filled)
  }
}

/** What is given of one pile in several portions is one history. */
export function historySteps(histories: readonly PileHistory[], clockErrorMs = 0): Map<string, PileSteps> {
  const events = new Map<string, PileEvent[]>()
  for (const { pileId, events: some } of histories) {
    const together = events.get(pileId) ?? []
    for (const event of some) together.push(event)
    events.set(pileId, together)
  }
  return new Map([...events].map(([pileId, some]) => [pileId, pileSteps(some, clockErrorMs)]))
}

/**
 * The ranges of all given piles. Grams are carried along, never shares. A purchase whose upstream outflow is not among
 * the piles (or was voided) is unknown and listed. The result depends on the sets of events, never on any order.
 */
export function resolveOrigins(
  histories: readonly PileHistory[],
  options: OriginOptions = {},
): Result<Origins, NotWellFounded> {
  return originsOfSteps(historySteps(histories, options.clockErrorMs), options)
}

/** The same of piles' steps. */
export function originsOfSteps(
  steps: ReadonlyMap<string, PileSteps>,
  options: Omit<OriginOptions, "clockErrorMs"> = {},
): Result<Origins, NotWellFounded> {
  const limits = limitsOf(steps.values(), options)
  const groupOf = options.groupOf ?? eachSourceAlone
  const piles = new Map([...steps].map(([pileId, some]) => [pileId, new PileWalk(some, groupOf, limits)]))
  const purchases = matchPurchases(steps)

  const walks = new Walks(purchases, options)
  walks.ready.push(...piles.keys())
  for (let pileId = walks.ready.pop(); pileId !== undefined; pileId = walks.ready.pop()) {
    walks.advance(pileId, piles.get(pileId)!)
  }
  if (walks.waiting.size > 0) return err({ kind: "not-well-founded", purchases: waitingPurchases(walks) })
  const ranges = [...piles].map(([pileId, walk]) => {
    return [pileId, walk.ranges(walks.outflows.get(pileId) ?? new Map(), options.nowMs)] as const
  })
  return ok({ piles: new Map(ranges), unresolved: purchases.unresolved })
}

function waitingPurchases(walks: Walks): OutflowRef[] {
  const refs = [...walks.waiting.values()].flat().map(({ pileId, step }) => {
    return { pileId, recordId: step.event.recordId, line: step.event.line ?? 0 }
  })
  const key = (ref: OutflowRef) => globalKey(ref.pileId, outflowKey(ref))
  return refs.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** `resolveOrigins` for one set of sources: the set's range of every outflow, by pile and `outflowKey`. */
export function resolveSet(
  histories: readonly PileHistory[],
  includes: (sourceId: string) => boolean,
  options: Omit<OriginOptions, "groupOf"> = {},
): Result<ReadonlyMap<string, ReadonlyMap<string, SetRange>>, NotWellFounded> {
  const origins = resolveOrigins(histories, { ...options, groupOf: setGroups(includes) })
  if (!origins.ok) return origins
  const piles = [...origins.value.piles].map(([pileId, { outflows }]) => {
    return [pileId, new Map([...outflows].map(([key, range]) => [key, setRangeOf(range)]))] as const
  })
  return ok(new Map(piles))
}
