// A recall from proposal to end: two persons, records, holds at stalls, buyers to be told, and drills that touch nobody.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import { type Actor, gatewayActor } from "@suyuan/api/actor"
import { activateRecall, extendRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { closeRecall, withdrawRecall } from "@suyuan/api/recalls/end-recall"
import { readHolds } from "@suyuan/api/recalls/holds"
import { listRecalls, noteStallsTold, readRecall, readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { resolveRecallSet } from "@suyuan/api/recalls/recall-set"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { walkPile } from "@suyuan/api/trace/walk-pile"
import { records } from "@suyuan/drizzle/schema/ledger"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { recallNotices } from "@suyuan/drizzle/schema/recalls"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { secondsOf } from "../../support/goods"
import { newBuyer, refundOnPlatform } from "../../support/paying"
import { cabbage, sellingTerminal, slotOf } from "../../support/selling"
import { operator, operatorOf, operatorWithout, refusalOf, secondOperator } from "../../support/stall"
import { type Day, playDay, sell } from "./day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let day: Day
beforeAll(async () => {
  gateway = await testGateway()
  day = await playDay(gateway)
})
afterAll(() => gateway?.close())

async function draft(more: { isDrill?: boolean; actor?: Actor; lot?: string } = {}): Promise<string> {
  const { ctx } = gateway
  const set = { kind: "lots", lotIds: [more.lot ?? day.lot] } as const
  const order = { id: ctx.random.uuid(), set, reason: "农残超标", isDrill: more.isDrill ?? false }
  return (await draftRecall(ctx, more.actor ?? operator, order)).id
}

async function approve(id: string, actor: Actor = secondOperator): Promise<void> {
  const { reachDigest } = await readScopeOfRecall(gateway.ctx, actor, id)
  await approveRecall(gateway.ctx, actor, id, reachDigest)
}

async function stepsOnLedger(id: string) {
  const { steps } = await readRecall(gateway.ctx, operator, id)
  const found = []
  for (const { recordId } of steps) {
    const [row] = await gateway.ctx.db.select().from(records).where(eq(records.recordId, recordId))
    const record = row && decodeRecord("recall-step", { public: row.publicBytes })
    if (!record?.ok || record.value.kind !== "recall-step") throw new Error("a step has no record")
    found.push(record.value.public)
  }
  return found
}

const holdsOf = async () => (await readHolds(gateway.ctx.db, day.trade.stall.merchantId)).holds
/** Of goods poured together, and of a slot kept apart for the lot. */
const holdsFor = (recallId: string) =>
  [null, day.lot].map((lot) => ({ recallId, commodity: cabbage, lot, reason: "农残超标" }))
const noticesOf = (id: string) => gateway.ctx.db.select().from(recallNotices).where(eq(recallNotices.recallId, id))

describe("a recall", () => {
  test("[RC-8] is approved by another person than its proposer, who saw the scope as it is", async () => {
    const { ctx } = gateway
    const id = await draft()
    const { reachDigest } = await readScopeOfRecall(ctx, operator, id)
    expect(await refusalOf(approveRecall(ctx, operator, id, reachDigest))).toBe("recall/second-person-needed")
    expect(await refusalOf(approveRecall(ctx, gatewayActor, id, reachDigest))).toBe("recall/second-person-needed")
    const own = { label: "of their own making", kind: "operator", actorId: "invented", siteIds: [], days: 1 } as const
    await issueToken(ctx, operator, { ...own, scopes: ["recalls:read", "recalls:write"] })
    const invented = { ...operator, id: own.actorId }
    expect(await refusalOf(approveRecall(ctx, invented, id, reachDigest))).toBe("recall/second-person-needed")
    expect(await refusalOf(approveRecall(ctx, secondOperator, id, "00".repeat(32)))).toBe("recall/scope-changed")
    expect(await refusalOf(activateRecall(ctx, operator, id))).toBe("recall/wrong-state")
    const ofStall = { ...operatorOf(day.trade.stall.siteId), id: "an inspector" }
    expect(await refusalOf(approveRecall(ctx, ofStall, id, reachDigest))).toBe("request/forbidden")
    await approve(id)
    await approve(id)
    expect(await readRecall(ctx, operator, id)).toMatchObject({ state: "approved", approvedBy: secondOperator.id })
    await withdrawRecall(ctx, operator, id)
  })

  test("[RC-9] goes from draft to closed, each step once on the ledger, with the scope as it then was", async () => {
    const { ctx } = gateway
    const id = await draft()
    await approve(id)
    for (let times = 0; times < 2; times += 1) await activateRecall(ctx, secondOperator, id)
    expect(await holdsOf()).toEqual(holdsFor(id))
    expect((await noticesOf(id)).map(({ buyerId }) => buyerId).toSorted()).toEqual(
      [...day.buyers, day.trade.wholesalerWallet, day.trade.stallWallet].map((buyer) => buyer.id).toSorted(),
    )
    for (let times = 0; times < 2; times += 1) await closeRecall(ctx, operator, id)
    expect(await holdsOf()).toEqual([])
    const steps = await stepsOnLedger(id)
    expect(steps.map(({ step, action }) => [step, action])).toEqual([
      [1, "drafted"],
      [2, "approved"],
      [3, "activated"],
      [4, "closed"],
    ])
    expect(steps[0]?.lots).toEqual([day.lot])
    expect(toHex(steps[0]?.actorAlias ?? new Uint8Array())).not.toBe(toHex(steps[1]?.actorAlias ?? new Uint8Array()))
    const { frozen } = await readScopeOfRecall(ctx, operator, id)
    const [scope] = steps[2]?.scope ?? []
    expect(scope && [toHex(scope.digest), scope.sales]).toEqual([frozen?.digest ?? "", frozen?.totals.sales ?? 0])
    expect(await refusalOf(activateRecall(ctx, operator, id))).toBe("recall/wrong-state")
    expect(await refusalOf(withdrawRecall(ctx, operator, id))).toBe("recall/wrong-state")
  })

  test("[RC-10] reaches further as records arrive, and shows by how much", async () => {
    const { ctx } = gateway
    const id = await draft()
    await approve(id)
    await activateRecall(ctx, secondOperator, id)
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(false)
    const { consumer } = day.trade
    await sell(gateway, day.trade.stall, 500, consumer)
    const { difference, frozen } = await readScopeOfRecall(ctx, operator, id)
    expect(difference?.sales).toBe(1)
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(true)
    expect((await readScopeOfRecall(ctx, operator, id)).frozen?.totals.sales).toBe((frozen?.totals.sales ?? 0) + 1)
    expect((await noticesOf(id)).map(({ buyerId }) => buyerId)).toContain(consumer.id)
    expect((await stepsOnLedger(id)).at(-1)?.action).toBe("extended")
    await closeRecall(ctx, operator, id)
  })

  test("[RC-10] a sale that was taken back hides no new buyer", async () => {
    const { ctx } = gateway
    const own = await playDay(gateway)
    const id = await draft({ lot: own.lot })
    await approve(id)
    await activateRecall(ctx, secondOperator, id)
    const [bag] = own.bags
    if (!bag) throw new Error("no bag was sold")
    await refundOnPlatform(ctx, bag, { goods: "not-handed-over", amountFen: bag.paidFen })
    await sell(gateway, own.trade.stall, 500, own.trade.consumer)
    expect((await readScopeOfRecall(ctx, operator, id)).difference?.sales).toBe(0)
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(true)
    expect((await noticesOf(id)).map(({ buyerId }) => buyerId)).toContain(own.trade.consumer.id)
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(false)
    await closeRecall(ctx, operator, id)
  })

  test("[RC-10] a stall that had sold all holds what comes of it later", async () => {
    const { ctx } = gateway
    const own = await playDay(gateway)
    await sell(gateway, own.trade.stall, 3500, own.trade.consumer)
    const id = await draft({ lot: own.lot })
    await approve(id)
    await activateRecall(ctx, secondOperator, id)
    const held = async () => (await readHolds(ctx.db, own.trade.stall.merchantId)).holds.length
    expect(await held()).toBe(0)
    await sell(gateway, own.trade.wholesaler, 1000, own.trade.stallWallet)
    expect(await extendRecall(ctx, gatewayActor, id)).toBe(true)
    expect(await held()).toBeGreaterThan(0)
    await closeRecall(ctx, operator, id)
  })

  test("[RC-8] is approved while the stalls sell on: as it then is, unless it reaches other piles", async () => {
    const { ctx } = gateway
    const own = await playDay(gateway)
    const id = await draft({ lot: own.lot })
    const shown = await readScopeOfRecall(ctx, secondOperator, id)
    const sale = await sell(gateway, own.trade.stall, 500, own.trade.consumer)
    await approveRecall(ctx, secondOperator, id, shown.reachDigest)
    const { frozen, digest } = await readScopeOfRecall(ctx, operator, id)
    expect([frozen?.digest, frozen?.totals.sales]).toEqual([digest, shown.totals.sales + 1])
    await activateRecall(ctx, secondOperator, id)
    expect((await noticesOf(id)).map(({ saleRecordId }) => saleRecordId)).toContain(sale.recordId)
    await closeRecall(ctx, operator, id)
    const next = await draft({ lot: own.otherLot })
    const before = await readScopeOfRecall(ctx, secondOperator, next)
    const stall = await sellingTerminal(ctx, "market", [slotOf(1, cabbage)])
    await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
    await sell(gateway, own.trade.wholesaler, 100, await newBuyer(ctx, stall))
    expect(await refusalOf(approveRecall(ctx, secondOperator, next, before.reachDigest))).toBe("recall/scope-changed")
    await withdrawRecall(ctx, operator, next)
  })

  test("[RC-11] tells the stall's terminals what they must not sell, and lifts it, newest list last", async () => {
    const { ctx } = gateway
    const { terminalId } = day.trade.stall
    const id = await draft()
    await approve(id)
    await activateRecall(ctx, operator, id)
    const { version } = await readHolds(ctx.db, day.trade.stall.merchantId)
    await closeRecall(ctx, operator, id)
    const told = await ctx.db
      .select()
      .from(outbox)
      .where(eq(outbox.recipient, terminalToHex(terminalId)))
    const lists = told.filter(({ topic }) => topic === "holds").map((row) => JSON.stringify(row.payload))
    const parsed = lists.flatMap((text) => {
      const news = parseDownMessage("holds", text)
      return news?.topic === "holds" ? [news.message] : []
    })
    const last = parsed.toSorted((a, b) => a.version - b.version).slice(-2)
    expect(last).toEqual([
      { v: 1, version, holds: holdsFor(id) },
      { v: 1, version: version + 1, holds: [] },
    ])
  })

  test("[RC-12] as a drill takes the same way, is timed, and touches no buyer and no stall's selling", async () => {
    const { ctx, clock } = gateway
    const before = await readHolds(ctx.db, day.trade.stall.merchantId)
    const id = await draft({ isDrill: true })
    clock.advance(2000)
    await approve(id)
    clock.advance(3000)
    await activateRecall(ctx, secondOperator, id)
    await noteStallsTold(ctx)
    expect((await readRecall(ctx, operator, id)).stallsToldAt).toBeNull()
    await ctx.db.delete(outbox)
    clock.advance(1000)
    await noteStallsTold(ctx)
    const { startedAt, firstPageAt, stallsToldAt, notices } = await readRecall(ctx, operator, id)
    const since = (at: Date | null) => at && at.getTime() - startedAt.getTime()
    expect([since(firstPageAt), since(stallsToldAt)]).toEqual([2000, 6000])
    expect(notices).toEqual({ waiting: 0, sent: 0, read: 0, "not-permitted": 0, failed: 0, unknown: 0 })
    expect(await readHolds(ctx.db, day.trade.stall.merchantId)).toEqual(before)
    const [first] = await stepsOnLedger(id)
    expect(first?.drill).toBe(1)
    await closeRecall(ctx, operator, id)
  })

  test("[RC-8] is proposed once under one id, by whoever may, a machine too", async () => {
    const { ctx } = gateway
    const order = { id: ctx.random.uuid(), set: { kind: "lots", lotIds: [day.lot] }, reason: "一" } as const
    // At once, as after a time-out, and again.
    await Promise.all([draftRecall(ctx, gatewayActor, order), draftRecall(ctx, gatewayActor, order)])
    await draftRecall(ctx, gatewayActor, order)
    expect(await stepsOnLedger(order.id)).toHaveLength(1)
    expect(await refusalOf(draftRecall(ctx, operator, { ...order, reason: "二" }))).toBe("request/conflict")
    expect((await listRecalls(ctx, operator)).map(({ id }) => id)).toContain(order.id)
    await withdrawRecall(ctx, operator, order.id)
  })

  test("refuses the wrong actor at every step", async () => {
    const { ctx } = gateway
    const id = await draft()
    const wrong = operatorWithout("recalls:write")
    const set = { kind: "lots", lotIds: [day.lot] } as const
    const verbs = [
      () => draftRecall(ctx, wrong, { id: ctx.random.uuid(), set, reason: "无" }),
      () => approveRecall(ctx, wrong, id, "00".repeat(32)),
      () => activateRecall(ctx, wrong, id),
      () => extendRecall(ctx, wrong, id),
      () => closeRecall(ctx, wrong, id),
      () => withdrawRecall(ctx, wrong, id),
      () => readRecall(ctx, operatorWithout("recalls:read"), id),
    ]
    for (const verb of verbs) expect(await refusalOf((async () => verb())())).toBe("request/forbidden")
    const elsewhere = operatorOf(ctx.random.uuid())
    expect(await refusalOf(readRecall(ctx, elsewhere, id))).toBe("recall/unknown")
    expect(await refusalOf(withdrawRecall(ctx, { ...elsewhere, id: "other" }, id))).toBe("request/forbidden")
    expect(await listRecalls(ctx, elsewhere)).not.toContainEqual(expect.objectContaining({ id }))
    await withdrawRecall(ctx, operator, id)
  })
})

test("[RC-10] of what was frozen, and of whom it told, an actor of one site is told of that site alone", async () => {
  const { ctx } = gateway
  const own = await playDay(gateway)
  const id = await draft({ lot: own.lot })
  await approve(id)
  await activateRecall(ctx, operator, id)
  const whole = await readRecall(ctx, operator, id)
  const at = (siteId: string) => readRecall(ctx, { ...operator, siteIds: [siteId] }, id)
  const [market, base] = [await at(own.trade.stall.siteId), await at(own.trade.baseA.siteId)]
  expect(whole.frozen?.totals).toMatchObject({ sales: 3, mayGrams: 4500 })
  expect(market.frozen?.totals).toEqual({ sales: 3, stalls: 1, mayGrams: 4500 })
  expect(base.frozen?.totals).toMatchObject({ sales: 0, mayGrams: 0 })
  // Beside the three who bought at the stall, the wallets of the wholesaler and of the stall.
  const told = [whole, market, base].map(({ notices }) => notices.waiting)
  expect(told).toEqual([5, 3, 1])
  const seen = await readScopeOfRecall(ctx, { ...operator, siteIds: [own.trade.baseA.siteId] }, id)
  expect(seen.frozen?.totals.sales).toBe(0)
  expect(seen.difference).toBeUndefined()
})

describe("a set of sources", () => {
  test("[RC-1] of an inspection is what may have been in the sampled pile: its lots, and unknown goods as they came in", async () => {
    const { ctx, clock } = gateway
    const own = await playDay(gateway)
    const { stall } = own.trade
    const at = new Date(clock.nowMs())
    const test = {
      ...{ id: ctx.random.uuid(), siteId: stall.siteId, merchantId: stall.merchantId, commodity: cabbage },
      ...{ pileId: pileIdOf(stall.merchantId, cabbage, null), sampleNumber: "KJ-1", sampledAt: at, testedAt: at },
      ...{ method: "酶抑制率法", standard: "GB/T 5009.199-2003", limitPermille: 500, inhibitionPermille: 700 },
      ...{ conclusion: "failed" as const, instrument: "", testerRole: "inspector", recordId: "00".repeat(16) },
    }
    await ctx.db.insert(inspections).values(test)
    const set = { kind: "inspection", inspectionId: test.id } as const
    const known = await resolveRecallSet(ctx, ctx.db, set)
    expect(known.lots.map(({ id }) => id)).toEqual([own.lot, own.otherLot].toSorted())
    expect(known.inflows).toEqual([])
    const scope = await readRecallScope(ctx, operator, set)
    expect(scope.sales.map(({ recordId }) => recordId)).toEqual(
      expect.arrayContaining(own.bags.map(({ recordId }) => recordId)),
    )
    await stall.deliver(
      await stall.envelope("outside-goods", {
        ...{ commodity: cabbage, weightGrams: 700, receivedAtSeconds: secondsOf(ctx), declaredOrigin: "" },
      }),
    )
    const later = { ...test, id: ctx.random.uuid(), sampledAt: new Date(clock.nowMs() + 60_000) }
    await ctx.db.insert(inspections).values(later)
    const { inflows } = await resolveRecallSet(ctx, ctx.db, { kind: "inspection", inspectionId: later.id })
    expect(inflows).toContainEqual(expect.objectContaining({ pileId: test.pileId, grams: 700 }))
    // The same when what the pile held is remembered from after they came.
    await walkPile(ctx, test.pileId)
    clock.advance(60_000)
    await sell(gateway, stall, 100, own.trade.consumer)
    clock.advance(60_000)
    const last = { ...later, id: ctx.random.uuid(), sampledAt: new Date(clock.nowMs()) }
    await ctx.db.insert(inspections).values(last)
    const again = await resolveRecallSet(ctx, ctx.db, { kind: "inspection", inspectionId: last.id })
    expect(again.inflows).toEqual(inflows)
    expect(again.lots.map(({ id }) => id)).toEqual([own.lot, own.otherLot].toSorted())
  })
})
