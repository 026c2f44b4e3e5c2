/** Where a lot went: nothing that really held some is left out, and the parts of a run follow from the run. */
import { describe, expect, test } from "bun:test"
import { expectedOfSteps } from "@suyuan/protocol/trace/expected-shares"
import { historySteps, resolveSet } from "@suyuan/protocol/trace/origin-range"
import { reachedHistories } from "@suyuan/protocol/trace/recall-reach"
import { inflowKey, recallScope } from "@suyuan/protocol/trace/recall-scope"
import { Dice } from "./dice"
import { Market } from "./item-simulation"

const noInflows: ReadonlySet<string> = new Set()

function scopeOf(...[histories, sources, options]: Parameters<typeof recallScope>) {
  const scope = recallScope(histories, sources, options)
  if (!scope.ok) throw new Error(scope.error.kind)
  return new Map(scope.value.map((pile) => [pile.pileId, pile]))
}

const total = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((sum, item) => sum + of(item), 0)

describe("the scope of a recall", () => {
  test("[RC-2] misses no bag that held some of the lot, in any habit, and no stock", () => {
    let [held, flagged] = [0, 0]
    for (let seed = 1; seed <= 12; seed += 1) {
      const dice = new Dice(seed)
      const market = new Market(dice, seed % 3 === 0 ? { boxes: true } : seed % 3 === 1 ? { silentLosses: true } : {})
      market.play(4)
      const lots = [...market.lotGrams.keys()]
      const recalled = new Set([dice.one(lots), dice.one(lots)])
      const scope = scopeOf(market.histories, { lots: recalled, inflows: noInflows }, { lotGrams: market.lotGrams })
      for (const bag of market.bags) {
        const truth = total([...recalled], (lot) => bag.gramsOf.get(lot) ?? 0)
        const range = scope.get(bag.pileId)?.outflows.get(bag.key)
        if (range) flagged += 1
        if (truth > 0) held += 1
        expect({ seed, key: bag.key, within: truth <= (range?.mayGrams ?? 0) }).toMatchObject({ within: true })
        expect(truth).toBeGreaterThanOrEqual(range?.mustGrams ?? 0)
      }
      for (const { pileId, gramsOf } of market.stocks) {
        const truth = total([...recalled], (lot) => gramsOf.get(lot) ?? 0)
        expect(truth).toBeLessThanOrEqual(scope.get(pileId)?.stock.mayGrams ?? 0)
      }
    }
    expect(held).toBeGreaterThan(200)
    expect(flagged).toBeGreaterThanOrEqual(held)
  })

  test("[RC-3] has the ranges of the set, and those alone", () => {
    const market = new Market(new Dice(7), {})
    market.play(3)
    const lots = new Set([...market.lotGrams.keys()].slice(0, 2))
    const scope = scopeOf(market.histories, { lots, inflows: noInflows })
    const ranges = resolveSet(market.histories, (id) => lots.has(id))
    if (!ranges.ok) throw new Error(ranges.error.kind)
    for (const [pileId, outflows] of ranges.value) {
      for (const [key, range] of outflows) {
        const found = scope.get(pileId)?.outflows.get(key)
        expect(found?.mayGrams ?? 0).toBe(range.mayGrams)
        if (found) expect(found.mustGrams).toBe(range.mustGrams)
      }
    }
  })

  test("[RC-2, RC-3] ranges only what the set can have come to, and that as if all were ranged", () => {
    let [given, left] = [0, 0]
    for (let seed = 1; seed <= 10; seed += 1) {
      const dice = new Dice(seed)
      const market = new Market(dice, {})
      market.play(4)
      // Everybody is sold out on the second evening, most also on others.
      const times = market.histories.flatMap(({ events }) => events.map(({ effectiveAtMs }) => effectiveAtMs))
      const [first, last] = [Math.min(...times), Math.max(...times)]
      const histories = market.histories.map(({ pileId, events }) => {
        const counts = [0.25, 0.5, 0.75].flatMap((part) => {
          if (part !== 0.5 && dice.happens(0.4)) return []
          const effectiveAtMs = Math.round(first + part * (last - first))
          return [{ kind: "count", recordId: `sold out ${part}`, effectiveAtMs, grams: 0 } as const]
        })
        return { pileId, events: [...events, ...counts] }
      })
      const lots = new Set([dice.one([...market.lotGrams.keys()])])
      const isSource = (_pileId: string, { sources = [] }: { sources?: readonly { sourceId: string }[] }) =>
        sources.some(({ sourceId }) => lots.has(sourceId))
      for (const { events } of histories) given += events.length
      for (const { events } of reachedHistories(histories, isSource)) left += events.length
      for (const clockErrorMs of [0, 1000]) {
        const scope = scopeOf(histories, { lots, inflows: noInflows }, { clockErrorMs })
        const ranges = resolveSet(histories, (id) => lots.has(id), { clockErrorMs })
        if (!ranges.ok) throw new Error(ranges.error.kind)
        const said = [...ranges.value].flatMap(([pileId, outflows]) =>
          [...outflows].flatMap(([key, { mayGrams, mustGrams }]) =>
            mayGrams === 0 ? [] : [{ pileId, key, mayGrams, mustGrams }],
          ),
        )
        const found = said.map(({ pileId, key }) => {
          const range = scope.get(pileId)?.outflows.get(key)
          return { pileId, key, mayGrams: range?.mayGrams, mustGrams: range?.mustGrams }
        })
        expect(found).toEqual(said)
        expect(total([...scope.values()], ({ outflows }) => outflows.size)).toBe(said.length)
      }
    }
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(0.9 * given)
  })

  test("[RC-4] expects a share inside each range, and no more than there was of it", () => {
    const market = new Market(new Dice(11), {})
    market.play(3)
    const [lot] = [...market.lotGrams.keys()]
    if (lot === undefined) throw new Error("no lot")
    const scope = scopeOf(market.histories, { lots: new Set([lot]), inflows: noInflows })
    for (const { outflows, stock } of scope.values()) {
      for (const { mustGrams, mayGrams, expectedGrams } of [...outflows.values(), stock]) {
        expect(expectedGrams).toBeGreaterThanOrEqual(mustGrams)
        expect(expectedGrams).toBeLessThanOrEqual(mayGrams)
      }
    }
  })

  test("[RC-4, RG-26] expects of one lot what a trace expects of it by mixing, chosen lots or not", () => {
    let [compared, others] = [0, 0]
    for (let seed = 1; seed <= 8; seed += 1) {
      const market = new Market(new Dice(seed), { chosenLots: seed % 2 === 0 })
      market.play(3)
      const walk = expectedOfSteps(historySteps(market.histories), { isStirred: true })
      for (const lot of [...market.lotGrams.keys()].slice(0, 6)) {
        for (const [pileId, { outflows }] of scopeOf(market.histories, { lots: new Set([lot]), inflows: noInflows })) {
          for (const [key, { mustGrams, mayGrams, expectedGrams }] of outflows) {
            const guess = new Map(walk.goodsOf(pileId, key)?.sources).get(lot) ?? 0
            const inRange = Math.min(mayGrams, Math.max(mustGrams, guess))
            const isSame = Math.abs(expectedGrams - inRange) < 0.51
            // Of a choice beyond what the book had of that lot the rest is mixed there, and here it is of the rest.
            if (seed % 2 === 0) others += isSame ? 0 : 1
            else expect(isSame).toBe(true)
            compared += 1
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(300)
    expect(others).toBeLessThan(compared / 50)
  })

  test("[RC-1] goods of unknown origin can be recalled by how they came in", () => {
    const at = (seconds: number) => ({ effectiveAtMs: seconds * 1000 })
    const histories = [
      {
        pileId: "w",
        events: [
          { kind: "in", recordId: "a", grams: 100, ...at(1) },
          { kind: "in", recordId: "b", grams: 100, ...at(2) },
          { kind: "out", recordId: "s", grams: 150, ...at(3) },
        ],
      },
      {
        pileId: "m",
        events: [
          { kind: "in", recordId: "s", grams: 150, upstream: { pileId: "w", recordId: "s" }, ...at(4) },
          { kind: "out", recordId: "t", grams: 120, ...at(5) },
        ],
      },
    ] as const
    const scope = scopeOf(histories, { lots: new Set(), inflows: new Set([inflowKey("w", { recordId: "b" })]) })
    expect(scope.get("w")?.outflows.get("s#0")).toMatchObject({ mustGrams: 50, mayGrams: 100 })
    expect(scope.get("m")?.outflows.get("t#0")).toMatchObject({ mustGrams: 20, mayGrams: 100, expectedGrams: 60 })
    expect(scope.get("m")?.stock).toMatchObject({ grams: 30, mustGrams: 0, mayGrams: 30 })
  })

  test("[RC-6] of outflows with nothing between them each follows from their sum", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const dice = new Dice(seed)
      const [lotGrams, otherGrams] = [dice.between(1, 60), dice.between(0, 60)]
      const bags = Array.from({ length: dice.between(1, 8) }, () => dice.between(1, 12))
      const sum = total(bags, (grams) => grams)
      const goods = (recordId: string, grams: number, sourceId?: string) => ({
        ...{ kind: "in" as const, recordId, effectiveAtMs: 0, grams },
        ...(sourceId && { sources: [{ sourceId, lowGrams: grams, highGrams: grams }] }),
      })
      const before = [goods("l", lotGrams, "lot"), ...(otherGrams > 0 ? [goods("o", otherGrams)] : [])]
      const out = (grams: number, i: number) => ({
        ...{ kind: "out" as const, recordId: `s${i}`, effectiveAtMs: 1000 + i, grams },
      })
      const sources = { lots: new Set(["lot"]), inflows: noInflows }
      const single = scopeOf([{ pileId: "p", events: [...before, ...bags.map(out)] }], sources).get("p")
      const run = scopeOf([{ pileId: "p", events: [...before, out(sum, 9)] }], sources)
        .get("p")
        ?.outflows.get("s9#0")
      if (!run) throw new Error("the run holds some")
      for (const [i, grams] of bags.entries()) {
        expect(single?.outflows.get(`s${i}#0`)).toMatchObject({
          mayGrams: Math.min(run.mayGrams, grams),
          mustGrams: Math.max(0, run.mustGrams - (sum - grams)),
        })
      }
    }
  })
})
