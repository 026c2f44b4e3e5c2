// Days that were summed before are read in place of their sales, and must say the same: also when a record comes late, and
// when somebody is found to have bought what had been summed.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { type RecallScopeAnswer, readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { noteEvents } from "@suyuan/api/trace/note-events"
import { sumPileDays } from "@suyuan/api/trace/sum-days"
import { lots, pileEvents, pileSums, piles } from "@suyuan/drizzle/schema/trace"
import { eq, inArray } from "drizzle-orm"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { makeStall, operator, type TestStall } from "../../support/stall"
import { type Row, randomHex } from "../trace/random-world"
import { type StoredWorld, storeWorld } from "./world"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: TestStall
beforeAll(async () => {
  gateway = await testGateway()
  stall = await makeStall(gateway.ctx)
})
afterAll(() => gateway?.close())

const scopeOf = (lotIds: readonly string[], limit?: number) =>
  readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds }, { ...(limit && { limit }) })

/** Without what is expected: of parts of a run it is rounded. */
function said({ digest, reachDigest, totals, piles, sales }: RecallScopeAnswer) {
  return {
    ...{ digest, reachDigest, totals: { ...totals, expectedGrams: 0 } },
    piles: piles.map((pile) => ({ ...pile, expectedGrams: 0 })).toSorted((a, b) => (a.pileId < b.pileId ? -1 : 1)),
    sales: sales
      .map(({ recordId, line, mayGrams, mustGrams, isFollowed }) => ({
        recordId,
        line,
        mayGrams,
        mustGrams,
        isFollowed,
      }))
      .toSorted((a, b) => (`${a.recordId}${a.line}` < `${b.recordId}${b.line}` ? -1 : 1)),
  }
}

async function forgetSums({ pileIds }: StoredWorld): Promise<void> {
  await gateway.ctx.db.delete(pileSums).where(inArray(pileSums.pileId, [...pileIds]))
}

async function store(row: Row): Promise<void> {
  await gateway.ctx.db.transaction(async (tx) => {
    await noteEvents(tx, await tx.insert(pileEvents).values(row).returning())
  })
}

test("[RC-2, RC-7] a scope of summed days is the scope of their sales", async () => {
  let summed = 0
  for (let seed = 1; seed <= 8; seed += 1) {
    const dice = new Dice(seed)
    const world = await storeWorld(gateway, stall, dice, { isWeighed: true })
    const lotIds = [dice.one(world.lotIds), dice.one(world.lotIds)]
    const before = await scopeOf(lotIds, 200)
    summed += await sumPileDays(gateway.ctx)
    const after = await scopeOf(lotIds, 200)
    expect({ seed, ...said(after) }).toEqual({ seed, ...said(before) })
    expect(Math.abs(after.totals.expectedGrams - before.totals.expectedGrams)).toBeLessThan(
      before.piles.length * 10 + 1,
    )
    // Nothing happened: nothing is summed again.
    expect(await sumPileDays(gateway.ctx)).toBe(0)
  }
  expect(summed).toBeGreaterThan(30)
})

test("[RC-7] the first page is the same where only some runs are read for it, in three statements", async () => {
  const world = await storeWorld(gateway, stall, new Dice(26), { isWeighed: true, bags: 400, isUnchosen: true })
  await forgetSums(world)
  const before = await scopeOf(world.lotIds, 5)
  await sumPileDays(gateway.ctx)
  const counted = countStatements(gateway.ctx)
  const ask = { kind: "lots", lotIds: world.lotIds } as const
  expect(await counted.statementsOf((ctx) => readRecallScope(ctx, operator, ask))).toBeLessThanOrEqual(3)
  await counted.end()
  const after = await scopeOf(world.lotIds, 5)
  const shown = ({ sales }: RecallScopeAnswer) => sales.map(({ recordId, line }) => `${recordId}#${line}`)
  expect(before.totals.sales).toBeGreaterThan(100)
  expect(shown(after)).toEqual(shown(before))
  expect(after.digest).toBe(before.digest)
})

