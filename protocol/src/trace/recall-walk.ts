/**
 * The walk of a recall through plain books (RC-1, RC-3, RC-4): the set and all the rest as bare numbers. It gives to the
 * gram what `originsOfSteps` and `expectedOfSteps` give of the same events, in a tenth of the time; a property test holds
 * it to that. Books are plain where nothing was taken back or came back, nobody chose a lot, no earlier walk is gone on
 * with, and clocks leave the order of what is near open. Of all others it says nothing.
 */
import type { PileHistory } from "./origin-range"
import { type Inflow, outflowKey, type PileEvent } from "./pile-event"
import { type ReadGrams, RecallBook } from "./recall-book"
import { STEP, type Steps, stepsOf } from "./recall-steps"
import { declaredSources } from "./source-grams"

/** What one outflow, or a pile, holds of the set. */
export interface WalkedGrams {
  readonly grams: number
  readonly mustGrams: number
  readonly mayGrams: number
  /** By perfect mixing; not whole, and not inside the range yet. */
  readonly guessGrams: number
}

export interface WalkedPile {
  readonly pileId: string
  /** By `outflowKey`; those that can hold none are left out. */
  readonly outflows: Map<string, WalkedGrams>
  readonly stock: WalkedGrams
}

export interface RecallWalkOptions {
  readonly includes: (sourceId: string) => boolean
  readonly lotGrams?: ReadonlyMap<string, number> | undefined
  readonly clockErrorMs: number
}

/** An outflow that somebody bought, with those who did and, once it was walked, what it held. */
interface Bought extends ReadGrams {
  readonly purchases: Purchase[]
  isWalked: boolean
  /** Piles that wait for it. */
  readonly waiting: Walked[]
}

interface Purchase {
  readonly pileId: string
  readonly event: Inflow
  /** What its outflow covers of it; the rest is unknown. */
  coveredGrams: number
  bought: Bought | undefined
}

interface Walked {
  readonly pileId: string
  readonly steps: Steps
  readonly book: RecallBook
  readonly purchases: ReadonlyMap<PileEvent, Purchase>
  readonly boughtOf: ReadonlyMap<PileEvent, Bought>
  readonly outflows: Map<string, WalkedGrams>
  next: number
}

/** Undefined where the books are not plain, or where purchases wait for one another. */
export function recallWalk(histories: readonly PileHistory[], options: RecallWalkOptions): WalkedPile[] | undefined {
  if (options.clockErrorMs <= 0) return undefined
  const eventsOf = new Map<string, PileEvent[]>()
  for (const { pileId, events } of histories) {
    const known = eventsOf.get(pileId)
    const own = known ?? []
    if (known === undefined) eventsOf.set(pileId, own)
    for (const event of events) {
      if (!isPlain(event)) return undefined
      own.push(event)
    }
  }
  const purchasesOf = new Map<string, Map<PileEvent, Purchase>>()
  const bought = new Map<string, Map<string, Bought>>()
  for (const [pileId, events] of eventsOf) purchasesOf.set(pileId, purchasesIn(pileId, events, bought))
  const capGrams = capOf(eventsOf.values(), options)
  const piles: Walked[] = []
  for (const [pileId, events] of eventsOf) {
    const steps = stepsOf(events, 2 * options.clockErrorMs)
    if (steps === undefined) return undefined
    const boughtOf = match(steps.events, bought.get(pileId))
    const purchases = purchasesOf.get(pileId) ?? new Map<PileEvent, Purchase>()
    const book = new RecallBook(capGrams)
    piles.push({ pileId, steps, book, purchases, boughtOf, outflows: new Map(), next: 0 })
  }
  cover(bought)
  const ready = [...piles]
  for (let pile = ready.pop(); pile !== undefined; pile = ready.pop()) advance(pile, options, ready)
  if (piles.some(({ next, steps }) => next < steps.codes.length)) return undefined
  return piles.map(({ pileId, outflows, book }) => ({ pileId, outflows, stock: book.stock() }))
}

function isPlain(event: PileEvent): boolean {
  if (event.kind === "out") return event.chosen === undefined
  return event.kind === "count" || (event.kind === "in" && event.returnOf === undefined && event.carried === undefined)
}

/** Notes what a pile bought with the outflows that it names, by pile and key. */
function purchasesIn(
  pileId: string,
  events: readonly PileEvent[],
  bought: Map<string, Map<string, Bought>>,
): Map<PileEvent, Purchase> {
  const own = new Map<PileEvent, Purchase>()
  for (const event of events) {
    if (event.kind !== "in" || event.upstream === undefined) continue
    const { upstream } = event
    const purchase: Purchase = { pileId, event, coveredGrams: 0, bought: undefined }
    own.set(event, purchase)
    const known = bought.get(upstream.pileId)
    const ofPile = known ?? new Map<string, Bought>()
    if (known === undefined) bought.set(upstream.pileId, ofPile)
    const key = outflowKey(upstream)
    const same = ofPile.get(key)
    if (same) same.purchases.push(purchase)
    else ofPile.set(key, newlyBought(purchase))
  }
  return own
}

