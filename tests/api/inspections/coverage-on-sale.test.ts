// How much of a bag is covered, said before it is paid for.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { coverageOfBag, type LotChecks } from "@suyuan/api/inspections/coverage"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { describeSale } from "@suyuan/api/sales/describe-sale"
import { readSale } from "@suyuan/api/sales/read-sale"
import { limitsOfLots } from "@suyuan/api/trace/describe-origin"
import { resolveOrigins, resolveSet } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import fc from "fast-check"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { harvestBody, nextMoment, openTrade, secondsOf, type Trade } from "../../support/goods"
import { cabbage, gramsOf } from "../../support/selling"

setDefaultTimeout(60_000)

const checksOf = (isTested: boolean): LotChecks => ({ isTested, hasFailed: false, certified: "none" })

test("[CV-4] never says more of a bag than the books do once it is sold", () => {
  const step = fc.record({ out: fc.boolean(), grams: fc.integer({ min: 1, max: 500 }), lot: fc.nat({ max: 4 }) })
  const steps = fc.array(step, { minLength: 1, maxLength: 14 })
  const flags = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(steps, flags, fc.integer({ min: 1, max: 500 }), (given, tested, bagGrams) => {
      const events = given.map(({ out, grams, lot }, i): PileEvent => {
        const at = { recordId: `r${i}`, effectiveAtMs: (i + 1) * 60_000, grams }
        const sources = [{ sourceId: `l${lot}`, lowGrams: grams, highGrams: grams }]
        return out ? { kind: "out", ...at } : { kind: "in", ...at, sources }
      })
      const checks = new Map(tested.map((isTested, i) => [`l${i}`, checksOf(isTested)]))
      const options = { ...limitsOfLots(new Map()), clockErrorMs: 1000 }
      const now = resolveOrigins([{ pileId: "p", events }], options)
      const bag: PileEvent = { kind: "out", recordId: "bag", effectiveAtMs: 10_000_000, grams: bagGrams }
      const isIn = (id: string) => checks.get(id)?.isTested === true
      const sold = resolveSet([{ pileId: "p", events: [...events, bag] }], isIn, options)
      const pile = now.ok ? now.value.piles.get("p") : undefined
      const range = sold.ok ? sold.value.get("p")?.get("bag#0") : undefined
      if (!pile || !range) throw new Error("the pile is not resolved")
      const said = coverageOfBag(pile, bagGrams, checks)?.tested
      expect(said === undefined).toBe(bagGrams > pile.stockGrams)
      if (said === undefined) return
      expect(said.mustGrams).toBeLessThanOrEqual(range.mustGrams)
      expect(said.mayGrams).toBeGreaterThanOrEqual(range.mayGrams)
    }),
    { numRuns: 300 },
  )
})

test("of a bag of unknown weight only all or nothing is certain; beyond the book nothing is", () => {
  const checks = new Map([["a", checksOf(true)]])
  const unknown = { sourceId: "unknown", mustGrams: 100, mayGrams: 100 }
  const all = { stockGrams: 1000, live: [{ sourceId: "a", mustGrams: 1000, mayGrams: 1000 }] }
  const some = { ...all, live: [...all.live.map((one) => ({ ...one, mustGrams: 900, mayGrams: 900 })), unknown] }
  expect(coverageOfBag(all, undefined, checks)?.tested).toEqual({ mustGrams: 1, mayGrams: 1 })
  expect(coverageOfBag(some, undefined, checks)?.tested).toEqual({ mustGrams: 0, mayGrams: 1 })
  expect(coverageOfBag(all, 1500, checks)).toBeUndefined()
  expect(coverageOfBag({ stockGrams: 0, live: [] }, undefined, checks)).toBeUndefined()
})

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

test("a scan says how much of this bag was tested, and asks the database no more than before once that is known", async () => {
  const { ctx, clock } = gateway
  const seller = trade.baseA
  const harvest = async (grams: number) => {
    nextMoment(clock)
    await seller.deliver(await seller.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), grams)))
  }
  await harvest(6000)
  nextMoment(clock)
  const at = secondsOf(ctx)
  await seller.deliver(
    await seller.envelope("inspection", {
      ...{ commodity: cabbage, lot: undefined, sampleNumber: "1", sampledAtSeconds: at, testedAtSeconds: at },
      ...{ method: "胶体金", standard: "GB/T 5009.199", limitPermille: 500, inhibitionPermille: 120 },
      ...{ conclusion: "passed", instrument: "快检仪", testerRole: "market inspector" },
    }),
  )
  await findSources(ctx)
  await harvest(4000)
  nextMoment(clock)
  const code = await seller.code(1, [gramsOf(1, 5000)])
  const counted = countStatements(ctx)
  const describe = async (from = ctx) => {
    const scanned = await readSale(from, from.db, code)
    if (!scanned.ok) throw new Error(scanned.error)
    return describeSale(from, from.db, scanned.value)
  }
  const [line] = (await describe()).lines ?? []
  // 4 of the 10 kg came after the sample: at least 1 of these 5 kg is of those that were there.
  expect(line?.coverage?.tested).toEqual({ mustPercent: 20, mayPercent: 100 })
  expect(line?.coverage?.certified).toEqual({ mustPercent: 0, mayPercent: 0 })
  expect(line?.pile?.inspections).toHaveLength(1)

  await counted.statementsOf(describe)
  const warm = await counted.statementsOf(describe)
  clock.advance(20_000)
  expect(await counted.statementsOf(describe)).toBeGreaterThan(warm)
  expect(await counted.statementsOf(describe)).toBe(warm)
  await counted.end()
})
