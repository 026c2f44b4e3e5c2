/**
 * What of each source is expected in an outflow (RG-26): a second, weaker line beside the ranges. It guesses how a stall
 * picks, by first in first out, by perfect mixing, or between the two as the stall's own chosen sales say. It claims
 * nothing and narrows nothing, and never leaves the ranges.
 */

import { blendOf, type Goods, gramsIn, Shelf } from "./expected-shelf"
import type { PileHistory } from "./origin-range"
import type { OutflowRange } from "./pile"
import { type OutflowRef, outflowKey, UNKNOWN_SOURCE } from "./pile-event"
import { type InStep, type OutStep, pileSteps, type Step } from "./pile-steps"

export type ExpectedMethod = "mixing" | "blend"

export interface ExpectedShares {
  readonly method: ExpectedMethod
  /** 0 is perfect mixing, 1 first in first out. */
  readonly firstInWeight: number
  /** Whole grams that add up to the outflow (or to all that can be in it), each inside its range, by source id. */
  readonly sources: readonly { readonly sourceId: string; readonly grams: number }[]
}

export interface Calibration {
  readonly method: ExpectedMethod
  readonly firstInWeight: number
}

/** Fewer sales whose lot was chosen say nothing about a habit. */
const observationsMin = 8
/** Squares of shares, added up: below it the two guesses hardly differed, and nothing can be learned. */
const differenceMin = 0.5

/** How often a chosen lot was the one that either guess would have taken. Owned by one walk. */
class Habit {
  private observations = 0
  private difference = 0
  private agreement = 0

  note(firstInShare: number, mixingShare: number): void {
    this.observations += 1
    this.difference += (firstInShare - mixingShare) ** 2
    this.agreement += (1 - mixingShare) * (firstInShare - mixingShare)
  }

  /** Least squares between the guesses; mixing where the data are too thin. */
  calibrated(): Calibration {
    const isThin = this.observations < observationsMin || this.difference < differenceMin
    const firstInWeight = isThin ? 0 : Math.min(1, Math.max(0, this.agreement / this.difference))
    return { method: firstInWeight === 0 ? "mixing" : "blend", firstInWeight }
  }
}

interface Pile {
  readonly pileId: string
  readonly steps: readonly Step[]
  readonly firstIn: Shelf
  readonly mixed: Shelf
  readonly habit: Habit
  next: number
}

/**
 * Walks all piles once, in the order of their clocks. A pile's habit is what its sales until then have shown. Purchases
 * that wait for themselves count as unknown goods. The result depends on the sets of events, never on any order.
 */
