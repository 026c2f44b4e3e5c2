/** The source that was really in the bags that made people ill comes first, among all that may have been in them. */
import { expect, test } from "bun:test"
import { rankSuspects, type Suspect } from "@suyuan/protocol/trace/outbreak"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { recallScope } from "@suyuan/protocol/trace/recall-scope"
import { Dice } from "./dice"
import { Market } from "./item-simulation"

const suspect = (id: string, baseShare: number, ...expectedGrams: number[]): Suspect<string> => ({
  id,
  baseShare,
  shares: expectedGrams.map((expected, i) => ({
    ...{ recordId: `r${i}`, grams: 100, mustGrams: 0, mayGrams: expected > 0 ? 100 : 0, expectedGrams: expected },
  })),
})

test("[RC-16] a source that is in every sale beats one that is in all goods anyway", () => {
  const ranked = rankSuspects([suspect("common", 0.6, 60, 60, 60), suspect("rare", 0.05, 30, 30, 30)])
  expect(ranked.map(({ id }) => id)).toEqual(["rare", "common"])
  expect(Math.abs(ranked[1]?.score ?? 1)).toBeLessThan(1e-9)
})

test("[RC-17] a sale that can have none of it counts against a source and does not rule it out", () => {
  const [all, most, none] = rankSuspects([
    suspect("none", 0.1, 0, 0, 0),
    suspect("most", 0.1, 50, 50, 0),
    suspect("all", 0.1, 50, 50, 50),
  ])
  expect([all?.id, most?.id, none?.id]).toEqual(["all", "most", "none"])
  expect(most).toMatchObject({ possibleSales: 2, certainSales: 0 })
  expect(most?.score ?? 0).toBeGreaterThan(0)
  expect(none?.score ?? 0).toBeLessThan(0)
})

test("[RC-18] of a simulated market the true lot is among the first, over all ways that it came", () => {
  let [asked, first] = [0, 0]
  for (let seed = 1; seed <= 20; seed += 1) {
    const dice = new Dice(seed)
    const market = new Market(dice, {})
    market.play(3)
    const lots = [...market.lotGrams.keys()]
    const culprit = dice.one(lots)
    const ill = market.bags
      .filter(({ pileId, gramsOf }) => pileId.startsWith("s") && (gramsOf.get(culprit) ?? 0) > 0)
      .slice(0, 8)
    if (ill.length < 4) continue
    const allGrams = [...market.lotGrams.values()].reduce((sum, grams) => sum + grams, 0)
    const suspects = lots.map((lot): Suspect<string> => {
      const scope = recallScope(market.histories, { lots: new Set([lot]), inflows: new Set() })
      if (!scope.ok) throw new Error(scope.error.kind)
      const ranges = new Map(
        scope.value.flatMap(({ pileId, outflows }) => [...outflows].map(([key, range]) => [`${pileId}/${key}`, range])),
      )
      const shares = ill.map(({ pileId, key, gramsOf }) => {
        const grams = [...gramsOf.values()].reduce((sum, own) => sum + own, 0)
        const { mustGrams = 0, mayGrams = 0, expectedGrams = 0 } = ranges.get(`${pileId}/${key}`) ?? {}
        return { recordId: outflowKey({ recordId: key }), grams, mustGrams, mayGrams, expectedGrams }
      })
      return { id: lot, baseShare: (market.lotGrams.get(lot) ?? 0) / allGrams, shares }
    })
    asked += 1
    const ranked = rankSuspects(suspects).map(({ id }) => id)
    if (ranked.indexOf(culprit) < 3) first += 1
    expect(ranked.indexOf(culprit)).toBeLessThan(lots.length)
  }
  expect(asked).toBeGreaterThan(8)
  expect(first / asked).toBeGreaterThan(0.7)
})
