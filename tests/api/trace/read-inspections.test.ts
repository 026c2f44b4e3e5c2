import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { describePiles } from "@suyuan/api/trace/describe-piles"
import { readInspections } from "@suyuan/api/trace/read-inspections"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment } from "../../support/goods"
import { cabbage, sellingTerminal } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

test("[CV-9] a failed test that nobody repeated is shown before newer ones that passed", async () => {
  const { ctx, clock } = gateway
  const base = await sellingTerminal(ctx, "base")
  await base.deliver(await base.envelope("harvest", harvestBody(ctx, ctx.random.uuid(), 5000)))
  const pileId = pileIdOf(base.merchantId, cabbage, null)
  for (const conclusion of ["failed", "passed", "passed", "passed", "passed"] as const) {
    nextMoment(clock)
    const [id, at] = [ctx.random.uuid(), new Date(clock.nowMs())]
    await ctx.db.insert(inspections).values({
      ...{ id, siteId: base.siteId, merchantId: base.merchantId, commodity: cabbage, pileId, sampleNumber: id },
      ...{ sampledAt: at, testedAt: at, method: "酶抑制率法", standard: "GB/T 5009.199-2003", limitPermille: 500 },
      ...{ inhibitionPermille: conclusion === "failed" ? 700 : 100, conclusion, instrument: "", testerRole: "" },
      recordId: id.replaceAll("-", ""),
    })
  }
  nextMoment(clock)
  // Walked, and then remembered.
  for (let times = 0; times < 2; times += 1) {
    const shown = (await describePiles(ctx, [pileId])).get(pileId)?.inspections
    expect(shown?.map(({ conclusion }) => conclusion)).toEqual(["failed", "passed", "passed"])
    await ctx.afterwards.settled()
  }
  await ctx.db.update(inspections).set({ supersededBy: ctx.random.uuid() })
  const stay = { pileId, sinceMs: clock.nowMs() - 3_600_000, untilMs: clock.nowMs() }
  const all = (await readInspections(ctx.db, [stay])).get(pileId)
  expect(all?.map(({ conclusion }) => conclusion)).toEqual(["passed", "passed", "passed", "passed", "failed"])
})