export function expectedShares(
  histories: readonly PileHistory[],
): (pileId: string, key: string, range: OutflowRange) => ExpectedShares | undefined {
  const piles = histories.map(({ pileId, events }): Pile => {
    const shelves = { firstIn: new Shelf("first-in"), mixed: new Shelf("mixed") }
    return { pileId, steps: pileSteps(events).steps, ...shelves, habit: new Habit(), next: 0 }
  })
  piles.sort((a, b) => (a.pileId < b.pileId ? -1 : 1))
  const sold = new Set(piles.flatMap(({ pileId, steps }) => steps.flatMap((step) => keyOf(pileId, step))))
  const left = new Map<string, { readonly goods: Goods; readonly calibration: Calibration }>()
  // One after another until none gets on: a few rounds, one a level.
  for (let moved = true; moved; ) {
    moved = false
    for (const pile of piles) if (advance(pile, false)) moved = true
    if (!moved) for (const pile of piles) if (advance(pile, true)) moved = true
  }
  return (pileId, key, range) => {
    const found = left.get(`${pileId}/${key}`)
    return found && { ...found.calibration, sources: insideRange(found.goods, range) }
  }

  function advance(pile: Pile, isStuck: boolean): boolean {
    const from = pile.next
    for (; pile.next < pile.steps.length; pile.next += 1) {
      const step = pile.steps[pile.next]!
      const upstream = step.kind === "in" && step.origin.kind === "upstream" ? globalKey(step.origin.ref) : undefined
      const waits = upstream !== undefined && sold.has(upstream) && !left.has(upstream)
      if (waits && !(isStuck && pile.next === from)) break
      take(pile, step)
    }
    return pile.next > from
  }

  function take(pile: Pile, step: Step): void {
    if (step.kind === "in") {
      const goods = goodsOf(pile.pileId, step)
      pile.firstIn.put(goods)
      pile.mixed.put(goods)
    } else if (step.kind === "out") takeOut(pile, step)
    else if (step.kind === "count") {
      pile.firstIn.keep(step.grams)
      pile.mixed.keep(step.grams)
    }
  }

  function takeOut(pile: Pile, { key, grams, chosen }: OutStep): void {
    const [firstIn, mixed] = [pile.firstIn.peek(grams), pile.mixed.peek(grams)]
    const calibration = pile.habit.calibrated()
    if (chosen !== undefined && grams > 0)
      pile.habit.note((firstIn.get(chosen) ?? 0) / grams, (mixed.get(chosen) ?? 0) / grams)
    const goods = chosen === undefined ? blendOf(firstIn, mixed, calibration.firstInWeight) : new Map([[chosen, grams]])
    pile.firstIn.take(grams, chosen)
    pile.mixed.take(grams, chosen)
    left.set(`${pile.pileId}/${key}`, { goods, calibration })
  }

  function goodsOf(pileId: string, { grams, origin }: InStep): Goods {
    if (origin.kind === "upstream") return partOf(left.get(globalKey(origin.ref))?.goods, grams)
    if (origin.kind === "return") return partOf(left.get(`${pileId}/${origin.key}`)?.goods, grams)
    const middle = origin.sources.map((one) => [one.sourceId, (one.lowGrams + one.highGrams) / 2] as const)
    return partOf(new Map(middle), grams)
  }
}

function keyOf(pileId: string, step: Step): string[] {
  return step.kind === "out" ? [`${pileId}/${step.key}`] : []
}

function globalKey(ref: OutflowRef): string {
  return `${ref.pileId}/${outflowKey(ref)}`
}

/** The same mix, of this weight; what nothing is known of is unknown. */
function partOf(goods: Goods | undefined, grams: number): Goods {
  const known = goods === undefined ? 0 : gramsIn(goods)
  if (goods === undefined || known === 0) return new Map([[UNKNOWN_SOURCE, grams]])
  const scale = Math.min(1, grams / known)
  const part = new Map([...goods].map(([sourceId, own]) => [sourceId, own * scale]))
  const missing = grams - gramsIn(part)
  if (missing > 0) part.set(UNKNOWN_SOURCE, (part.get(UNKNOWN_SOURCE) ?? 0) + missing)
  return part
}

/**
 * The guess as whole grams that add up to the outflow, every source at least what it must and at most what it may. What
 * the ranges take away from one source goes to the others by the room that they have.
 */
export function insideRange(guess: Goods, { grams, sources }: Pick<OutflowRange, "grams" | "sources">) {
  const clamped = sources.map(({ sourceId, mustGrams, mayGrams }) => {
    return Math.min(mayGrams, Math.max(mustGrams, Math.round(guess.get(sourceId) ?? 0)))
  })
  const missing = grams - clamped.reduce((sum, own) => sum + own, 0)
  const rooms = sources.map(({ mustGrams, mayGrams }, index) => {
    const own = clamped[index]!
    return missing > 0 ? mayGrams - own : own - mustGrams
  })
  const moved = sharedOut(Math.abs(missing), rooms)
  return sources.map(({ sourceId }, index) => {
    return { sourceId, grams: clamped[index]! + Math.sign(missing) * moved[index]! }
  })
}

/** Whole grams, in proportion to the rooms and never beyond one; what rounding leaves goes to the first that have room. */
function sharedOut(grams: number, rooms: readonly number[]): number[] {
  const room = rooms.reduce((sum, own) => sum + own, 0)
  const shares = rooms.map((own) => (room === 0 ? 0 : Math.min(own, Math.floor((grams * own) / room))))
  let left = Math.min(grams, room) - shares.reduce((sum, own) => sum + own, 0)
  return shares.map((own, index) => {
    const more = Math.min(left, rooms[index]! - own)
    left -= more
    return own + more
  })
}
