// Outflows that nobody asks about come summed up: this must be seen by nobody.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { noteEvents } from "@suyuan/api/trace/note-events"
import { readHistories } from "@suyuan/api/trace/read-histories"
import { clockErrorMs } from "@suyuan/api/trace/resolve"
import { pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { expectedWalk } from "@suyuan/protocol/trace/expected-shares"
import type { PileHistory } from "@suyuan/protocol/trace/origin-range"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"
import { compareReadHistories, readWhole } from "./compare-read-histories"
import { type Row, randomHex } from "./random-world"

setDefaultTimeout(120_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

test("ranges of asked outflows, stock and what is in a pile are those of every single event", async () => {
  await compareReadHistories(gateway, 15)
})

test("sums a day's sales up, and keeps apart what was there before and after the time that is asked for", async () => {
  const nowMs = gateway.clock.nowMs()
  const dice = new Dice(7_000)
  const pileId = randomHex(dice, 16)
  const site = gateway.ctx.random.uuid()
  const outflow = (minutesAgo: number): Row => {
    const effectiveAt = new Date(nowMs - minutesAgo * 60_000)
    const named = { recordId: randomHex(dice, 16), line: 0, siteId: site, merchantId: site, commodity: 1 }
    const weight = { gramsLow: 10, gramsHigh: 12, direction: 1, source: "outflow" as const }
    return { pileId, day: effectiveAt.toISOString().slice(0, 10), effectiveAt, ...named, ...weight }
  }
  const sold = Array.from({ length: 100 }, (_, index) => outflow(index + 1))
  await gateway.ctx.db.insert(pileEvents).values(sold)
  const whole = await readHistories(gateway.ctx.db, [{ pileId, until: new Date(nowMs) }], nowMs)
  expect(whole.rows.map(({ gramsLow, gramsHigh }) => [gramsLow, gramsHigh])).toEqual([[1000, 1200]])
  expect(whole.rows[0]?.effectiveAt.getTime()).toBe(nowMs - 60_000)
  const until = new Date(nowMs - 30.5 * 60_000)
  const { rows } = await readHistories(gateway.ctx.db, [{ pileId, until }], nowMs)
  expect(rows.map(({ gramsHigh }) => gramsHigh).toSorted((a, b) => a - b)).toEqual([30 * 12, 70 * 12])
})

test("a history of which nothing is remembered begins where its pile was sold out, however long ago, or at the beginning", async () => {
  const [dice, nowMs, dayMs] = [new Dice(7_001), gateway.clock.nowMs(), 86_400_000]
  const [pileId, site] = [randomHex(dice, 16), gateway.ctx.random.uuid()]
  const event = (daysAgo: number, grams: number, rest: Partial<Row> = {}): Row => {
    const effectiveAt = new Date(nowMs - daysAgo * dayMs)
    const named = { recordId: randomHex(dice, 16), line: 0, siteId: site, merchantId: site, commodity: 1 }
    const weight = { gramsLow: grams, gramsHigh: grams, direction: 1, source: "outflow" as const }
    return { pileId, day: effectiveAt.toISOString().slice(0, 10), effectiveAt, ...named, ...weight, ...rest }
  }
  const lot = (daysAgo: number) =>
    event(daysAgo, 5000, { direction: 0, source: "lot", lotId: gateway.ctx.random.uuid() })
  const count = (daysAgo: number, grams: number) => event(daysAgo, grams, { direction: 2, source: "count" })
  const store = (...rows: Row[]) => gateway.ctx.db.insert(pileEvents).values(rows)
  const read = async () => {
    const { rows } = await readHistories(gateway.ctx.db, [{ pileId, until: new Date(nowMs) }], nowMs)
    return rows.map((row) => `${row.source} ${Math.round((nowMs - row.effectiveAt.getTime()) / dayMs)}`).toSorted()
  }
  const early = event(56, 1000)
  await store(lot(60), early, count(50, 2000))
  expect(await read()).toEqual(["count 50", "lot 60", "outflow 56"])
  await store(count(40, 0), lot(30))
  expect(await read()).toEqual(["count 40", "lot 30"])
  // Lately: what was chosen before it still teaches what is expected.
  await store(count(10, 0), lot(5))
  expect(await read()).toEqual(["count 10", "count 40", "lot 30", "lot 5"])
  // Goods that came back are what had left.
  const { recordId: upstreamRecordId, line: upstreamLine } = early
  await store(event(1, 300, { direction: 0, source: "return", upstreamPileId: pileId, upstreamRecordId, upstreamLine }))
  expect(await read()).toEqual(
    ["count 10", "count 40", "count 50", "lot 30", "lot 5", "lot 60", "outflow 56", "return 1"].toSorted(),
  )
})

test("[RG-25] [RG-26] what leaves at the very instant of a chosen lot stands beside it, in the order of their records", async () => {
  const [dice, nowMs] = [new Dice(9_041), gateway.clock.nowMs()]
  const [pileId, siteId, merchantId] = [randomHex(dice, 16), gateway.ctx.random.uuid(), gateway.ctx.random.uuid()]
  const [older, newer] = [gateway.ctx.random.uuid(), gateway.ctx.random.uuid()]
  const event = (minutesAgo: number, recordId: string, grams: number, rest: Partial<Row>): Row => {
    const effectiveAt = new Date(nowMs - minutesAgo * 60_000)
    const named = { recordId: recordId.repeat(16), line: 0, siteId, merchantId, commodity: 1 }
    const left = { gramsLow: grams, gramsHigh: grams, direction: 1, source: "outflow" as const }
    return { pileId, day: effectiveAt.toISOString().slice(0, 10), effectiveAt, ...named, ...left, ...rest }
  }
  await gateway.ctx.db
    .insert(pileEvents)
    .values([
      event(40, "a1", 5000, { direction: 0, source: "lot", lotId: older }),
      event(30, "a2", 3000, { direction: 0, source: "lot", lotId: newer }),
      event(20, "67", 1300, { lotId: newer }),
      event(20, "11", 2500, {}),
      event(15, "99", 700, {}),
      event(10, "12", 400, { lotId: newer }),
      event(10, "68", 900, {}),
    ])
  const carriedOf = (histories: readonly PileHistory[]) => expectedWalk(histories, { clockErrorMs }).carryOf(pileId)
  const now = await readHistories(gateway.ctx.db, [{ pileId, until: new Date(nowMs) }], nowMs)
  const whole = carriedOf(await readWhole(gateway, [pileId]))
  expect(carriedOf(now.histories)).toEqual(whole)
  expect(whole?.habit).toMatchObject({ observations: 2 })
})

describe("what came after the time that matters", () => {
  const minute = 60_000

  /** A pile of a stock-take and three sales, a minute apart, told to the pile as they are stored. */
  async function soldPile(seed: number) {
    const [dice, nowMs] = [new Dice(seed), gateway.clock.nowMs()]
    const [pileId, siteId, merchantId] = [randomHex(dice, 16), gateway.ctx.random.uuid(), gateway.ctx.random.uuid()]
    const at = { siteId, merchantId, commodity: 1 }
    await gateway.ctx.db
      .insert(piles)
      .values({ id: pileId, ...at, alias: randomHex(dice, 16), createdAt: new Date(nowMs) })
    const event = (minutesAgo: number, grams: number, rest: Partial<Row>): Row => {
      const effectiveAt = new Date(nowMs - minutesAgo * minute)
      const named = { recordId: randomHex(dice, 16), line: 0, direction: 1, source: "outflow" as const }
      const weight = { gramsLow: grams, gramsHigh: grams }
      return { pileId, day: effectiveAt.toISOString().slice(0, 10), effectiveAt, ...at, ...named, ...weight, ...rest }
    }
    const store = (rows: Row[]) =>
      gateway.ctx.db.transaction(async (tx) => {
        await noteEvents(tx, await tx.insert(pileEvents).values(rows).returning())
      })
    const sales = [30, 20, 10].map((minutesAgo) => event(minutesAgo, 100, {}))
    await store([event(40, 5000, { direction: 0, source: "unknown" })])
    for (const sale of sales) await store([sale])
    const [asked = sales[0]!, later = sales[2]!] = [sales[0], sales[2]]
    const until = new Date(asked.effectiveAt.getTime() + 2 * clockErrorMs)
    const read = async (outflows: readonly Row[]) => {
      const wanted = { pileId, until, from: asked.effectiveAt, outflows: outflows.map(outflowKey) }
      const { rows } = await readHistories(gateway.ctx.db, [wanted], nowMs)
      return rows.map(({ effectiveAt }) => Math.round((nowMs - effectiveAt.getTime()) / minute)).sort((a, b) => b - a)
    }
    return { asked, later, store, event, read }
  }

  test("is left out, where nothing of it says anything of before", async () => {
    const { asked, read } = await soldPile(7_101)
    expect(await read([asked])).toEqual([40, 30])
  })

  test("is read from the first that says something: a void, or goods sold beyond the book", async () => {
    const voided = await soldPile(7_102)
    const { recordId, line } = voided.later
    const names = { upstreamRecordId: recordId, upstreamLine: line, direction: 0, source: "void" as const }
    await voided.store([voided.event(10, 100, names)])
    expect(await voided.read([voided.asked])).toEqual([40, 30, 20, 10, 10])
    const short = await soldPile(7_103)
    await short.store([short.event(5, 9000, {})])
    expect(await short.read([short.asked])).toEqual([40, 30, 5])
  })

  test("is read when what is asked for is among it, by a clock that was set since", async () => {
    const { asked, later, read } = await soldPile(7_104)
    expect(await read([asked, later])).toEqual([40, 30, 20, 10])
  })
})
