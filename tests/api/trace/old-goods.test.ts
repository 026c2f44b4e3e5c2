// Goods that keep for weeks: a potato that was dug a month ago is still of its field.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { resolveRecallSet } from "@suyuan/api/recalls/recall-set"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { rememberPiles } from "@suyuan/api/trace/remember-piles"
import { walkPile } from "@suyuan/api/trace/walk-pile"
import { pileDays } from "@suyuan/drizzle/schema/trace"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment, openTrade, rangesOf, secondsOf } from "../../support/goods"
import { refundOnPlatform, saleRow } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
import { operator } from "../../support/stall"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)
const dayMs = 86_400_000
const pileOf = ({ merchantId }: SellingTerminal) => pileIdOf(merchantId, cabbage, null)

/** Ends a day: it is remembered what piles hold. */
async function sleep(days: number): Promise<void> {
  gateway.clock.advance(3_700_000)
  await rememberPiles(gateway.ctx)
  gateway.clock.advance(days * dayMs - 3_700_000)
}

/** What is recalled when a sample that is taken now fails. */
async function failNow({ merchantId }: SellingTerminal) {
  const { ctx, clock } = gateway
  nextMoment(clock)
  const [id, at] = [ctx.random.uuid(), secondsOf(ctx)]
  const body: UploadBody<"inspection"> = {
    ...{ sampleNumber: "KJ", commodity: cabbage, lot: undefined, sampledAtSeconds: at, testedAtSeconds: at },
    ...{ method: "酶抑制率法", standard: "NY/T 448-2001", limitPermille: 700, inhibitionPermille: 900 },
    ...{ retestOf: undefined, conclusion: "failed", instrument: "NC", testerRole: "inspector" },
  }
  await enterInspection(ctx, operator, { id, merchantId, body })
  const { lots, inflows } = await resolveRecallSet(ctx, ctx.db, { kind: "inspection", inspectionId: id })
  return { lots: lots.map((lot) => lot.id), inflows: inflows.map(({ recordId }) => recordId) }
}

test("a lot that lay for weeks is what the pay page says, and the trace", async () => {
  const { baseA, consumer } = await openTrade(gateway.ctx)
  const lot = await harvest(baseA, 9000)
  await sleep(30)
  const now = await walkPile(gateway.ctx, pileOf(baseA))
  expect(now.live).toEqual([{ sourceId: lot, mustGrams: 9000, mayGrams: 9000 }])
  const { recordId } = await sell(baseA, 1000, consumer)
  expect(await rangesOf(gateway.ctx, recordId)).toEqual({ [lot]: [1000, 1000] })
  // And so where nothing of it is remembered.
  await gateway.ctx.db.delete(pileDays).where(eq(pileDays.pileId, pileOf(baseA)))
  expect(await rangesOf(gateway.ctx, recordId)).toEqual({ [lot]: [1000, 1000] })
})

test("a cancelled sale of a pile that nobody ever counts makes nothing unknown, however old", async () => {
  const { baseA, stall, stallWallet, consumer } = await openTrade(gateway.ctx)
  const lot = await harvest(baseA, 30_000)
  await sell(baseA, 20_000, stallWallet)
  let sold = await sell(stall, 500, consumer)
  for (let day = 0; day < 18; day += 1) {
    await sleep(1)
    sold = await sell(stall, 500, consumer)
  }
  const { terminalId, counter, day } = sold
  await refundOnPlatform(gateway.ctx, await saleRow(gateway.ctx, { terminalId, counter, day }), {
    ...{ goods: "not-handed-over", amountFen: 100 },
  })
  const { recordId } = await sell(stall, 700, consumer)
  expect(await rangesOf(gateway.ctx, recordId)).toEqual({ [lot]: [700, 700] })
})

test("[RC-1] a failed test proposes to recall what came weeks ago, declared or not", async () => {
  const { baseA, baseB, stall, stallWallet, consumer } = await openTrade(gateway.ctx)
  const lot = await harvest(baseA, 9000)
  // Of a base that never said what it harvested.
  const bought = await sell(baseB, 8000, stallWallet)
  await sleep(20)
  await sell(stall, 500, consumer)
  for (const isRemembered of [true, false]) {
    if (!isRemembered) await gateway.ctx.db.delete(pileDays)
    expect(await failNow(baseA)).toEqual({ lots: [lot], inflows: [] })
    expect(await failNow(stall)).toEqual({ lots: [], inflows: [bought.recordId] })
  }
})
