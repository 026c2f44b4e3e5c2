// Outflows that nobody asks about come summed up: this must be seen by nobody.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { historyDays, pileEventOf, readHistories } from "@suyuan/api/trace/read-histories"
import { clockErrorMs, resolve } from "@suyuan/api/trace/resolve"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { inArray } from "drizzle-orm"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"

setDefaultTimeout(120_000)

type Row = typeof pileEvents.$inferInsert

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const hex = (dice: Dice, bytes: number) =>
  Array.from({ length: bytes }, () => dice.between(0, 255).toString(16).padStart(2, "0")).join("")

/** A few piles on three levels; many events lie so near each other that their clocks leave the order open. */
function randomWorld(seed: number, nowMs: number) {
  const dice = new Dice(seed)
  const site = gateway.ctx.random.uuid()
  const [bases, wholesalers, stalls] = [2, 2, 1].map((count) => Array.from({ length: count }, () => hex(dice, 16)))
  const rows: Row[] = []
  const bought = new Set<Row>()
  const dayMs = 20 * 3_600_000
  const someTime = (fromMs: number) => {
    const near = rows.length > 0 && dice.happens(0.4)
    const timeMs = near
      ? dice.one(rows).effectiveAt.getTime() + dice.one([-4000, -2000, -1999, -1, 0, 1, 2000, 3999, 4000])
      : dice.between(fromMs, nowMs)
    return new Date(Math.max(fromMs, Math.min(timeMs, nowMs)))
  }
  const add = (pileId: string, effectiveAt: Date, more: Partial<Row> & Pick<Row, "source" | "direction">) => {
    const gramsHigh = dice.between(1, 9000)
    const gramsLow = dice.happens(0.2) ? dice.between(0, gramsHigh) : gramsHigh
    const named = { recordId: hex(dice, 16), line: dice.between(0, 2), siteId: site, merchantId: site, commodity: 1 }
    const day = effectiveAt.toISOString().slice(0, 10)
    const row: Row = { pileId, day, effectiveAt, ...named, gramsLow, gramsHigh, ...more }
    rows.push(row)
    return row
  }
  const outflowsOf = (pileId: string) => rows.filter((row) => row.pileId === pileId && row.source === "outflow")
  const upstream = (row: Row) => {
    return { upstreamPileId: row.pileId, upstreamRecordId: row.recordId, upstreamLine: row.line }
  }
  const sellAndErr = (pileId: string, count: number) => {
    for (let i = 0; i < count; i += 1) add(pileId, someTime(nowMs - dayMs), { source: "outflow", direction: 1 })
    for (const row of outflowsOf(pileId)) {
      if (dice.happens(0.06)) {
        add(pileId, row.effectiveAt, { source: "void", direction: 0, gramsHigh: row.gramsHigh, ...upstream(row) })
      }
      if (dice.happens(0.06)) {
        const grams = dice.between(1, row.gramsHigh)
        add(pileId, someTime(nowMs - dayMs), {
          ...{ source: "return", direction: 0, gramsLow: grams, gramsHigh: grams, ...upstream(row) },
        })
      }
    }
  }
  const buy = (pileId: string, sellers: readonly string[], count: number) => {
    for (let i = 0; i < count; i += 1) {
      // A line of a sale has one buyer.
      const row = dice.one(sellers.flatMap(outflowsOf).filter((one) => !bought.has(one)))
      bought.add(row)
      const [gramsLow, gramsHigh] = [row.gramsLow, row.gramsHigh]
      const at = new Date(Math.min(nowMs, row.effectiveAt.getTime() + dice.one([0, 0, 1500, 600_000])))
      add(pileId, at, { source: "purchase", direction: 0, gramsLow, gramsHigh, ...upstream(row) })
    }
  }
  for (const pileId of bases ?? []) {
    for (let i = 0; i < 4; i += 1) {
      const lotId = gateway.ctx.random.uuid()
      const row = add(pileId, someTime(nowMs - dayMs), { source: "lot", direction: 0, lotId })
      row.gramsLow = row.gramsHigh
    }
    sellAndErr(pileId, 14)
  }
  for (const pileId of wholesalers ?? []) {
    buy(pileId, bases ?? [], 4)
    add(pileId, someTime(nowMs - dayMs), { source: "unknown", direction: 0 })
    sellAndErr(pileId, 16)
  }
  for (const pileId of stalls ?? []) {
    buy(pileId, [...(wholesalers ?? []), ...(bases ?? [])], 5)
    sellAndErr(pileId, 25)
  }
  // Goods may go back up: the stall's sale is bought by a wholesaler.
  if (dice.happens(0.3)) buy(wholesalers?.[0] ?? "", stalls ?? [], 1)
  return { rows, piles: [...(bases ?? []), ...(wholesalers ?? []), ...(stalls ?? [])], stall: stalls?.[0] ?? "", dice }
}

