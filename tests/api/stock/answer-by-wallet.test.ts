import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { releaseBinding } from "@suyuan/api/bindings/release-binding"
import { answerByWallet } from "@suyuan/api/stock/answer-by-wallet"
import { listBought } from "@suyuan/api/stock/list-purchases"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { parseDownMessage } from "@suyuan/terminal-kiosk/link/down-messages"
import { and, eq } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { operator, refusalOf } from "../../support/stall"
import { sell } from "../recalls/day"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
let holder: Actor
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
  holder = { kind: "buyer", id: trade.stallWallet.id, siteIds: [], scopes: [] }
  await trade.baseA.deliver(
    await trade.baseA.envelope("harvest", harvestBody(gateway.ctx, gateway.ctx.random.uuid(), 90_000)),
  )
})
afterAll(() => gateway?.close())

const buy = async () => {
  const { recordId } = await sell(gateway, trade.baseA, 1000, trade.stallWallet)
  nextMoment(gateway.clock)
  return recordId
}
const say = (saleRecordId: string, outcome: "accepted" | "private" | "refused", acceptedGrams = 0, by = holder) =>
  answerByWallet(gateway.ctx, by, { merchantId: trade.stall.merchantId, saleRecordId, line: 0, outcome, acceptedGrams })
const inPile = async (recordId: string) => {
  const rows = await gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(and(eq(pileEvents.recordId, recordId), eq(pileEvents.source, "purchase")))
  return rows.map(({ gramsHigh }) => gramsHigh)
}
const arrivals = () => gateway.ctx.db.$count(records, eq(records.kind, RECORD_KINDS.arrival))
const bought = (by = holder) => listBought(gateway.ctx, by, { merchantId: trade.stall.merchantId, limit: 50 })

describe("a wallet that is bound to the stall", () => {
  test("[BY-5] accepts what it bought, with less at most, refuses it or keeps it private; the newest answer holds", async () => {
    const id = await buy()
    expect((await bought())[0]).toMatchObject({ saleRecordId: id, state: "offered", grams: 1000, name: "大白菜" })
    await say(id, "accepted", 900)
    expect(await inPile(id)).toEqual([900])
    nextMoment(gateway.clock)
    await say(id, "private")
    expect(await inPile(id)).toEqual([])
    nextMoment(gateway.clock)
    await say(id, "refused")
    expect((await bought())[0]).toMatchObject({ state: "refused", acceptedGrams: 0 })
    nextMoment(gateway.clock)
    await say(id, "accepted", 1000)
    expect(await inPile(id)).toEqual([1000])
    expect(await refusalOf(say(id, "accepted", 1001))).toBe("stock/more-than-bought")
  })

  test("[UP-19] the stall's terminals hear which answer holds, whichever side gave it", async () => {
    const { ctx, clock } = gateway
    const { terminalId } = trade.stall
    const id = await buy()
    const told = async () => {
      const rows = await ctx.db
        .select()
        .from(outbox)
        .where(eq(outbox.recipient, terminalToHex(terminalId)))
        .orderBy(outbox.id)
      return rows.flatMap(({ topic, payload }) => {
        const heard = parseDownMessage(topic, JSON.stringify(payload))
        const notice = heard?.topic === "notice" ? heard.message : undefined
        return notice?.kind === "purchase-answered" && notice.saleRecordId === id ? [notice] : []
      })
    }
    await say(id, "accepted", 800)
    await say(id, "accepted", 800)
    expect(await told()).toMatchObject([{ lineIndex: 0, grams: 1000, outcome: "accepted", acceptedGrams: 800 }])
    nextMoment(clock)
    const uploadId = ctx.random.uuid()
    const own = await trade.stall.envelope("arrival", arrivalBody(ctx, id, "private"), uploadId)
    const late = await trade.stall.envelope("arrival", arrivalBody(ctx, id, "refused"))
    nextMoment(clock)
    await trade.stall.deliver(own)
    expect((await told()).at(-1)).toMatchObject({ outcome: "private", acceptedGrams: 0, uploadId, isNewest: true })
    nextMoment(clock)
    await say(id, "accepted", 1000)
    // Said before the phone's answer, and delivered after it.
    await trade.stall.deliver(late)
    expect((await told()).at(-1)).toMatchObject({ outcome: "accepted", acceptedGrams: 1000, isNewest: false })
    expect(await told()).toHaveLength(4)
  })

  test("[BY-5] a repeat after a lost answer writes nothing", async () => {
    const id = await buy()
    await say(id, "accepted", 800)
    const written = await arrivals()
    nextMoment(gateway.clock)
    await say(id, "accepted", 800)
    expect([await arrivals(), await inPile(id)]).toEqual([written, [800]])
  })

  test("[BY-5] nobody else answers or sees it, nor the wallet once it is let go", async () => {
    const { ctx } = gateway
    const id = await buy()
    const stranger: Actor = { ...holder, id: trade.consumer.id }
    const wholesaler: Actor = { ...holder, id: trade.wholesalerWallet.id }
    for (const other of [stranger, wholesaler, operator]) {
      expect(await refusalOf(say(id, "refused", 0, other))).toBe("request/forbidden")
    }
    expect(await refusalOf(bought(stranger))).toBe("request/forbidden")
    expect(await refusalOf(say("00".repeat(16), "refused"))).toBe("stock/no-such-purchase")
    const app = testApp(ctx)
    const path = `/bought/${trade.stall.merchantId}`
    const headers = { ...(await sessionOf(ctx, trade.stallWallet)), "content-type": "application/json" }
    const listed = (await (await app.request(`${path}?state=offered`, { headers })).json()) as { purchases: object[] }
    expect(listed.purchases).toMatchObject([{ saleRecordId: id, state: "offered", seller: { stallNumber: "A-12" } }])
    const body = JSON.stringify({ saleRecordId: id, line: 0, outcome: "private" })
    expect((await app.request(`${path}/answers`, { method: "POST", headers, body })).status).toBe(204)
    const [binding] = await ctx.db.select().from(bindings).where(eq(bindings.buyerId, holder.id))
    await releaseBinding(ctx, holder, binding?.id ?? "")
    expect(await refusalOf(say(id, "refused"))).toBe("request/forbidden")
    expect(await refusalOf(bought())).toBe("request/forbidden")
  })
})