test("[RC-6, RC-7] of goods that are all of the set totals and first page are the same without reading every sale", async () => {
  const dice = new Dice(41)
  const harvestedMs = gateway.clock.nowMs() - 8 * 3_600_000
  const [pileId, lotId, harvest] = [randomHex(dice, 16), gateway.ctx.random.uuid(), randomHex(dice, 16)]
  const { siteId, merchantId } = stall
  const [place, createdAt] = [{ siteId, merchantId, commodity: 1 }, new Date(gateway.clock.nowMs())]
  await gateway.ctx.db.insert(piles).values({ ...place, id: pileId, lotId: null, alias: randomHex(dice, 8), createdAt })
  await gateway.ctx.db.insert(lots).values({
    ...{ ...place, id: lotId, grams: 60_000, harvestedAt: new Date(harvestedMs), declaredOrigin: "", createdAt },
    ...{ regionCode: "130700", recordId: harvest },
  })
  const rowOf = (atMs: number, recordId: string, gramsLow: number, gramsHigh: number) => ({
    ...{ ...place, pileId, recordId, line: 0, gramsLow, gramsHigh },
    ...{ effectiveAt: new Date(atMs), day: new Date(atMs).toISOString().slice(0, 10) },
    ...{ upstreamPileId: null, upstreamRecordId: null, upstreamLine: null, leftAt: null },
  })
  await store({ ...rowOf(harvestedMs, harvest, 60_000, 60_000), direction: 0, source: "lot", lotId })
  for (let index = 0; index < 80; index += 1) {
    const grams = dice.between(100, 500)
    // Every third is a box, whose weight is between two.
    const sold = rowOf(harvestedMs + 60_000 * (index + 1), randomHex(dice, 16), grams - (index % 3 ? 0 : 20), grams)
    await store({ ...sold, direction: 1, source: "outflow", lotId: null })
  }
  const before = await scopeOf([lotId], 5)
  await sumPileDays(gateway.ctx)
  const after = await scopeOf([lotId], 5)
  expect(before.totals).toMatchObject({ sales: 80, stalls: 1 })
  expect(before.totals.mustGrams).toBeGreaterThan(10_000)
  expect({ ...after, asOfMs: 0 }).toEqual({ ...before, asOfMs: 0 })
})

test("[RC-2] a record that comes late is not missed", async () => {
  const world = await storeWorld(gateway, stall, new Dice(31), { isWeighed: true })
  await sumPileDays(gateway.ctx)
  const before = await scopeOf(world.lotIds, 200)
  const sold = world.rows.find(({ recordId }) => recordId === before.sales[0]?.recordId)
  if (!sold) throw new Error("nothing was sold")
  await store({ ...sold, recordId: "ab".repeat(16), gramsLow: 700, gramsHigh: 700 })
  const late = await scopeOf(world.lotIds, 200)
  expect(late.digest).not.toBe(before.digest)
  await forgetSums(world)
  expect(said(late)).toEqual(said(await scopeOf(world.lotIds, 200)))
  // What was void is summed anew.
  expect(await sumPileDays(gateway.ctx)).toBeGreaterThan(0)
  expect(said(await scopeOf(world.lotIds, 200))).toEqual(said(late))
})

test("[RC-5] who is found to have bought what was summed is followed", async () => {
  const world = await storeWorld(gateway, stall, new Dice(22), { isWeighed: true, bags: 400 })
  const before = await scopeOf(world.lotIds, 200)
  const bags = world.rows.slice(-300, -100)
  const sold = bags.find(({ recordId }) => before.sales.some((sale) => sale.recordId === recordId && !sale.isFollowed))
  const [buyer] = await gateway.ctx.db
    .select()
    .from(piles)
    .where(eq(piles.id, world.pileIds[0] ?? ""))
  if (!sold || !buyer) throw new Error("nothing was sold")
  await sumPileDays(gateway.ctx)
  const { pileId, recordId, line } = sold
  await store({
    ...{ ...sold, pileId: buyer.id, recordId: "cd".repeat(16), line: 0, source: "purchase", direction: 0 },
    ...{
      effectiveAt: new Date(gateway.clock.nowMs() - 1000),
      day: new Date(gateway.clock.nowMs() - 1000).toISOString().slice(0, 10),
    },
    ...{ upstreamPileId: pileId, upstreamRecordId: recordId, upstreamLine: line, leftAt: sold.effectiveAt },
  })
  const found = await scopeOf(world.lotIds, 200)
  await forgetSums(world)
  expect(said(found)).toEqual(said(await scopeOf(world.lotIds, 200)))
  expect(found.sales.filter((sale) => sale.recordId === recordId && sale.isFollowed)).toHaveLength(1)
})
