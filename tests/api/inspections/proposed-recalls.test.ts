import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { findSources } from "@suyuan/api/inspections/find-sources"
import { proposeRecalls } from "@suyuan/api/inspections/propose-recalls"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { readRecall, readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { recalls } from "@suyuan/drizzle/schema/recalls"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { eq } from "drizzle-orm"
import { testApp, tokenOf } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, nextMoment, openTrade, secondsOf } from "../../support/goods"
import { operator, refusalOf } from "../../support/stall"
import { rapidTests } from "./rapid-tests"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { enter, body, failed, newId, rowOf, harvest } = rapidTests(() => gateway)

describe("a test that failed", () => {
  test("[CV-6] proposes a recall of what may have been in the pile then; another person decides", async () => {
    const base = await openTrade(gateway.ctx)
    const [lotA, lotB] = [await harvest(base.baseA, 1000), await harvest(base.baseA, 2000)]
    const id = await enter(base.baseA, failed())
    const later = await harvest(base.baseA, 500)
    expect(await proposeRecalls(gateway.ctx)).toBeGreaterThanOrEqual(1)
    expect((await rowOf(id)).recallId).toBe(id)
    const [recall] = await gateway.ctx.db.select().from(recalls).where(eq(recalls.id, id))
    expect(recall).toMatchObject({ state: "draft", proposedBy: "inspector-one", isDrill: false })
    const { lots: frozen } = (recall?.sources ?? { lots: [] }) as { lots: { id: string }[] }
    const lots = frozen.map((lot) => lot.id)
    expect(lots.toSorted()).toEqual([lotA, lotB].toSorted())
    expect(lots).not.toContain(later)
    const own = { ...operator, id: "inspector-one" }
    expect(await refusalOf(approveRecall(gateway.ctx, own, id, "00"))).toBe("recall/second-person-needed")
    // [response lost] Proposing again makes no other.
    await gateway.ctx.db.update(inspections).set({ recallDue: true, recallId: null }).where(eq(inspections.id, id))
    await proposeRecalls(gateway.ctx)
    expect((await rowOf(id)).recallId).toBe(id)
  })

  test("[CV-6] never of a lot that was not at the stall: of what was there; of one that was, of that alone", async () => {
    const { baseA, baseB } = await openTrade(gateway.ctx)
    const [theirs, own, other] = [await harvest(baseB, 900), await harvest(baseA, 1000), await harvest(baseA, 2000)]
    const ids = [await enter(baseA, failed({ lot: theirs })), await enter(baseA, failed({ lot: own }))]
    await proposeRecalls(gateway.ctx)
    const proposed = []
    for (const id of ids) {
      const { sources } = await readRecall(gateway.ctx, operator, id)
      proposed.push((sources as { lots: { id: string }[] }).lots.map((lot) => lot.id))
    }
    expect(proposed).toEqual([[own, other].toSorted(), [own]])
  })

  test("[CV-6] a retest that passed takes nothing back, and one of the same sample proposes nothing twice", async () => {
    const base = await openTrade(gateway.ctx)
    await harvest(base.baseA, 1000)
    nextMoment(gateway.clock)
    const sampledAtSeconds = secondsOf(gateway.ctx)
    const id = await enter(base.baseA, failed({ sampledAtSeconds }))
    await proposeRecalls(gateway.ctx)
    const testedAtSeconds = secondsOf(gateway.ctx) + 60
    const again = await enter(base.baseA, failed({ retestOf: id, sampledAtSeconds, testedAtSeconds }))
    await enter(base.baseA, body({ retestOf: again, sampledAtSeconds, testedAtSeconds: testedAtSeconds + 60 }))
    await proposeRecalls(gateway.ctx)
    expect((await rowOf(again)).recallId).toBeNull()
    // Who decides sees all of it.
    const { tests } = await readRecall(gateway.ctx, operator, id)
    expect(tests.map(({ conclusion }) => conclusion)).toEqual(["failed", "failed", "passed"])
    const app = testApp(gateway.ctx)
    const headers = await tokenOf(gateway.ctx, ["recalls:read"])
    const shown = await (await app.request(`/recalls/${id}`, { headers })).json()
    expect(shown).toMatchObject({ tests: [{ id }, { id: again, retestOf: id }, { conclusion: "passed" }] })
    const [recall] = await gateway.ctx.db.select().from(recalls).where(eq(recalls.id, id))
    expect(recall?.state).toBe("draft")
  })

  test("[CV-6] of a pile with nothing in it is looked at as long as records may be late; then that is noted", async () => {
    const { ctx, clock } = gateway
    const { stall, baseA } = await openTrade(ctx)
    const id = await enter(stall, failed())
    const ofBase = await enter(baseA, failed())
    await proposeRecalls(ctx)
    expect(await rowOf(id)).toMatchObject({ recallDue: true, recallId: null })
    const lot = newId()
    const harvestedAtSeconds = secondsOf(ctx) - 600
    await baseA.deliver(await baseA.envelope("harvest", { ...harvestBody(ctx, lot, 500), harvestedAtSeconds }))
    await findSources(ctx)
    await proposeRecalls(ctx)
    expect((await rowOf(ofBase)).recallId).toBe(ofBase)
    for (const hours of [1, 6, 24, 73]) {
      clock.advance(hours * 3_600_000)
      await proposeRecalls(ctx)
    }
    expect(await rowOf(id)).toMatchObject({ recallDue: false, recallId: null })
  })

  test("[CV-6] proposes for what turns out to have been there too, until somebody has approved", async () => {
    const { ctx } = gateway
    const { baseA } = await openTrade(ctx)
    const lots = [await harvest(baseA, 1000)]
    const id = await enter(baseA, failed())
    await proposeRecalls(ctx)
    const proposed = async () => {
      const { sources, state } = await readRecall(ctx, operator, id)
      return { state, lots: (sources as { lots: { id: string }[] }).lots.map((lot) => lot.id) }
    }
    const late = async () => {
      const lot = newId()
      const harvestedAtSeconds = secondsOf(ctx) - 600
      await baseA.deliver(await baseA.envelope("harvest", { ...harvestBody(ctx, lot, 500), harvestedAtSeconds }))
      await findSources(ctx)
      return lot
    }
    lots.push(await late())
    expect((await proposed()).lots).toEqual(lots.toSorted())
    const { steps } = await readRecall(ctx, operator, id)
    expect(steps.map(({ step, action }) => [step, action])).toEqual([
      [1, "drafted"],
      [2, "drafted"],
    ])
    const { reachDigest } = await readScopeOfRecall(ctx, operator, id)
    await approveRecall(ctx, operator, id, reachDigest)
    await late()
    expect(await proposed()).toEqual({ state: "approved", lots: lots.toSorted() })
  })
})