async function readWhole(pileIds: readonly string[]) {
  const rows = await gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(inArray(pileEvents.pileId, [...pileIds]))
  return pileIds.map((pileId) => {
    return { pileId, events: rows.filter((row) => row.pileId === pileId).map(pileEventOf) }
  })
}

test("ranges of asked outflows, stock and what is in a pile are those of every single event", async () => {
  const nowMs = gateway.clock.nowMs()
  let shorter = 0
  for (let seed = 1; seed <= 60; seed += 1) {
    const { rows, piles, stall, dice } = randomWorld(seed, nowMs)
    await gateway.ctx.db.insert(pileEvents).values(rows).onConflictDoNothing()
    const whole = await readWhole(piles)
    const asked = dice.one(rows.filter((row) => row.pileId === stall && row.source === "outflow"))
    const key = outflowKey(asked)
    const options = { keep: (_: string, other: string) => other === key }
    const expected = resolve(whole, options)

    const until = new Date(asked.effectiveAt.getTime() + 2 * clockErrorMs)
    const sale = await readHistories(gateway.ctx.db, [{ pileId: stall, until, outflows: [key] }], nowMs)
    const found = resolve(sale.histories, options)?.piles.get(stall)?.outflows.get(key)
    expect({ seed, range: found?.sources, grams: found?.grams }).toEqual({
      ...{ seed, range: expected?.piles.get(stall)?.outflows.get(key)?.sources },
      grams: expected?.piles.get(stall)?.outflows.get(key)?.grams,
    })

    const now = await readHistories(gateway.ctx.db, [{ pileId: stall, until: new Date(nowMs) }], nowMs)
    const pile = resolve(now.histories, { keep: () => false })?.piles.get(stall)
    const { live, stockGrams, shortfallGrams } = expected?.piles.get(stall) ?? {}
    expect({ seed, ...pile }).toMatchObject({ seed, live, stockGrams, shortfallGrams })
    shorter += now.rows.length < rows.length ? 1 : 0
  }
  expect(shorter).toBe(60)
})

test("sums a day's sales up, and keeps apart what was there before and after the time that is asked for", async () => {
  const nowMs = gateway.clock.nowMs()
  const dice = new Dice(7_000)
  const pileId = hex(dice, 16)
  const site = gateway.ctx.random.uuid()
  const outflow = (minutesAgo: number): Row => {
    const effectiveAt = new Date(nowMs - minutesAgo * 60_000)
    const named = { recordId: hex(dice, 16), line: 0, siteId: site, merchantId: site, commodity: 1 }
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
  // What was sold before the window opens is the book's opening, and there is none when nothing was left.
  const muchLater = nowMs + (historyDays + 1) * 86_400_000
  const late = await readHistories(gateway.ctx.db, [{ pileId, until: new Date(muchLater) }], muchLater)
  expect(late.histories).toEqual([{ pileId, events: [] }])
})
