// What is bad about goods that were sold already: a sample that failed afterwards, a recall that began.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { enterInspection } from "@suyuan/api/inspections/enter-inspection"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { activateRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { closeRecall } from "@suyuan/api/recalls/end-recall"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { describePilesOnSale } from "@suyuan/api/trace/describe-piles"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { type TestGateway, testGateway } from "../../support/context"
import { nextMoment, secondsOf } from "../../support/goods"
import { cabbage } from "../../support/selling"
import { operator, secondOperator } from "../../support/stall"
import { type Day, playDay, sell } from "../recalls/day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let day: Day
let bag: string
let early: string
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
  const [first] = day.buyers
  if (!first) throw new Error("no buyer")
  early = day.bags[0]?.recordId ?? ""
  await inspect("passed", 86)
  bag = (await sell(gateway, day.trade.stall, 500, first)).recordId
  await inspect("failed", 710)
  await findSources(gateway.ctx)
})
afterAll(() => gateway?.close())

async function inspect(conclusion: "passed" | "failed", inhibitionPermille: number): Promise<void> {
  const { ctx, clock } = gateway
  nextMoment(clock)
  const [id, at] = [ctx.random.uuid(), secondsOf(ctx)]
  await enterInspection(ctx, operator, {
    ...{ id, merchantId: day.trade.stall.merchantId },
    body: {
      ...{ sampleNumber: conclusion, commodity: cabbage, lot: day.lot, sampledAtSeconds: at, testedAtSeconds: at },
      ...{ method: "酶抑制率法", standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille, conclusion },
      ...{ retestOf: undefined, instrument: "NC", testerRole: "inspector" },
    },
  })
}

const lineOf = async (recordId: string) => {
  const { ctx } = gateway
  const [line] = (await readTrace(ctx, ctx.db, recordId, "share")).lines
  return {
    tests: line?.inspections.map((one) => [one.conclusion, one.inhibitionPermille]),
    recalls: line?.recalls.map(({ reason }) => reason),
  }
}

test("[CV-9] a sample that failed after the sale goes before the one that had passed, with its figure", async () => {
  expect((await lineOf(bag)).tests).toEqual([
    ["failed", 710],
    ["passed", 86],
  ])
  // The earlier bag had left before either was sampled: the failure of its lot is its own all the same.
  expect((await lineOf(early)).tests).toEqual([["failed", 710]])
})

test("[RC-20] a recall in force stands on the trace of what may be of it and before paying, and no longer than it is", async () => {
  const { ctx } = gateway
  const pileId = pileIdOf(day.trade.stall.merchantId, cabbage, null)
  const onSale = async () => (await describePilesOnSale(ctx, [pileId])).get(pileId)?.recalls.map(({ reason }) => reason)
  expect([(await lineOf(bag)).recalls, await onSale()]).toEqual([[], []])
  const set = { kind: "lots", lotIds: [day.lot] } as const
  const { id } = await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })
  const { reachDigest } = await readScopeOfRecall(ctx, secondOperator, id)
  await approveRecall(ctx, secondOperator, id, reachDigest)
  expect((await lineOf(bag)).recalls).toEqual([])
  await activateRecall(ctx, secondOperator, id)
  gateway.clock.advance(11_000)
  expect([(await lineOf(bag)).recalls, await onSale()]).toEqual([["农残超标"], ["农残超标"]])
  await closeRecall(ctx, secondOperator, id)
  expect((await lineOf(bag)).recalls).toEqual([])
})
