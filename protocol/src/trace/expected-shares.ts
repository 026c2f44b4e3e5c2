/**
 * What of each source is expected in an outflow (RG-26): a second, weaker line beside the ranges. It guesses how a stall
 * picks, by perfect mixing, or between it and first and last in first out as the pile's own chosen sales say. It claims
 * nothing and narrows nothing, and never leaves the ranges.
 */

import { EXPECTED_RULES, type ExpectedGoods, type ExpectedPile } from "./expected-carry"
import { type Calibration, type ExpectedMethod, Habit, stirredOnly } from "./expected-habit"
import { blendOf, type Goods, Shelf } from "./expected-shelf"
import { historySteps, type OriginOptions, type PileHistory } from "./origin-range"
import type { OutflowRange } from "./pile"
import { type OutflowRef, outflowKey, type SourceGrams, UNKNOWN_SOURCE } from "./pile-event"
import type { InStep, LeaveStep, OutStep, PileSteps, Step } from "./pile-steps"
import { declaredSources, eachSourceAlone, type GroupOf, groupedSources } from "./source-grams"

export interface ExpectedShares extends Calibration {
  readonly method: ExpectedMethod
  /** Whole grams that add up to the outflow (or to all that can be in it), each inside its range, by source id. */
  readonly sources: readonly { readonly sourceId: string; readonly grams: number }[]
}

export interface ExpectedWalk {
  readonly sharesOf: (pileId: string, key: string, range: OutflowRange) => ExpectedShares | undefined
  /** What a purchase of it brings, for `Inflow.expected`. Undefined where it is not known, or was not asked for. */
  readonly goodsOf: (pileId: string, key: string) => ExpectedGoods | undefined
  /** What a later walk may begin with, for `Inflow.expected`. */
  readonly carryOf: (pileId: string) => ExpectedPile | undefined
  /** What is in the pile after its last event. */
  readonly stockOf: (pileId: string) => ExpectedGoods | undefined
}

export interface ExpectedOptions extends Pick<OriginOptions, "clockErrorMs"> {
  /** Which outflows are asked for besides those that are bought or come back; all when left out. */
  readonly keep?: OriginOptions["keep"]
}

/** Of piles that were put in order before. */
export interface ExpectedStepsOptions extends Pick<ExpectedOptions, "keep"> {
  /** By perfect mixing, whatever the stalls' chosen lots say. */
  readonly isStirred?: boolean
  readonly groupOf?: GroupOf
}

interface Pile {
  readonly pileId: string
  readonly steps: readonly Step[]
  readonly firstIn: Shelf
  readonly lastIn: Shelf
  readonly mixed: Shelf
  /** Those that are kept: where all is stirred, one. */
  readonly shelves: readonly Shelf[]
  readonly habit: Habit
  next: number
}

/** Of all outflows, by the clocks as they are. */
export function expectedShares(histories: readonly PileHistory[]): ExpectedWalk["sharesOf"] {
  return expectedWalk(histories).sharesOf
}

/**
 * Walks all piles once, in the order of their clocks, as ranges are walked (RG-2). A pile's habit is what its sales until
 * then have shown. Purchases that wait for themselves count as unknown goods. The result depends on the sets of events,
 * never on any order; a walk that begins with what an earlier one carried says the same as one through all events.
 */
export function expectedWalk(
  histories: readonly PileHistory[],
  { clockErrorMs = 0, ...options }: ExpectedOptions = {},
): ExpectedWalk {
  return expectedOfSteps(historySteps(histories, clockErrorMs), options)
}

