/**
 * How much of a set is expected in each outflow if every pile were stirred before each sale (RC-4). A second, weaker
 * line beside the ranges: it ranks, and never narrows. Shares are allowed here because nothing is claimed.
 */
import type { PileHistory } from "./origin-range"
import { type OutflowRef, outflowKey } from "./pile-event"
import { type InStep, pileSteps, type Step } from "./pile-steps"

export interface ExpectedGrams {
  readonly outflowGrams: (pileId: string, key: string) => number
  readonly stockGrams: (pileId: string) => number
}

interface Left {
  readonly grams: number
  readonly setGrams: number
}

interface Pile {
  readonly pileId: string
  readonly steps: readonly Step[]
  next: number
  grams: number
  setGrams: number
}

/** Piles are walked as far as they go; what waits for itself in a circle counts as holding none, and the range clamps it. */
export function expectedGrams(
  histories: readonly PileHistory[],
  includes: (sourceId: string) => boolean,
): ExpectedGrams {
  const piles = histories.map(({ pileId, events }): Pile => {
    return { pileId, steps: pileSteps(events).steps, next: 0, grams: 0, setGrams: 0 }
  })
  const outflows = new Set(
    piles.flatMap(({ pileId, steps }) =>
      steps.flatMap((step) => (step.kind === "out" ? [`${pileId}/${step.key}`] : [])),
    ),
  )
  const left = new Map<string, Left>()
  const waiting = new Map<string, Pile[]>()
  const ready = [...piles]
  for (let pile = ready.pop(); pile !== undefined; pile = ready.pop()) advance(pile)
  for (const pile of piles) finish(pile)
  const stocks = new Map(piles.map(({ pileId, setGrams }) => [pileId, setGrams]))
  return {
    outflowGrams: (pileId, key) => left.get(`${pileId}/${key}`)?.setGrams ?? 0,
    stockGrams: (pileId) => stocks.get(pileId) ?? 0,
  }

  function advance(pile: Pile): void {
    for (; pile.next < pile.steps.length; pile.next += 1) {
      const step = pile.steps[pile.next]!
      const upstream = step.kind === "in" && step.origin.kind === "upstream" ? step.origin.ref : undefined
      if (upstream && !left.has(globalKey(upstream)) && outflows.has(globalKey(upstream))) {
        const others = waiting.get(globalKey(upstream)) ?? []
        others.push(pile)
        waiting.set(globalKey(upstream), others)
        return
      }
      take(pile, step)
    }
  }

  function finish(pile: Pile): void {
    for (; pile.next < pile.steps.length; pile.next += 1) take(pile, pile.steps[pile.next]!)
  }

  function take(pile: Pile, step: Step): void {
    if (step.kind === "in") {
      pile.grams += step.grams
      pile.setGrams += setGramsOf(pile.pileId, step)
    } else if (step.kind === "out") {
      const setGrams = pile.grams === 0 ? 0 : (pile.setGrams * Math.min(step.grams, pile.grams)) / pile.grams
      const key = `${pile.pileId}/${step.key}`
      left.set(key, { grams: step.grams, setGrams })
      ready.push(...(waiting.get(key) ?? []))
      waiting.delete(key)
      pile.setGrams -= setGrams
      pile.grams = Math.max(0, pile.grams - step.grams)
    } else if (step.kind === "count") {
      if (pile.grams > 0) pile.setGrams *= Math.min(1, step.grams / pile.grams)
      pile.grams = step.grams
    }
  }

  function setGramsOf(pileId: string, { grams, origin }: InStep): number {
    if (origin.kind === "upstream") return partOf(left.get(globalKey(origin.ref)), grams)
    if (origin.kind === "return") return partOf(left.get(`${pileId}/${origin.key}`), grams)
    return origin.sources.reduce(
      (sum, { sourceId, lowGrams, highGrams }) => sum + (includes(sourceId) ? (lowGrams + highGrams) / 2 : 0),
      0,
    )
  }
}

function globalKey(ref: OutflowRef): string {
  return `${ref.pileId}/${outflowKey(ref)}`
}

function partOf(outflow: Left | undefined, grams: number): number {
  if (outflow === undefined || outflow.grams === 0) return 0
  return outflow.setGrams * Math.min(1, grams / outflow.grams)
}
