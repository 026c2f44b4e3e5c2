import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { confirmJoin, endJoin } from "@suyuan/api/buyers/answer-join"
import { claimJoin } from "@suyuan/api/buyers/claim-join"
import { findOrMakeBuyer } from "@suyuan/api/buyers/find-or-make-buyer"
import { forgetBuyer } from "@suyuan/api/buyers/forget"
import { offerJoin } from "@suyuan/api/buyers/offer-join"
import { readOwnData } from "@suyuan/api/buyers/own-data"
import { listPurchases } from "@suyuan/api/buyers/purchases"
import { startSession } from "@suyuan/api/buyers/session"
import { reportProblem } from "@suyuan/api/problems/report-problem"
import { listShares, recordOfShare, revokeShare, shareTrace } from "@suyuan/api/trace/share-trace"
import { bindings, buyerSessions, buyers, forgettings, purchaseProblems, shares } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { eq } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { type TestLedger, testLedger } from "../../support/ledger"
import { newBuyer, payOnPlatform, refundOnPlatform } from "../../support/paying"
import { gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { operator, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: SellingTerminal
let ledger: TestLedger
beforeAll(async () => {
  gateway = await testGateway()
  stall = await sellingTerminal(gateway.ctx)
  await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
  ledger = await testLedger(gateway.ctx, await testChain(), gateway.clock.advance)
  await ledger.enterTerminals()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

let counter = 0
const actorOf = ({ id }: { readonly id: string }): Actor => ({ kind: "buyer", id, siteIds: [], scopes: [] })

async function buy(buyer: { readonly id: string }, isUploaded = true) {
  counter += 1
  const code = await stall.code(counter, [gramsOf(1, 500)])
  if (isUploaded) await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
  const sale = await payOnPlatform(gateway.ctx, code, buyer)
  return { ...sale, payCode: code }
}

async function personalOf(recordId: string | null) {
  const [record] = await gateway.ctx.db
    .select()
    .from(records)
    .where(eq(records.recordId, recordId ?? ""))
  return [record?.personalBytes ?? null, record?.personalSalt ?? null]
}

const forget = (buyer: { readonly id: string }, id = gateway.ctx.random.uuid()) =>
  forgetBuyer(gateway.ctx, actorOf(buyer), id)

describe("who asks to be forgotten", () => {
  test("[BY-3] the keys of their records are gone, refunds' too, and every record is proved as before", async () => {
    const { ctx } = gateway
    const [buyer, other] = [await newBuyer(ctx), await newBuyer(ctx)]
    const [sale, refunded, others] = [await buy(buyer), await buy(buyer), await buy(other)]
    const refundRecord = await refundOnPlatform(ctx, refunded, { goods: "money-only", amountFen: 100 })
    await ledger.anchorAll()
    const told = [sale.recordId, refunded.recordId, refundRecord]
    const before = await Promise.all(told.map((id) => ledger.proof(id ?? "")))
    await forget(buyer)
    for (const [index, id] of told.entries()) {
      expect(await personalOf(id)).toEqual([null, null])
      const proof = await ledger.proof(id ?? "")
      expect(proof).toBe(before[index] ?? "")
      expect((await ledger.verify(proof)).verified).toBe(true)
    }
    expect(await personalOf(others.recordId)).not.toContain(null)
  })

  test("[BY-3] what tells of them later names nobody: a refund, a record that waited for its upload", async () => {
    const { ctx } = gateway
    const buyer = await newBuyer(ctx)
    const [sale, late] = [await buy(buyer), await buy(buyer, false)]
    expect(late.recordId).toBeNull()
    await forget(buyer)
    expect(await personalOf(await refundOnPlatform(ctx, sale, { goods: "money-only", amountFen: 100 }))).toEqual([
      null,
      null,
    ])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(late.payCode)))
    const [recorded] = await ctx.db.select().from(sales).where(eq(sales.counter, late.counter))
    expect(recorded?.recordId).not.toBeNull()
    expect(await personalOf(recorded?.recordId ?? null)).toEqual([null, null])
  })

  test("[BY-3] identity, sessions, shares, binding and words are gone; the books keep sale and amount", async () => {
    const { ctx } = gateway
    const buyer = await newBuyer(ctx, stall)
    const sale = await buy(buyer)
    const [before] = await ctx.db.select().from(buyers).where(eq(buyers.id, buyer.id))
    await ctx.db.transaction((tx) => startSession(ctx, tx, buyer.id))
    const share = await shareTrace(ctx, actorOf(buyer), sale.recordId ?? "")
    await reportProblem(ctx, actorOf(buyer), {
      ...{ id: ctx.random.uuid(), terminalId: sale.terminalId, counter: sale.counter },
      ...{ kind: "other", said: "我住在三号楼" },
    })
    expect(await readOwnData(ctx, actorOf(buyer))).toMatchObject({
      ...{ identities: 1, purchases: 1, shares: 1, sessions: 1, problems: 1, bindings: 1, isPaymentUnderWay: false },
    })
    await forget(buyer)
    const stored = await ctx.db.select().from(buyers).where(eq(buyers.id, buyer.id))
    expect(stored).toMatchObject([{ platform: "web", appId: "", openId: buyer.id }])
    const [link] = await ctx.db.select().from(shares).where(eq(shares.id, share.id))
    expect([link?.buyerId, link?.revokedAt === null]).toEqual([null, false])
    expect(await ctx.db.select().from(buyerSessions).where(eq(buyerSessions.buyerId, buyer.id))).toEqual([])
    const [bound] = await ctx.db.select().from(bindings).where(eq(bindings.buyerId, buyer.id))
    expect(bound?.state).toBe("ended")
    const reports = await ctx.db.select().from(purchaseProblems).where(eq(purchaseProblems.counter, sale.counter))
    expect(reports).toMatchObject([{ said: "", buyerId: null, kind: "other" }])
    const [kept] = await ctx.db.select().from(sales).where(eq(sales.counter, sale.counter))
    expect(kept).toMatchObject({ state: "paid", paidFen: sale.paidFen, recordId: sale.recordId })
    // The same wallet later is somebody new.
    const { platform, appId, openId } = before ?? { platform: "web" as const, appId: "", openId: "" }
    if (platform === "web") throw new Error("the wallet is not one")
    const anew = await ctx.db.transaction((tx) => findOrMakeBuyer(ctx, tx, { platform, appId, openId }))
    expect(anew).not.toBe(buyer.id)
    expect(await listPurchases(ctx, actorOf({ id: anew }), { limit: 9 })).toEqual([])
  })

  test("[BY-3] every joined identity goes with it, and nothing joins them any more", async () => {
    const { ctx } = gateway
    const [phone, browser] = [await newBuyer(ctx), await newBuyer(ctx)]
    const [one, two] = [await buy(phone), await buy(browser)]
    const { code } = await offerJoin(ctx, actorOf(phone), ctx.random.uuid())
    const { id, checkDigits: digits } = await claimJoin(ctx, actorOf(browser), { code, address: "203.0.113.9" })
    for (const side of [phone, browser]) await confirmJoin(ctx, actorOf(side), { id, digits })
    const { counts } = await forget(browser)
    expect(counts).toMatchObject({ identities: 2, purchases: 2, joins: 1 })
    for (const sale of [one, two]) expect(await personalOf(sale.recordId)).toEqual([null, null])
    expect((await listPurchases(ctx, actorOf(phone), { limit: 9 })).length).toBe(1)
  })

  test("[BY-3] links to what was bought are the payer's, whoever made them, and end with it", async () => {
    const { ctx } = gateway
    const [payer, other] = [await newBuyer(ctx), await newBuyer(ctx)]
    const { recordId } = await buy(payer)
    if (recordId === null) throw new Error("no record")
    const { code } = await offerJoin(ctx, actorOf(payer), ctx.random.uuid())
    const { id, checkDigits: digits } = await claimJoin(ctx, actorOf(other), { code, address: "203.0.113.10" })
    for (const side of [payer, other]) await confirmJoin(ctx, actorOf(side), { id, digits })
    const [first, second] = [
      await shareTrace(ctx, actorOf(other), recordId),
      await shareTrace(ctx, actorOf(other), recordId),
    ]
    await endJoin(ctx, actorOf(other), id)
    const listed = await listShares(ctx, actorOf(payer), recordId)
    expect(listed.map((share) => share.id).sort()).toEqual([first.id, second.id].sort())
    const stranger = await newBuyer(ctx)
    expect(await refusalOf(revokeShare(ctx, actorOf(stranger), first.id))).toBe("trace/unknown")
    await revokeShare(ctx, actorOf(payer), first.id)
    expect(await refusalOf(recordOfShare(ctx, first.id))).toBe("trace/share-revoked")
    expect(await recordOfShare(ctx, second.id)).toBe(recordId)
    await forget(payer)
    expect(await refusalOf(recordOfShare(ctx, second.id))).toBe("trace/share-revoked")
  })

  test("[BY-3] waits for a payment that is under way, and changes nothing until then", async () => {
    const { ctx } = gateway
    const buyer = await newBuyer(ctx)
    const sale = await buy(buyer)
    const ofSale = eq(attempts.outTradeNo, sale.settledBy ?? "")
    await ctx.db.update(attempts).set({ state: "unknown" }).where(ofSale)
    expect(await refusalOf(forget(buyer))).toBe("buyer/payment-under-way")
    expect(await personalOf(sale.recordId)).not.toContain(null)
    await ctx.db.update(attempts).set({ state: "succeeded" }).where(ofSale)
    await forget(buyer)
  })

  test("[BY-3] over HTTP: said twice, once done; a repeat after a lost answer gets the same, without the session", async () => {
    const { ctx } = gateway
    const app = testApp(ctx)
    const buyer = await newBuyer(ctx)
    await buy(buyer)
    const session = { ...(await sessionOf(ctx, buyer)), "content-type": "application/json" }
    const id = ctx.random.uuid()
    const send = (body: object, headers: Record<string, string> = session) =>
      app.request("/buyers/data/forget", { method: "POST", headers, body: JSON.stringify(body) })
    expect((await send({ id })).status).toBe(400)
    expect((await send({ id, isUnderstood: false })).status).toBe(400)
    const first = await (await send({ id, isUnderstood: true })).json()
    expect(first).toMatchObject({ id, counts: { purchases: 1, identities: 1 } })
    const anonymous = { "content-type": "application/json" }
    expect(await (await send({ id, isUnderstood: true }, anonymous)).json()).toEqual(first)
    expect((await send({ id: ctx.random.uuid(), isUnderstood: true })).status).toBe(401)
    expect(await ctx.db.$count(forgettings, eq(forgettings.id, id))).toBe(1)
    expect((await app.request("/buyers/data", { headers: session })).status).toBe(401)
  })

  test("refuses the wrong actor", async () => {
    expect(await refusalOf(forgetBuyer(gateway.ctx, operator, gateway.ctx.random.uuid()))).toBe("request/forbidden")
    expect(await refusalOf(readOwnData(gateway.ctx, operator))).toBe("request/forbidden")
  })
})