/** The same of piles' steps. */
export function expectedOfSteps(
  stepsOf: ReadonlyMap<string, PileSteps>,
  { keep = () => true, isStirred = false, groupOf = eachSourceAlone }: ExpectedStepsOptions = {},
): ExpectedWalk {
  const piles = [...stepsOf].map(([pileId, { steps }]): Pile => {
    const [firstIn, lastIn, mixed] = [new Shelf("first-in"), new Shelf("last-in"), new Shelf("mixed")]
    const shelves = isStirred ? [mixed] : [firstIn, lastIn, mixed]
    return { pileId, steps, firstIn, lastIn, mixed, shelves, habit: new Habit(), next: 0 }
  })
  piles.sort((a, b) => (a.pileId < b.pileId ? -1 : 1))
  const sold = new Set(piles.flatMap(({ pileId, steps }) => steps.flatMap((step) => keyOf(pileId, step))))
  const bought = new Set(piles.flatMap(({ steps }) => steps.flatMap((step) => upstreamOf(step) ?? [])))
  const left = new Map<string, { readonly goods: Goods; readonly calibration: Calibration }>()
  // One after another until none gets on: a few rounds, one a level.
  for (let moved = true; moved; ) {
    moved = false
    for (const pile of piles) if (advance(pile, false)) moved = true
    if (!moved) for (const pile of piles) if (advance(pile, true)) moved = true
  }
  const byId = new Map(piles.map((pile) => [pile.pileId, pile]))
  return {
    sharesOf: (pileId, key, range) => {
      const found = left.get(`${pileId}/${key}`)
      return found && { ...found.calibration, sources: insideRange(found.goods.sources, range) }
    },
    goodsOf: (pileId, key) => {
      const goods = left.get(`${pileId}/${key}`)?.goods
      return goods && asCarried(goods)
    },
    carryOf: (pileId) => {
      const pile = byId.get(pileId)
      if (!pile) return undefined
      const { mixed, firstIn, lastIn, habit } = pile
      const shelves = { mixed: mixed.carry(), firstIn: firstIn.carry(), lastIn: lastIn.carry() }
      return { rules: EXPECTED_RULES, ...shelves, habit: habit.carry() }
    },
    stockOf: (pileId) => {
      const pile = byId.get(pileId)
      return pile && asCarried(guessOf(pile, pile.mixed.grams, calibrationOf(pile)))
    },
  }

  function advance(pile: Pile, isStuck: boolean): boolean {
    const from = pile.next
    for (; pile.next < pile.steps.length; pile.next += 1) {
      const step = pile.steps[pile.next]!
      const upstream = upstreamOf(step)
      const waits = upstream !== undefined && sold.has(upstream) && !left.has(upstream)
      if (waits && !(isStuck && pile.next === from)) break
      take(pile, step)
    }
    return pile.next > from
  }

  function take(pile: Pile, step: Step): void {
    if (step.kind === "in") putIn(pile, step)
    else if (step.kind === "out") takeOut(pile, step)
    else if (step.kind === "leave") leave(pile, step)
    else for (const shelf of pile.shelves) shelf.keep(step.grams)
  }

  function putIn(pile: Pile, step: InStep): void {
    const expected = step.origin.kind === "carried" ? step.origin.expected : undefined
    if (expected !== undefined && "mixed" in expected) {
      pile.firstIn.restore(expected.firstIn)
      pile.lastIn.restore(expected.lastIn ?? expected.mixed)
      pile.mixed.restore(expected.mixed)
      pile.habit.restore(expected.habit)
      return
    }
    const goods = goodsIn(pile.pileId, step)
    for (const shelf of pile.shelves) shelf.put(goods)
  }

  function takeOut(pile: Pile, step: OutStep): void {
    const { key, grams } = step
    const chosen = step.chosen && groupOf(step.chosen)
    const global = `${pile.pileId}/${key}`
    if (step.isReturned || bought.has(global) || keep(pile.pileId, key)) {
      const calibration = calibrationOf(pile)
      const isChosen = chosen !== undefined
      const goods = isChosen ? { grams, sources: new Map([[chosen, grams]]) } : guessOf(pile, grams, calibration)
      left.set(global, { goods, calibration })
    }
    if (!step.leavesLater) leave(pile, step)
  }

  function calibrationOf({ habit }: Pile): Calibration {
    return isStirred ? stirredOnly : habit.calibrated()
  }

  function guessOf({ firstIn, lastIn, mixed }: Pile, grams: number, weights: Calibration): Goods {
    const layered = weights.firstInWeight + weights.lastInWeight
    if (layered === 0) return mixed.peek(grams)
    const inLayers = blendOf(firstIn.peek(grams), lastIn.peek(grams), weights.firstInWeight / layered)
    return blendOf(inLayers, mixed.peek(grams), layered)
  }

  /** What a choice teaches is noted when its goods leave: then all goods that left before are gone, in every walk. */
  function leave({ firstIn, lastIn, mixed, shelves, habit }: Pile, { grams, ...step }: OutStep | LeaveStep): void {
    const chosen = step.chosen && groupOf(step.chosen)
    if (chosen !== undefined && grams > 0 && !isStirred) {
      const shareIn = (shelf: Shelf) => (shelf.peek(grams).sources.get(chosen) ?? 0) / grams
      habit.note(shareIn(firstIn), shareIn(lastIn), shareIn(mixed))
    }
    for (const shelf of shelves) shelf.take(grams, chosen)
  }

  function goodsIn(pileId: string, { grams, origin }: InStep): Goods {
    if (origin.kind === "upstream") return partOf(left.get(globalKey(origin.ref))?.goods, grams)
    if (origin.kind === "return") return partOf(left.get(`${pileId}/${origin.key}`)?.goods, grams)
    const expected = origin.kind === "carried" ? origin.expected : undefined
    if (expected !== undefined && "sources" in expected) {
      return partOf({ grams: expected.grams, sources: new Map(expected.sources) }, grams)
    }
    if (groupOf === eachSourceAlone) return middleOf(origin.sources, grams)
    return middleOf(groupedSources(declaredSources(origin.sources, grams), grams, groupOf), grams)
  }
}

