/** A plain pile's events as steps of one walk (RG-2, RG-6), as numbers: what `pileSteps` gives of the same events. */
import type { PileEvent } from "./pile-event"

/** A step is the index of its event, and above it in the lowest bits what happens. */
export const STEP = { bits: 3, mask: 7, in: 0, out: 1, leave: 2, count: 3, unknown: 4 } as const

export interface Steps {
  /** In the order in which they count. */
  readonly events: readonly PileEvent[]
  readonly codes: readonly number[]
  /** Of shortfalls and surpluses, which are unknown goods from the start of their segment: by the index of their step. */
  readonly unknownGrams: readonly number[]
}

const RANK = { in: 0, out: 1, count: 2, void: 3 } as const

/** As events of a pile count (RG-2). */
export function inOrder(a: PileEvent, b: PileEvent): number {
  if (a.effectiveAtMs !== b.effectiveAtMs) return a.effectiveAtMs - b.effectiveAtMs
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind]
  if (a.recordId !== b.recordId) return a.recordId < b.recordId ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}

function isSame(a: PileEvent | undefined, b: PileEvent): boolean {
  return a !== undefined && a.kind === b.kind && a.recordId === b.recordId && (a.line ?? 0) === (b.line ?? 0)
}

/**
 * @param openMs how near the times of two events are whose order clocks leave open.
 * Undefined where an event came twice.
 */
export function stepsOf(unordered: readonly PileEvent[], openMs: number): Steps | undefined {
  const events = [...unordered].sort(inOrder)
  const steps: Steps & { readonly codes: number[]; readonly unknownGrams: number[] } = {
    ...{ events, codes: [], unknownGrams: [] },
  }
  const [ins, outs]: [number[], number[]] = [[], []]
  let countedGrams = 0
  for (const [index, event] of events.entries()) {
    if (isSame(events[index - 1], event)) return undefined
    if (event.kind === "in") ins.push(index)
    else if (event.kind === "out") outs.push(index)
    else if (event.kind === "count") {
      segment(steps, ins, outs, { openMs, countedGrams, endGrams: event.grams })
      steps.codes.push((index << STEP.bits) | STEP.count)
      countedGrams = event.grams
      ins.length = 0
      outs.length = 0
    }
  }
  segment(steps, ins, outs, { openMs, countedGrams, endGrams: undefined })
  return steps
}

/**
 * Between two stock-takes. An inflow counts from its earliest time; an outflow is read at its time, and leaves at its latest.
 * Each of the three is in order by itself.
 */
function segment(
  { events, codes, unknownGrams }: Steps & { readonly codes: number[]; readonly unknownGrams: number[] },
  ins: readonly number[],
  outs: readonly number[],
  { openMs, countedGrams, endGrams }: { openMs: number; countedGrams: number; endGrams: number | undefined },
): void {
  const begins = codes.length
  // Its place, where something turns out to have been there.
  codes.push(0)
  let [bookGrams, lowestGrams] = [countedGrams, 0]
  let [nextIn, nextOut, nextLeave] = [0, 0, 0]
  const timeOf = (list: readonly number[], at: number, aheadMs: number) =>
    at < list.length ? events[list[at]!]!.effectiveAtMs + aheadMs : Number.POSITIVE_INFINITY
  const readMs = (at: number) => (at < outs.length ? readAtMs(events[outs[at]!]!) : Number.POSITIVE_INFINITY)
  let [inMs, outMs, leaveMs] = [timeOf(ins, 0, -openMs), readMs(0), timeOf(outs, 0, openMs)]
  while (nextIn < ins.length || nextLeave < outs.length) {
    if (inMs <= outMs && inMs <= leaveMs) {
      const index = ins[nextIn]!
      codes.push((index << STEP.bits) | STEP.in)
      bookGrams += gramsOf(events[index]!)
      nextIn += 1
      inMs = timeOf(ins, nextIn, -openMs)
    } else if (outMs <= leaveMs) {
      codes.push((outs[nextOut]! << STEP.bits) | STEP.out)
      nextOut += 1
      outMs = readMs(nextOut)
    } else {
      const index = outs[nextLeave]!
      codes.push((index << STEP.bits) | STEP.leave)
      bookGrams -= lowGramsOf(events[index]!)
      if (bookGrams < lowestGrams) lowestGrams = bookGrams
      nextLeave += 1
      leaveMs = timeOf(outs, nextLeave, openMs)
    }
  }
  const expectedGrams = bookGrams - lowestGrams
  const unknown = Math.max(0, (endGrams ?? expectedGrams) - expectedGrams) - lowestGrams
  if (unknown > 0) {
    codes[begins] = (unknownGrams.length << STEP.bits) | STEP.unknown
    unknownGrams.push(unknown)
  } else codes.splice(begins, 1)
}

function readAtMs(event: PileEvent): number {
  return (event.kind === "out" ? event.fromMs : undefined) ?? event.effectiveAtMs
}

function gramsOf(event: PileEvent): number {
  return event.kind === "void" ? 0 : event.grams
}

function lowGramsOf(event: PileEvent): number {
  return event.kind === "out" ? (event.lowGrams ?? event.grams) : 0
}
