/**
 * Four other ways to say what is in a bag, walked through the same books: first in first out, last in first out, every
 * lot of the shelf life in equal parts, and shares multiplied through perfect mixing. Each names one composition and
 * passes it on to the next level as if it were known.
 */

import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import type { LineRef } from "@suyuan/protocol/trace/pile-event"
import { outflowKey, type PileEvent, UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"

export const METHODS = ["fifo", "lifo", "equal-in-window", "proportional"] as const
export type Method = (typeof METHODS)[number]

/** Grams of one lot; for queues in the order in which they lie. */
export interface Portion {
  readonly lotId: string
  readonly grams: number
}

/** By pile and outflow key. */
export type Guesses = ReadonlyMap<string, readonly Portion[]>

interface Stock {
  readonly grams: number
  arrive(portions: readonly Portion[], atMs: number): void
  /** At most what is there. */
  leave(grams: number, atMs: number): readonly Portion[]
  /** Of the lot that the seller chose, as much as is there; returns how much. */
  leaveOf(lotId: string, grams: number): number
}

/** Below this a share is nothing that one would show or recall for. */
const NEGLIGIBLE_GRAMS = 0.5

function total(portions: readonly Portion[]): number {
  return portions.reduce((sum, { grams }) => sum + grams, 0)
}

class Queue implements Stock {
  private readonly takesNewest: boolean
  private portions: Portion[] = []

  constructor(takesNewest: boolean) {
    this.takesNewest = takesNewest
  }

  get grams(): number {
    return total(this.portions)
  }

  arrive(portions: readonly Portion[]): void {
    this.portions.push(...portions)
  }

  leave(grams: number): Portion[] {
    const taken: Portion[] = []
    let missing = grams
    while (missing > 0) {
      const next = this.takesNewest ? this.portions.pop() : this.portions.shift()
      if (next === undefined) break
      const part = Math.min(missing, next.grams)
      taken.push({ lotId: next.lotId, grams: part })
      missing -= part
      const rest = { lotId: next.lotId, grams: next.grams - part }
      if (rest.grams <= 0) continue
      if (this.takesNewest) this.portions.push(rest)
      else this.portions.unshift(rest)
    }
    return taken
  }

  leaveOf(lotId: string, grams: number): number {
    let taken = 0
    this.portions = this.portions.flatMap((portion) => {
      if (portion.lotId !== lotId) return [portion]
      const part = Math.min(portion.grams, grams - taken)
      taken += part
      return portion.grams > part ? [{ lotId, grams: portion.grams - part }] : []
    })
    return taken
  }
}

class Mixture implements Stock {
  private readonly gramsOf = new Map<string, number>()
  grams = 0

  arrive(portions: readonly Portion[]): void {
    for (const { lotId, grams } of portions) this.gramsOf.set(lotId, (this.gramsOf.get(lotId) ?? 0) + grams)
    this.grams += total(portions)
  }

  leave(grams: number): Portion[] {
    const share = this.grams === 0 ? 0 : Math.min(1, grams / this.grams)
    const taken = [...this.gramsOf].map(([lotId, own]) => ({ lotId, grams: own * share }))
    for (const { lotId, grams: own } of taken) this.gramsOf.set(lotId, this.gramsOf.get(lotId)! - own)
    this.grams -= this.grams * share
    if (this.grams < NEGLIGIBLE_GRAMS) this.gramsOf.clear()
    return taken.filter(({ grams: own }) => own > 0)
  }

  leaveOf(lotId: string, grams: number): number {
    const own = this.gramsOf.get(lotId) ?? 0
    const part = Math.min(own, grams)
    if (own > 0) this.gramsOf.set(lotId, own - part)
    this.grams -= part
    return part
  }
}

class Window implements Stock {
  private readonly shelfLifeMs: number
  private readonly arrivedAtMs = new Map<string, number>()
  grams = 0

  constructor(shelfLifeMs: number) {
    this.shelfLifeMs = shelfLifeMs
  }

  arrive(portions: readonly Portion[], atMs: number): void {
    for (const { lotId } of portions) this.arrivedAtMs.set(lotId, atMs)
    this.grams += total(portions)
  }

  leave(grams: number, atMs: number): Portion[] {
    for (const [lotId, arrivedAtMs] of this.arrivedAtMs) {
      if (arrivedAtMs < atMs - this.shelfLifeMs) this.arrivedAtMs.delete(lotId)
    }
    this.grams = Math.max(0, this.grams - grams)
    return [...this.arrivedAtMs.keys()].map((lotId) => ({ lotId, grams: grams / this.arrivedAtMs.size }))
  }

  leaveOf(_lotId: string, grams: number): number {
    this.grams = Math.max(0, this.grams - grams)
    return grams
  }
}

function openStock(method: Method, shelfLifeMs: number): Stock {
  if (method === "proportional") return new Mixture()
  return method === "equal-in-window" ? new Window(shelfLifeMs) : new Queue(method === "lifo")
}

interface Place {
  readonly pileId: string
  readonly event: Exclude<PileEvent, { kind: "void" }>
}

/** Of a book where each purchase comes after its sale. Voided sales are left out. */
export function guessOrigins(
  histories: readonly PileHistory[],
  method: Method,
  shelfLifeMsOf: ReadonlyMap<string, number>,
): Guesses {
  const stocks = new Map(histories.map(({ pileId }) => [pileId, openStock(method, shelfLifeMsOf.get(pileId)!)]))
  const guesses = new Map<string, readonly Portion[]>()
  for (const { pileId, event } of inOrder(histories)) {
    const stock = stocks.get(pileId)!
    const { grams, effectiveAtMs: atMs } = event
    if (event.kind === "in") stock.arrive(arrived(pileId, event, guesses), atMs)
    else if (event.kind === "out") guesses.set(`${pileId}/${outflowKey(event)}`, left(stock, event))
    else if (grams < stock.grams) stock.leave(stock.grams - grams, atMs)
    else if (grams > stock.grams) stock.arrive([{ lotId: UNKNOWN_SOURCE, grams: grams - stock.grams }], atMs)
  }
  return guesses
}

function left(stock: Stock, { grams, effectiveAtMs, chosen }: Extract<PileEvent, { kind: "out" }>): readonly Portion[] {
  if (chosen === undefined) return filled(stock.leave(grams, effectiveAtMs), grams)
  stock.leave(grams - stock.leaveOf(chosen, grams), effectiveAtMs)
  return [{ lotId: chosen, grams }]
}

function inOrder(histories: readonly PileHistory[]): Place[] {
  const voided = new Set<string>()
  for (const { pileId, events } of histories) {
    for (const event of events) if (event.kind === "void") voided.add(`${pileId}/${event.voids.recordId}`)
  }
  return histories
    .flatMap(({ pileId, events }) =>
      events.flatMap((event) =>
        event.kind === "void" || voided.has(`${pileId}/${event.recordId}`) ? [] : [{ pileId, event }],
      ),
    )
    .sort((a, b) => a.event.effectiveAtMs - b.event.effectiveAtMs)
}

function arrived(pileId: string, event: Extract<PileEvent, { kind: "in" }>, guesses: Guesses): readonly Portion[] {
  const { grams, sources, upstream, returnOf } = event
  const from = (ref: LineRef, seller: string) => scaled(guesses.get(`${seller}/${outflowKey(ref)}`) ?? [], grams)
  if (upstream) return from(upstream, upstream.pileId)
  if (returnOf) return from(returnOf, pileId)
  return filled(
    (sources ?? []).map(({ sourceId, highGrams }) => ({ lotId: sourceId, grams: highGrams })),
    grams,
  )
}

function scaled(portions: readonly Portion[], grams: number): readonly Portion[] {
  const factor = total(portions) === 0 ? 0 : grams / total(portions)
  return filled(
    portions.map(({ lotId, grams: own }) => ({ lotId, grams: own * factor })),
    grams,
  )
}

/** What nothing explains is unknown. */
function filled(portions: readonly Portion[], grams: number): readonly Portion[] {
  const rest = grams - total(portions)
  return rest < NEGLIGIBLE_GRAMS ? portions : [...portions, { lotId: UNKNOWN_SOURCE, grams: rest }]
}

/** Grams by lot, without what is negligible. */
export function composition(portions: readonly Portion[]): ReadonlyMap<string, number> {
  const byLot = new Map<string, number>()
  for (const { lotId, grams } of portions) byLot.set(lotId, (byLot.get(lotId) ?? 0) + grams)
  return new Map([...byLot].filter(([, grams]) => grams >= NEGLIGIBLE_GRAMS))
}
