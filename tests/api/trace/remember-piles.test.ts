import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { readPileStates, readWalkStarts } from "@suyuan/api/trace/pile-days"
import { forgetPileDays, rememberPiles } from "@suyuan/api/trace/remember-piles"
import { pileDays } from "@suyuan/drizzle/schema/trace"
import { eq, sql } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"

import { cabbage } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

async function harvest(grams: number): Promise<string> {
  nextMoment(gateway.clock)
  const lot = gateway.ctx.random.uuid()
  await trade.baseA.deliver(await trade.baseA.envelope("harvest", harvestBody(gateway.ctx, lot, grams)))
  return lot
}

const pileId = () => pileIdOf(trade.baseA.merchantId, cabbage, null)

async function startNow() {
  const nowMs = gateway.clock.nowMs()
  const asked = { pileId: pileId(), before: new Date(nowMs) }
  return (await readWalkStarts(gateway.ctx.db, [asked])).get(asked.pileId)
}

test("a pile is remembered when it has been quiet for an hour, and forgotten after a season", async () => {
  const lot = await harvest(9000)
  await rememberPiles(gateway.ctx)
  expect(await startNow()).toBeUndefined()

  gateway.clock.advance(3_700_000)
  await rememberPiles(gateway.ctx)
  expect(await startNow()).toMatchObject({ carry: { grams: 9000, sources: [{ sourceId: lot, lowGrams: 9000 }] } })

  await forgetPileDays(gateway.ctx)
  expect(await startNow()).toBeDefined()
  gateway.clock.advance(100 * 86_400_000)
  await forgetPileDays(gateway.ctx)
  gateway.clock.advance(-100 * 86_400_000)
  expect(await startNow()).toBeUndefined()
})

test("a pile that cannot be walked holds up no other", async () => {
  const { ctx, clock } = gateway
  await harvest(700)
  const other = await openTrade(ctx)
  await other.baseA.deliver(await other.baseA.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), 100)))
  clock.advance(3_700_000)
  let asked = 0
  const nowMs = () => {
    asked += 1
    // Both together, and the first of them alone.
    if (asked === 2 || asked === 3) throw new Error("not this one")
    return clock.nowMs()
  }
  const keptOf = (id: string) => ctx.db.$count(pileDays, eq(pileDays.pileId, id))
  const ids = [pileId(), pileIdOf(other.baseA.merchantId, cabbage, null)]
  const before = await Promise.all(ids.map(keptOf))
  await rememberPiles({ ...ctx, clock: { nowMs } })
  const [own = 0, others = 0] = await Promise.all(ids.map(keptOf))
  expect(own + others - (before[0] ?? 0) - (before[1] ?? 0)).toBe(1)
})

test("[RG-26] what is remembered without what was expected, or by other rules of it, does not count", async () => {
  await harvest(500)
  gateway.clock.advance(3_700_000)
  for (const state of [sql`state - 'expected'`, sql`jsonb_set(state, '{expected,rules}', '0')`]) {
    await rememberPiles(gateway.ctx)
    expect((await startNow())?.expected?.mixed).toHaveLength(1)
    await gateway.ctx.db.execute(sql`UPDATE ${pileDays} SET state = ${state}`)
    expect(await startNow()).toBeUndefined()
    expect((await readPileStates(gateway.ctx.db, [pileId()], gateway.clock.nowMs())).unknown).toEqual([pileId()])
  }
})