function newlyBought(purchase: Purchase): Bought {
  const range = { mustIn: 0, mayIn: 0, mustOther: 0, mayOther: 0, guessGrams: 0, guessIn: 0 }
  return { purchases: [purchase], isWalked: false, grams: 0, ...range, waiting: [] }
}

/** The outflows of a pile that somebody bought. */
function match(events: readonly PileEvent[], named: Map<string, Bought> | undefined): Map<PileEvent, Bought> {
  const found = new Map<PileEvent, Bought>()
  if (named === undefined) return found
  for (const event of events) {
    const bought = event.kind === "out" ? named.get(outflowKey(event)) : undefined
    if (bought === undefined || event.kind !== "out") continue
    bought.grams = event.grams
    for (const purchase of bought.purchases) purchase.bought = bought
    found.set(event, bought)
  }
  return found
}

/** Nobody can buy more of a sale than was sold (RG-16): the first to come is covered first. */
function cover(bought: ReadonlyMap<string, ReadonlyMap<string, Bought>>): void {
  for (const ofPile of bought.values()) {
    for (const { purchases, grams } of ofPile.values()) {
      if (purchases.length > 1) purchases.sort(inOrder)
      let left = grams
      for (const purchase of purchases) {
        purchase.coveredGrams = purchase.bought ? Math.min(purchase.event.grams, left) : 0
        left -= purchase.coveredGrams
      }
    }
  }
}

function inOrder(a: Purchase, b: Purchase): number {
  if (a.event.effectiveAtMs !== b.event.effectiveAtMs) return a.event.effectiveAtMs - b.event.effectiveAtMs
  const [left, right] = [`${a.pileId}/${outflowKey(a.event)}`, `${b.pileId}/${outflowKey(b.event)}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** What can exist of the set at all, where every lot of it is known (RG-18). */
function capOf(all: Iterable<readonly PileEvent[]>, { includes, lotGrams }: RecallWalkOptions): number {
  if (lotGrams === undefined) return Number.POSITIVE_INFINITY
  const counted = new Set<string>()
  let grams = 0
  for (const events of all) {
    for (const event of events) {
      if (event.kind !== "in" || event.sources === undefined) continue
      for (const { sourceId } of event.sources) {
        if (counted.has(sourceId) || !includes(sourceId)) continue
        counted.add(sourceId)
        grams += lotGrams.get(sourceId) ?? Number.POSITIVE_INFINITY
      }
    }
  }
  return counted.size === 0 ? Number.POSITIVE_INFINITY : grams
}

/** As far as it goes: before goods of an outflow that was not walked yet it stops. */
function advance(pile: Walked, options: RecallWalkOptions, ready: Walked[]): void {
  const { book, steps } = pile
  const { codes, events, unknownGrams } = steps
  for (; pile.next < codes.length; pile.next += 1) {
    const code = codes[pile.next]!
    const index = code >> STEP.bits
    const kind = code & STEP.mask
    if (kind === STEP.unknown) {
      const grams = unknownGrams[index]!
      book.arriveOther(grams, grams)
      continue
    }
    const event = events[index]!
    if (kind === STEP.out) takeOut(pile, event, ready)
    else if (kind === STEP.leave && event.kind === "out") book.leave(event.grams, event.lowGrams ?? event.grams)
    else if (kind === STEP.count && event.kind === "count") book.count(event.grams)
    else if (kind === STEP.in && event.kind === "in" && !putIn(pile, event, options)) return
  }
}

function takeOut({ book, boughtOf, outflows }: Walked, event: PileEvent, ready: Walked[]): void {
  if (event.kind !== "out") return
  const { grams, lowGrams = grams } = event
  const read = book.readOut(grams, lowGrams)
  if (read.mayIn > 0) {
    outflows.set(outflowKey(event), {
      ...{ grams, mustGrams: read.mustIn, mayGrams: read.mayIn, guessGrams: read.guessIn },
    })
  }
  const bought = boughtOf.get(event)
  if (bought === undefined) return
  Object.assign(bought, read)
  bought.isWalked = true
  for (const pile of bought.waiting) ready.push(pile)
}

function putIn(pile: Walked, event: Inflow, { includes }: RecallWalkOptions): boolean {
  const { book, purchases } = pile
  const { grams, lowGrams = grams } = event
  const purchase = purchases.get(event)
  if (purchase === undefined) {
    if (event.sources === undefined) book.arriveOther(grams, lowGrams)
    else book.arriveDeclared(declaredSources(event.sources, grams), includes, grams, lowGrams)
    return true
  }
  const { bought, coveredGrams } = purchase
  if (bought !== undefined && !bought.isWalked) {
    bought.waiting.push(pile)
    return false
  }
  if (bought === undefined) book.arriveOther(grams, lowGrams)
  else book.arriveBought(bought, coveredGrams, grams, lowGrams)
  return true
}
