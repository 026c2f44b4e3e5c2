import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { addCoverage, coverageOf, type LotChecks, percentsOf } from "@suyuan/api/inspections/coverage"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { readDayCoverage } from "@suyuan/api/inspections/read-day-coverage"
import { businessDayOf } from "@suyuan/api/trace/business-day"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { rememberPurchases } from "@suyuan/api/trace/remember-purchases"
import { type PileHistory, resolveSet } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import { drizzle } from "drizzle-orm/postgres-js"
import fc from "fast-check"
import postgres from "postgres"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade, secondsOf, type Trade } from "../../support/goods"
import { payOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

const checksOf = (tested: boolean, certified: LotChecks["certified"], hasFailed = false): LotChecks => {
  return { isTested: tested && !hasFailed, hasFailed, certified }
}

describe("coverage, pure", () => {
  const minute = (count: number) => count * 60_000
  const lot = (id: string, atMs: number, grams: number): PileEvent => ({
    ...{ kind: "in", recordId: `harvest ${id}`, effectiveAtMs: atMs, grams },
    sources: [{ sourceId: id, lowGrams: grams, highGrams: grams }],
  })

  test("[CV-4] [CV-5] is the set's range: certain where none of its lots is", () => {
    const sold: PileEvent = { kind: "out", recordId: "sold", effectiveAtMs: minute(9), grams: 250_000 }
    const events = [lot("a", minute(1), 300_000), lot("b", minute(2), 100_000), lot("c", minute(5), 200_000), sold]
    const checks = new Map([
      ["a", checksOf(true, "none")],
      ["b", checksOf(true, "all")],
      ["c", checksOf(false, "none")],
    ])
    const coverage = coverageOf([{ pileId: "p", events }], checks, {})("p", "sold#0")
    expect(coverage).toMatchObject({
      tested: { mustGrams: 50_000, mayGrams: 250_000 },
      certified: { mustGrams: 0, mayGrams: 100_000 },
    })
    expect(coverage && percentsOf(coverage)).toMatchObject({
      tested: { mustPercent: 20, mayPercent: 100 },
      certified: { mustPercent: 0, mayPercent: 40 },
    })
  })

  test("[CV-5] a box of 3 to 5 kg may be all of 3 kg that were tested", () => {
    const box: PileEvent = { kind: "out", recordId: "sold", effectiveAtMs: minute(9), grams: 5000, lowGrams: 3000 }
    const events = [lot("a", minute(1), 3000), lot("b", minute(2), 4000), box]
    const checks = new Map([["a", checksOf(true, "none")]])
    const coverage = coverageOf([{ pileId: "p", events }], checks, {})("p", "sold#0")
    expect(coverage && percentsOf(coverage).tested).toEqual({ mustPercent: 0, mayPercent: 100 })
    expect(coverage && percentsOf(addCoverage([coverage, coverage])).tested.mayPercent).toBe(100)
  })

  test("[CV-4] of a certificate for a part of a lot nobody knows which part, and unknown goods are never covered", () => {
    const unknown: PileEvent = { kind: "in", recordId: "outside", effectiveAtMs: minute(1), grams: 100 }
    const out = (recordId: string, grams: number): PileEvent => ({
      kind: "out",
      recordId,
      effectiveAtMs: minute(9),
      grams,
    })
    const part = [{ pileId: "p", events: [lot("a", minute(1), 1000), out("sold", 900)] }]
    expect(coverageOf(part, new Map([["a", checksOf(false, "part")]]), {})("p", "sold#0")?.certified).toEqual({
      ...{ mustGrams: 0, mayGrams: 900 },
    })
    const none = coverageOf([{ pileId: "p", events: [unknown, out("sold", 100)] }], new Map(), {})("p", "sold#0")
    expect(none).toMatchObject({ grams: 100, tested: { mustGrams: 0, mayGrams: 0 } })
  })

  test("[CV-4] agrees with the pure engine's sets over random piles; must never exceeds may, nor the goods", () => {
    const history = fc
      .array(fc.record({ out: fc.boolean(), grams: fc.integer({ min: 1, max: 500 }), lot: fc.nat({ max: 4 }) }), {
        ...{ minLength: 1, maxLength: 14 },
      })
      .map((steps): PileHistory => {
        const events = steps.map((step, i): PileEvent => {
          const at = { recordId: `r${i}`, effectiveAtMs: minute(i + 1), grams: step.grams }
          if (step.out) return { kind: "out", ...at }
          return {
            kind: "in",
            ...at,
            sources: [{ sourceId: `l${step.lot}`, lowGrams: step.grams, highGrams: step.grams }],
          }
        })
        return { pileId: "p", events }
      })
    const flags = fc.array(fc.tuple(fc.boolean(), fc.constantFrom("none", "part", "all")), {
      minLength: 5,
      maxLength: 5,
    })
    fc.assert(
      fc.property(history, flags, (pile, given) => {
        const checks = new Map(given.map(([tested, paper], i) => [`l${i}`, checksOf(tested, paper as "none")]))
        const covered = coverageOf([pile], checks, {})
        const set = resolveSet([pile], (id) => checks.get(id)?.isTested === true, { clockErrorMs: 1000 })
        const keys = pile.events.flatMap((event) => (event.kind === "out" ? [`${event.recordId}#0`] : []))
        const all = keys.flatMap((key) => covered("p", key) ?? [])
        for (const [i, key] of keys.entries()) {
          const range = set.ok ? set.value.get("p")?.get(key) : undefined
          const { mustGrams, mayGrams } = range ?? { mustGrams: -1, mayGrams: -1 }
          expect(all[i]?.tested).toEqual({ mustGrams, mayGrams })
          expect(all[i]!.certified.mustGrams).toBeLessThanOrEqual(all[i]!.certified.mayGrams)
        }
        const { grams, tested } = addCoverage(all)
        return tested.mustGrams <= tested.mayGrams && tested.mayGrams <= grams
      }),
      { numRuns: 200 },
    )
  })
})

describe("coverage of what was sold", () => {
  let gateway: TestGateway
  let trade: Trade
  beforeAll(async () => {
    gateway = await testGateway()
    trade = await openTrade(gateway.ctx)
  })
  afterAll(() => gateway?.close())

  let counter = 0
  async function sell(seller: SellingTerminal, grams: number, buyer: TestBuyer): Promise<string> {
    nextMoment(gateway.clock)
    counter += 1
    const code = await seller.code(counter, [gramsOf(1, grams)])
    await seller.deliver(await seller.envelope("sale", seller.saleBody(code)))
    const { recordId } = await payOnPlatform(gateway.ctx, code, buyer)
    if (!recordId) throw new Error("the sale has no record")
    return recordId
  }
  async function harvest(base: SellingTerminal, grams: number, certified = 0): Promise<string> {
    nextMoment(gateway.clock)
    const lot = gateway.ctx.random.uuid()
    const certificate = certified === 0 ? undefined : { weightGrams: certified, promiseBasis: "自行检测合格" }
    await base.deliver(await base.envelope("harvest", { ...harvestBody(gateway.ctx, lot, grams), certificate }))
    return lot
  }
  async function sample(seller: SellingTerminal, inhibitionPermille: number, retestOf?: string): Promise<string> {
    nextMoment(gateway.clock)
    const [id, at] = [gateway.ctx.random.uuid(), secondsOf(gateway.ctx)]
    await enterInspection(gateway.ctx, operator, {
      ...{ id, merchantId: seller.merchantId },
      body: {
        ...{ sampleNumber: "KJ", commodity: cabbage, lot: undefined, sampledAtSeconds: at, testedAtSeconds: at },
        ...{ method: "酶抑制率法", standard: "NY/T 448-2001", limitPermille: 700, inhibitionPermille, retestOf },
        ...{ conclusion: inhibitionPermille < 700 ? "passed" : "failed", instrument: "NC", testerRole: "inspector" },
      },
    })
    await findSources(gateway.ctx)
    return id
  }
  const coverageOfSale = async (recordId: string) =>
    (await readTrace(gateway.ctx, gateway.ctx.db, recordId, "purchase")).lines[0]?.coverage

  test("[CV-3] [CV-4] follows lots over levels: a sample at the base, a sale at the market", async () => {
    await harvest(trade.baseA, 10_000, 10_000)
    await sample(trade.baseA, 100)
    await harvest(trade.baseB, 10_000)
    await sell(trade.baseA, 6000, trade.stallWallet)
    await sell(trade.baseB, 4000, trade.stallWallet)
    const bag = await sell(trade.stall, 7000, trade.consumer)
    // Of 10 kg 6 are tested: 7 kg hold at least 3 of them.
    const expected = { mustPercent: Math.floor(300 / 7), mayPercent: Math.ceil(600 / 7) }
    expect(await coverageOfSale(bag)).toEqual({
      ...{ tested: expected, certified: expected, failed: { mustPercent: 0, mayPercent: 0 } },
    })
    const shared = (await readTrace(gateway.ctx, gateway.ctx.db, bag, "share")).lines[0]
    expect(shared?.coverage?.tested).toEqual(expected)
  })

  test("[CV-4] a failed test is no coverage, and its passed retest is", async () => {
    const own = await openTrade(gateway.ctx)
    await harvest(own.baseA, 1000)
    const first = await sample(own.baseA, 800)
    const bag = await sell(own.baseA, 1000, own.consumer)
    expect(await coverageOfSale(bag)).toMatchObject({ tested: { mayPercent: 0 }, failed: { mustPercent: 100 } })
    await harvest(own.baseA, 1)
    await sample(own.baseA, 300, first)
    expect(await coverageOfSale(bag)).toMatchObject({ tested: { mayPercent: 0 }, failed: { mayPercent: 0 } })
  })

  test("[CV-5] of a market's day: what was sold between two inflows is ranged together, and adds up to the gram", async () => {
    const own = await openTrade(gateway.ctx)
    await harvest(own.baseA, 6000, 6000)
    await sample(own.baseA, 100)
    await harvest(own.baseB, 4000)
    await sell(own.baseA, 6000, own.stallWallet)
    await sell(own.baseB, 4000, own.stallWallet)
    for (const grams of [1000, 2000, 3000, 3500]) await sell(own.stall, grams, own.consumer)
    const site = { zone: "Asia/Shanghai", dayStartsAtMinutes: 0 }
    const day = businessDayOf(site, new Date(gateway.clock.nowMs()))
    const actor = operatorOf(own.stall.siteId)
    const asked = { siteId: own.stall.siteId, day }
    const found = await readDayCoverage(gateway.ctx, gateway.ctx.db, actor, asked)
    // 9,500 of 10,000 g were sold: at least 5,500 of the 6,000 tested ones, though of no bag alone is any certain.
    expect(found.total).toMatchObject({ grams: 9500, tested: { mustGrams: 5500, mayGrams: 6000 } })
    expect(found.commodities.map(({ code, coverage }) => [code, coverage.grams])).toEqual([[cabbage, 9500]])
    const other = await readDayCoverage(gateway.ctx, gateway.ctx.db, actor, { ...asked, commodity: 102 })
    expect(other.total.grams).toBe(0)
    for (const stranger of [operatorOf(own.baseA.siteId), operatorWithout("traces:read")]) {
      expect(await refusalOf(readDayCoverage(gateway.ctx, gateway.ctx.db, stranger, asked))).toBe("request/forbidden")
    }
    // As the jobs remember what was bought, within seconds.
    while ((await rememberPurchases(gateway.ctx)) > 0);
    const { database, roundTrips, end } = countedDatabase()
    expect((await readDayCoverage(gateway.ctx, database, actor, asked)).total).toEqual(found.total)
    expect(roundTrips()).toBe(3)
    await end()
  })

  /** What is sent in one turn is one round trip. */
  function countedDatabase() {
    let [trips, isUnderWay] = [0, false]
    const sql = postgres(gateway.ctx.config.DATABASE_URL, { onnotice: () => {} })
    const logQuery = () => {
      if (isUnderWay) return
      trips += 1
      isUnderWay = true
      setImmediate(() => {
        isUnderWay = false
      })
    }
    return { database: drizzle(sql, { logger: { logQuery } }), roundTrips: () => trips, end: () => sql.end() }
  }
})