function asCarried({ grams, sources }: Goods): ExpectedGoods {
  return { rules: EXPECTED_RULES, grams, sources: [...sources] }
}

function keyOf(pileId: string, step: Step): string[] {
  return step.kind === "out" ? [`${pileId}/${step.key}`] : []
}

function upstreamOf(step: Step): string | undefined {
  return step.kind === "in" && step.origin.kind === "upstream" ? globalKey(step.origin.ref) : undefined
}

function globalKey(ref: OutflowRef): string {
  return `${ref.pileId}/${outflowKey(ref)}`
}

/** The same mix, of this weight; what nothing is known of is unknown. */
function partOf(goods: Goods | undefined, grams: number): Goods {
  if (goods === undefined || goods.grams === 0) return { grams, sources: new Map([[UNKNOWN_SOURCE, grams]]) }
  const covered = Math.min(grams, goods.grams)
  const sources = new Map([...goods.sources].map(([sourceId, own]) => [sourceId, (own * covered) / goods.grams]))
  if (covered < grams) sources.set(UNKNOWN_SOURCE, (sources.get(UNKNOWN_SOURCE) ?? 0) + grams - covered)
  return { grams, sources }
}

/** Where only ranges are said: what their middles do not fill is unknown, and beyond the weight all give alike. */
function middleOf(said: readonly SourceGrams[], grams: number): Goods {
  const sources = new Map(said.map((one) => [one.sourceId, (one.lowGrams + one.highGrams) / 2]))
  const known = [...sources.values()].reduce((sum, own) => sum + own, 0)
  if (known >= grams) return { grams, sources: new Map([...sources].map(([id, own]) => [id, (own * grams) / known])) }
  return { grams, sources: sources.set(UNKNOWN_SOURCE, (sources.get(UNKNOWN_SOURCE) ?? 0) + grams - known) }
}

/**
 * The guess as whole grams that add up to the outflow, every source at least what it must and at most what it may. What
 * the ranges take away from one source goes to the others by the room that they have.
 */
export function insideRange(
  guess: ReadonlyMap<string, number>,
  { grams, sources }: Pick<OutflowRange, "grams" | "sources">,
) {
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
