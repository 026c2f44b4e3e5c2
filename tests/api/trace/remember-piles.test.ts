import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { readWalkStarts } from "@suyuan/api/trace/pile-days"
import { forgetPileDays, rememberPiles } from "@suyuan/api/trace/remember-piles"
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

async function startNow() {
  const nowMs = gateway.clock.nowMs()
  const asked = {
    pileId: pileIdOf(trade.baseA.merchantId, cabbage, null),
    since: new Date(nowMs - 14 * 86_400_000),
    before: new Date(nowMs),
  }
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
