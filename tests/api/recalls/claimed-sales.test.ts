// A seller points at a lot that is recalled, and the books have none of it there: the sale is told all the same, as their word.
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Actor } from "@suyuan/api/actor"
import { activateRecall, extendRecall } from "@suyuan/api/recalls/activate-recall"
import { approveRecall } from "@suyuan/api/recalls/approve-recall"
import { draftRecall } from "@suyuan/api/recalls/draft-recall"
import { readHolds } from "@suyuan/api/recalls/holds"
import { listOwnRecalls } from "@suyuan/api/recalls/own-recalls"
import { readScopeOfRecall } from "@suyuan/api/recalls/read-recall"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { rememberPiles } from "@suyuan/api/trace/remember-piles"
import { sumPileDays } from "@suyuan/api/trace/sum-days"
import { testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { newBuyer, payOnPlatform, refundOnPlatform, saleRow, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { operator, operatorOf, secondOperator } from "../../support/stall"
import { tradingAt } from "../../support/trading"
import { allSales } from "./whole-history"

setDefaultTimeout(60_000)

let gateway: TestGateway
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

const { nextCounter, sell, enterOutside } = tradingAt(() => gateway)
/** What the stall keeps apart as the recalled lot; slot 1 is poured together. */
const keptApart = 2

let trade: Trade
let lot: string
let stall: SellingTerminal
let buyer: TestBuyer
beforeEach(async () => {
  const { ctx } = gateway
  trade = await openTrade(ctx)
  lot = ctx.random.uuid()
  stall = await openStall()
  buyer = await newBuyer(ctx)
  nextMoment(gateway.clock)
  await trade.baseA.deliver(await trade.baseA.envelope("harvest", harvestBody(ctx, lot, 10_000)))
})

async function openStall(): Promise<SellingTerminal> {
  const slots = [slotOf(1, cabbage), slotOf(keptApart, cabbage, { lot, pile: "kept-apart" })]
  const opened = await sellingTerminal(gateway.ctx, "market", slots)
  await opened.deliver(await opened.envelope("snapshot", opened.snapshotBody()))
  return opened
}

/** The seller takes it from what they keep apart, and signs that it is of the lot. */
async function sellAsLot(grams: number, to: TestBuyer, from = stall) {
  const { ctx, clock } = gateway
  nextMoment(clock)
  const code = await from.code(nextCounter(), [gramsOf(keptApart, grams)])
  await from.deliver(await from.envelope("sale", from.saleBody(code)))
  const sale = await payOnPlatform(ctx, code, to)
  if (!sale.recordId) throw new Error("the sale has no record")
  return { ...sale, recordId: sale.recordId }
}

/** What a base sold to this stall now, and was told of when `tell` is called: an entry that comes late. */
async function boughtUntold(grams: number) {
  const { ctx, clock } = gateway
  const wallet = await newBuyer(ctx, stall)
  nextMoment(clock)
  const code = await trade.baseA.code(nextCounter(), [gramsOf(1, grams)])
  const upload = await trade.baseA.envelope("sale", trade.baseA.saleBody(code))
  return async () => {
    nextMoment(clock)
    await trade.baseA.deliver(upload)
    await payOnPlatform(ctx, code, wallet)
  }
}

const scopeNow = (actor: Actor = operator) => readRecallScope(gateway.ctx, actor, { kind: "lots", lotIds: [lot] })
const draft = async () => {
  const { ctx } = gateway
  const set = { kind: "lots", lotIds: [lot] } as const
  return (await draftRecall(ctx, operator, { id: ctx.random.uuid(), set, reason: "农残超标" })).id
}

async function recallLot(): Promise<string> {
  const id = await draft()
  const { reachDigest } = await readScopeOfRecall(gateway.ctx, secondOperator, id)
  await approveRecall(gateway.ctx, secondOperator, id, reachDigest)
  await activateRecall(gateway.ctx, secondOperator, id)
  return id
}

const ownOf = ({ id }: TestBuyer) => listOwnRecalls(gateway.ctx, { kind: "buyer", id, siteIds: [], scopes: [] })
const heldLots = async ({ merchantId }: SellingTerminal) =>
  (await readHolds(gateway.ctx.db, merchantId)).holds.map((hold) => hold.lot)

describe("[RC-21] a sale of a lot that its seller chose and the books do not have there", () => {
  test("is in the scope as claimed, its neighbours are not", async () => {
    await enterOutside(stall, 8000)
    const { recordId } = await sellAsLot(1500, buyer)
    await sell(stall, 1000, await newBuyer(gateway.ctx))
    const { totals, piles, stalls, sales } = await scopeNow()
    expect(totals).toMatchObject({
      sales: 1,
      claimedSales: 1,
      stalls: 2,
      mayGrams: 0,
      mustGrams: 0,
      claimedGrams: 1500,
    })
    expect(sales).toMatchObject([{ recordId, mayGrams: 0, mustGrams: 0, expectedGrams: 0, claimedGrams: 1500 }])
    expect(sales[0]?.payer).toBeString()
    const own = piles.find(({ merchantId }) => merchantId === stall.merchantId)
    expect(own).toMatchObject({ sales: 1, claimedSales: 1, claimedGrams: 1500, stock: { mayGrams: 0 } })
    expect(stalls.map(({ merchantId }) => merchantId)).toContain(stall.merchantId)
  })

  test("is in it where nothing at all was entered, and long after its days were summed and remembered", async () => {
    const { recordId } = await sellAsLot(1500, buyer)
    gateway.clock.advance(3_700_000)
    await rememberPiles(gateway.ctx)
    gateway.clock.advance(40 * 86_400_000)
    await sumPileDays(gateway.ctx, { days: 41 })
    expect((await scopeNow()).sales).toMatchObject([{ recordId, claimedGrams: 1500 }])
  })

  test("is claimed only beyond what the books have, and an entry that comes late makes up for it", async () => {
    const wallet = await newBuyer(gateway.ctx, stall)
    await sell(trade.baseA, 400, wallet)
    const tell = await boughtUntold(4000)
    const { recordId } = await sellAsLot(1500, buyer)
    const ofSale = async () => (await scopeNow()).sales.find((sale) => sale.recordId === recordId)
    expect(await ofSale()).toMatchObject({ mayGrams: 400, claimedGrams: 1100 })
    const before = await scopeNow()
    await tell()
    expect(await ofSale()).toMatchObject({ mayGrams: 1500, claimedGrams: 0 })
    const after = await scopeNow()
    expect(after.totals).toMatchObject({ claimedSales: 0, claimedGrams: 0 })
    expect(after.digest).not.toBe(before.digest)
  })

  test("stands on the office's page with what that means, and on no page where nothing is claimed", async () => {
    const scopes = ["recalls:read", "traces:read"] as const
    const order = { label: "test", kind: "inspector", actorId: "wang", siteIds: [], days: 1, scopes } as const
    const { token } = await issueToken(gateway.ctx, operator, order)
    const app = testApp(gateway.ctx)
    const signedIn = await app.request("/office/session?lang=zh", {
      method: "POST",
      body: new URLSearchParams({ token }),
    })
    const headers = { cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "", accept: "text/html" }
    const page = async (path: string) => (await app.request(`/office/${path}`, { headers })).text()
    const look = () => page(`recalls/look?kind=lots&lotIds=${lot}`)
    expect(await look()).not.toContain("摊主指明")
    const { recordId } = await sellAsLot(1500, buyer)
    expect(await look()).toContain("1 笔 · 1.5 公斤")
    expect(await look()).toContain("这些买家同样会收到通知")
    expect(await look()).toContain(`href="/office/traces/${recordId}`)
    const trace = await page(`traces/${recordId}`)
    expect(trace).toContain(`摊主售出时指明的批次 ${lot}`)
    expect(trace).toContain("账上这批货不在这里")
  })

  test("is told of so far as it was handed over", async () => {
    await enterOutside(stall, 8000)
    const [first, second] = [await sellAsLot(1500, buyer), await sellAsLot(1000, buyer)]
    const { terminalId, counter, day, amountFen } = first
    await refundOnPlatform(gateway.ctx, await saleRow(gateway.ctx, { terminalId, counter, day }), {
      ...{ goods: "not-handed-over", amountFen },
    })
    const { sales, totals } = await scopeNow()
    expect(sales.map(({ recordId }) => recordId)).toEqual([second.recordId])
    expect(totals).toMatchObject({ claimedSales: 1, claimedGrams: 1000 })
  })

  test("goes before what is less likely, and each sale is on one page", async () => {
    const wallet = await newBuyer(gateway.ctx, stall)
    await sell(trade.baseB, 9000, wallet)
    await sell(trade.baseA, 500, wallet)
    await sell(stall, 300, buyer)
    const { recordId } = await sellAsLot(2000, buyer)
    await sell(stall, 400, buyer)
    const sales = await allSales(gateway, [lot], 1)
    expect(sales[0]).toMatchObject({ recordId, claimedGrams: 1500 })
    const keys = sales.map((sale) => `${sale.recordId}#${sale.line}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(sales.filter(({ isFollowed }) => !isFollowed)).toHaveLength((await scopeNow()).totals.sales)
  })

  test("is seen by an actor of its site, and by none of another", async () => {
    await sellAsLot(1500, buyer)
    expect((await scopeNow(operatorOf(stall.siteId))).totals).toMatchObject({ claimedSales: 1, claimedGrams: 1500 })
    expect((await scopeNow(operatorOf(trade.stall.siteId))).totals).toMatchObject({ claimedSales: 0, claimedGrams: 0 })
  })

  test("costs one statement more where there is one, and none where there is not", async () => {
    const counted = countStatements(gateway.ctx)
    const ask = { kind: "lots", lotIds: [lot] } as const
    expect(await counted.statementsOf((ctx) => readRecallScope(ctx, operator, ask))).toBeLessThanOrEqual(3)
    await sellAsLot(1500, buyer)
    expect(await counted.statementsOf((ctx) => readRecallScope(ctx, operator, ask))).toBe(4)
    await counted.end()
  })
})

describe("[RC-21] a recall of it", () => {
  test("tells the buyer in words that say whose word it is, and holds what is kept apart as it, nothing else", async () => {
    await enterOutside(stall, 8000)
    const { recordId } = await sellAsLot(1500, buyer)
    const bystander = await newBuyer(gateway.ctx)
    const other = await sell(stall, 1000, bystander)
    const recallId = await recallLot()
    expect(await ownOf(buyer)).toMatchObject([{ recallId, saleRecordId: recordId, isClaimed: true }])
    expect(await ownOf(bystander)).toEqual([])
    expect(await heldLots(stall)).toEqual([lot])
    const recallsOn = async (id: string) =>
      (await readTrace(gateway.ctx, gateway.ctx.db, id, "purchase")).lines.map(({ recalls }) => recalls.length)
    expect([await recallsOn(recordId), await recallsOn(other.recordId)]).toEqual([[1], [0]])
  })

  test("is extended to a stall that says so later, and says that the books do once they do", async () => {
    const id = await recallLot()
    expect(await heldLots(stall)).toEqual([])
    const tell = await boughtUntold(4000)
    await sellAsLot(1500, buyer)
    expect(await extendRecall(gateway.ctx, operator, id)).toBe(true)
    expect([await heldLots(stall), (await ownOf(buyer))[0]?.isClaimed]).toEqual([[lot], true])
    expect(await extendRecall(gateway.ctx, operator, id)).toBe(false)
    await tell()
    expect(await extendRecall(gateway.ctx, operator, id)).toBe(true)
    expect([await heldLots(stall), (await ownOf(buyer))[0]?.isClaimed]).toEqual([[null, lot], false])
  })

  test("leaves a lot that the books have as it was: nothing is claimed, and what is poured together is held too", async () => {
    await sell(trade.baseA, 4000, await newBuyer(gateway.ctx, stall))
    const { recordId } = await sellAsLot(1500, buyer)
    const { totals, sales } = await scopeNow()
    expect(totals).toMatchObject({ sales: 1, claimedSales: 0, mayGrams: 1500, mustGrams: 1500, claimedGrams: 0 })
    expect(sales.find((sale) => sale.recordId === recordId)).toMatchObject({ mayGrams: 1500, claimedGrams: 0 })
    await recallLot()
    expect((await ownOf(buyer))[0]?.isClaimed).toBe(false)
    expect(await heldLots(stall)).toEqual([null, lot])
  })
})
