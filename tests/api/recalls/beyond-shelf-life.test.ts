// Goods that are sold when their shelf life is over: a recall finds them as long as the books prove that some are there.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { limitsOfLots, readLots } from "@suyuan/api/trace/describe-origin"
import { pileEventOf } from "@suyuan/api/trace/read-histories"
import { resolve } from "@suyuan/api/trace/resolve"
import { discardedLineOffset } from "@suyuan/api/trace/returned-goods"
import { walkPiles } from "@suyuan/api/trace/walk-pile"
import { lots, pileEvents } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { eq, inArray } from "drizzle-orm"
import { Dice } from "../../protocol/trace/dice"
import { type TestGateway, testGateway } from "../../support/context"
import { openTrade, rangesOf } from "../../support/goods"
import { cabbage } from "../../support/selling"
import { makeStall, operator } from "../../support/stall"
import { skipToAfternoon, tradingAt } from "../../support/trading"
import { allSales } from "./whole-history"
import { storeWorld } from "./world"

setDefaultTimeout(120_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)
const hourMs = 3_600_000

/** A lot that keeps for a day. */
async function harvestFish(base: Parameters<typeof harvest>[0], grams: number): Promise<string> {
  const lot = await harvest(base, grams)
  const expiresAt = new Date(gateway.clock.nowMs() + 24 * hourMs)
  await gateway.ctx.db.update(lots).set({ expiresAt }).where(eq(lots.id, lot))
  return lot
}

test("[RC-2, RG-23] whoever bought what must be of an expired lot is in its recall, and so is whom they sold to", async () => {
  const { baseA, stall, stallWallet, consumer } = await openTrade(gateway.ctx)
  const lot = await harvestFish(baseA, 9000)
  gateway.clock.advance(50 * hourMs)
  await sell(baseA, 5000, stallWallet)
  gateway.clock.advance(30 * hourMs)
  const { recordId } = await sell(stall, 1000, consumer)
  expect(await rangesOf(gateway.ctx, recordId)).toEqual({ [lot]: [1000, 1000] })
  gateway.clock.advance(30 * hourMs)
  const bag = (await allSales(gateway, [lot])).find((sale) => sale.recordId === recordId)
  expect(bag).toMatchObject({ mayGrams: 1000, mustGrams: 1000 })
})

test("[RC-2, RG-23] once fresh goods can be all that is sold, and that is remembered, later buyers are left alone", async () => {
  // They come on the day after, at whatever hour this runs: a day is read whole.
  skipToAfternoon(gateway)
  const { baseA, consumer } = await openTrade(gateway.ctx)
  const lot = await harvestFish(baseA, 1000)
  const early = await sell(baseA, 300, consumer)
  gateway.clock.advance(40 * hourMs)
  const fresh = await harvestFish(baseA, 9000)
  const between = await sell(baseA, 800, consumer)
  await walkPiles(gateway.ctx, [pileIdOf(baseA.merchantId, cabbage, null)])
  gateway.clock.advance(20 * hourMs)
  const late = await sell(baseA, 300, consumer)
  expect(await rangesOf(gateway.ctx, late.recordId)).toEqual({ [fresh]: [300, 300] })
  gateway.clock.advance(40 * hourMs)
  const reached = (await allSales(gateway, [lot])).map(({ recordId }) => recordId)
  expect(reached).toContain(early.recordId)
  expect(reached).toContain(between.recordId)
  expect(reached).not.toContain(late.recordId)
})

// Without chosen lots: what a seller chose beyond what the books had of that lot is of the rest to a recall, of any to a trace.
test("[RC-2] a recall reaches every sale that the traces say may hold some, whatever is remembered of the piles", async () => {
  const stall = await makeStall(gateway.ctx)
  let [held, beyond] = [0, 0]
  for (let seed = 201; seed <= 206; seed += 1) {
    const dice = new Dice(seed)
    const atNight = (pileIds: readonly string[]) =>
      dice.happens(0.7) ? walkPiles(gateway.ctx, pileIds) : Promise.resolve()
    const world = { spanHours: 12 * 24, shelfLifeHoursMax: 60, isUnchosen: true, ...(seed % 4 > 0 && { atNight }) }
    const { pileIds, lotIds } = await storeWorld(gateway, stall, dice, world)
    const rows = await gateway.ctx.db
      .select()
      .from(pileEvents)
      .where(inArray(pileEvents.pileId, [...pileIds]))
    const histories = pileIds.map((pileId) => {
      return { pileId, events: rows.filter((row) => row.pileId === pileId).map((row) => pileEventOf(row)) }
    })
    const facts = await readLots(gateway.ctx.db, lotIds)
    const origins = resolve(histories, limitsOfLots(facts))
    if (!origins?.isTolerant) continue
    for (const lotId of lotIds) {
      const said = new Map(
        (await allSales(gateway, [lotId])).map((sale) => [`${sale.pileId}/${outflowKey(sale)}`, sale]),
      )
      const overMs = facts.get(lotId)?.expiresAt?.getTime() ?? 0
      for (const row of rows) {
        if (row.source !== "outflow" || row.line >= discardedLineOffset) continue
        const range = origins.piles.get(row.pileId)?.outflows.get(outflowKey(row))
        const mayGrams = range?.sources.find(({ sourceId }) => sourceId === lotId)?.mayGrams ?? 0
        if (mayGrams === 0) continue
        const key = `${row.pileId}/${outflowKey(row)}`
        expect({ seed, lotId, key, enough: (said.get(key)?.mayGrams ?? 0) >= mayGrams }).toMatchObject({ enough: true })
        held += 1
        beyond += row.effectiveAt.getTime() > overMs + 24 * hourMs ? 1 : 0
      }
    }
  }
  expect(held).toBeGreaterThan(60)
  expect(beyond).toBeGreaterThan(0)
})

test("the end of its shelf life is told with a scope", async () => {
  const { baseA } = await openTrade(gateway.ctx)
  const lot = await harvestFish(baseA, 500)
  const endsMs = gateway.clock.nowMs() + 24 * hourMs
  const scope = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds: [lot] })
  expect(scope.overMs).toBe(endsMs)
})
