import { expect, test } from "bun:test"
import { expectedWalk } from "@suyuan/protocol/trace/expected-shares"
import { runPile } from "@suyuan/protocol/trace/pile"
import type { PileEvent, SourceGrams } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "./dice"

const clockErrorMs = 1000
/** So near an earlier outflow an inflow may have come first (RG-2): nothing can be carried across it. */
const openMs = 4 * clockErrorMs

/** A pile's day in order of time: harvests, goods with ranges, unknown goods, boxes, counts, sales up to beyond the book. */
function randomDay(dice: Dice): PileEvent[] {
  const events: PileEvent[] = []
  let timeMs = 1_000_000
  for (let index = 0; index < 30; index += 1) {
    timeMs += dice.one([1, 900, 2500, 4001, 60_000])
    const at = { recordId: `record ${String(index).padStart(2, "0")}`, line: 0, effectiveAtMs: timeMs }
    const grams = dice.between(1, 5000)
    const lowGrams = dice.happens(0.2) ? dice.between(0, grams) : grams
    if (dice.happens(0.05)) events.push({ kind: "count", ...at, grams: dice.between(0, 6000) })
    else if (dice.happens(0.6))
      events.push({
        kind: "out",
        ...at,
        grams: Math.ceil(grams / 2),
        lowGrams: Math.min(lowGrams, Math.ceil(grams / 2)),
        ...(dice.happens(0.15) && { chosen: dice.one(["a", "b", "c", "d"]) }),
      })
    else
      events.push({
        kind: "in",
        ...at,
        grams,
        lowGrams,
        ...(dice.happens(0.8) ? { sources: randomSources(dice, lowGrams) } : {}),
      })
  }
  return events
}

function randomSources(dice: Dice, grams: number): SourceGrams[] {
  const first = dice.between(0, grams)
  const second = dice.between(0, grams - first)
  return [
    { sourceId: dice.one(["a", "b"]), lowGrams: dice.between(0, first), highGrams: first },
    { sourceId: dice.one(["c", "d"]), lowGrams: dice.between(0, second), highGrams: second },
  ]
}

test("[RG-22] a walk that begins with what an earlier one found goes on as if it had walked from the start", () => {
  let [carried, fellShort] = [0, 0]
  for (let seed = 1; seed <= 3000; seed += 1) {
    const dice = new Dice(seed)
    const events = randomDay(dice)
    const cut = dice.between(1, events.length - 1)
    const [before, after] = [events.slice(0, cut), events.slice(cut)]
    const lastMs = before.at(-1)?.effectiveAtMs ?? 0
    if (after.some(({ kind, effectiveAtMs }) => kind === "in" && effectiveAtMs <= lastMs + openMs)) continue
    // A surplus would revise what was carried.
    if (after.some(({ kind }) => kind === "count")) continue
    const overAfterMs = dice.between(0, 2_000_000)
    const expiresAtMs = new Map(
      dice.happens(0.5) ? ["a", "c"].map((one) => [one, 1_000_000 + overAfterMs] as const) : [],
    )
    const nowMs = (events.at(-1)?.effectiveAtMs ?? 0) + dice.between(0, 1_000_000)
    const options = { clockErrorMs, expiresAtMs, nowMs }
    const { carry, shortfallGrams } = runPile(before, options)
    const { sources, ...weight } = carry
    const opening: PileEvent = {
      kind: "in",
      recordId: "carry",
      effectiveAtMs: lastMs - openMs,
      ...weight,
      carried: sources,
    }
    const whole = runPile(events, options)
    const resumed = runPile([opening, ...after], options)
    expect({ seed, stock: resumed.stockGrams, live: resumed.live }).toEqual({
      seed,
      stock: whole.stockGrams,
      live: whole.live,
    })
    carried += 1
    if (whole.shortfallGrams !== shortfallGrams) {
      fellShort += 1
      continue
    }
    for (const { kind, recordId, effectiveAtMs } of after) {
      // So soon after the last outflow that its goods may still have been there.
      if (kind !== "out" || effectiveAtMs <= lastMs + openMs / 2) continue
      const key = `${recordId}#0`
      expect({ seed, ...resumed.outflows.get(key), segmentStartMs: 0 }).toEqual({
        ...{ seed, ...whole.outflows.get(key), segmentStartMs: 0 },
      })
    }
  }
  expect(carried).toBeGreaterThan(1000)
  expect(fellShort).toBeGreaterThan(100)
})

function expectedOf(events: readonly PileEvent[]) {
  return expectedWalk([{ pileId: "p", events }], { clockErrorMs })
}

test("[RG-22, RG-26] and expects what it would have expected, to the last bit, whether outflows come one by one or as their sum", () => {
  let [carried, taught, summed] = [0, 0, 0]
  for (let seed = 1; seed <= 500; seed += 1) {
    const dice = new Dice(seed)
    const events = randomDay(dice)
    const cut = dice.between(1, events.length - 1)
    const [before, after] = [events.slice(0, cut), events.slice(cut)]
    const lastMs = before.at(-1)?.effectiveAtMs ?? 0
    if (after.some(({ kind, effectiveAtMs }) => kind === "in" && effectiveAtMs <= lastMs + openMs)) continue
    if (after.some(({ kind }) => kind === "count")) continue
    const { carry, shortfallGrams } = runPile(before, { clockErrorMs })
    const whole = runPile(events, { clockErrorMs })
    if (whole.shortfallGrams !== shortfallGrams) continue
    const { sources, ...weight } = carry
    const opening: PileEvent = {
      ...{ kind: "in", recordId: "carry", effectiveAtMs: lastMs - openMs, ...weight, carried: sources },
      // As it is remembered.
      expected: JSON.parse(JSON.stringify(expectedOf(before).carryOf("p"))),
    }
    const { rest, isSummed } = sumOfLast(after)
    const [expected, resumed, ofSum] = [events, [opening, ...after], [opening, ...rest]].map(expectedOf)
    const wanted = expected!.carryOf("p")
    expect({ seed, carry: resumed!.carryOf("p") }).toEqual({ seed, carry: wanted })
    expect({ seed, carry: ofSum!.carryOf("p") }).toEqual({ seed, carry: wanted })
    carried += 1
    taught += (wanted?.habit.observations ?? 0) > 0 ? 1 : 0
    summed += isSummed ? 1 : 0
    for (const { kind, recordId, effectiveAtMs } of after) {
      if (kind !== "out" || effectiveAtMs <= lastMs + openMs / 2) continue
      const key = `${recordId}#0`
      const range = whole.outflows.get(key)!
      const shares = expected!.sharesOf("p", key, range)
      expect({ seed, shares: resumed!.sharesOf("p", key, range) }).toEqual({ seed, shares })
      expect(resumed!.goodsOf("p", key)).toEqual(expected!.goodsOf("p", key)!)
    }
  }
  expect(carried).toBeGreaterThan(80)
  expect(taught).toBeGreaterThan(40)
  expect(summed).toBeGreaterThan(20)
})

/** The two last outflows as one, where nothing is between them and nobody chose a lot. */
function sumOfLast(events: readonly PileEvent[]) {
  const [last, other] = [events.at(-1), events.at(-2)]
  if (last?.kind !== "out" || other?.kind !== "out" || last.chosen || other.chosen)
    return { rest: events, isSummed: false }
  const low = ({ grams, lowGrams = grams }: typeof last) => lowGrams
  const both = { ...last, grams: last.grams + other.grams, lowGrams: low(last) + low(other) }
  return { rest: [...events.slice(0, -2), both], isSummed: true }
}
