import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { releaseBinding } from "@suyuan/api/bindings/release-binding"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { and, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade, refusalsOf, type Trade } from "../../support/goods"
import { payOnPlatform } from "../../support/paying"
import { gramsOf } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
  await trade.baseA.deliver(
    await trade.baseA.envelope("harvest", harvestBody(gateway.ctx, gateway.ctx.random.uuid(), 9000)),
  )
})
afterAll(() => gateway?.close())

let counter = 0
/** The code is signed now; `pay` opens and settles it. */
async function offer() {
  nextMoment(gateway.clock)
  counter += 1
  const code = await trade.baseA.code(counter, [gramsOf(1, 1000)])
  await trade.baseA.deliver(await trade.baseA.envelope("sale", trade.baseA.saleBody(code)))
  return async () => {
    const { recordId } = await payOnPlatform(gateway.ctx, code, trade.stallWallet)
    if (!recordId) throw new Error("the sale has no record")
    return recordId
  }
}
const purchaseOf = async (saleRecordId: string) => {
  const [row] = await gateway.ctx.db.select().from(purchases).where(eq(purchases.saleRecordId, saleRecordId))
  return row
}

test("[BI-8] a sale is a purchase if the wallet was bound when it was paid; what was bought stays bought", async () => {
  const before = await (await offer())()
  expect(await purchaseOf(before)).toMatchObject({ buyerMerchantId: trade.stall.merchantId, state: "offered" })
  // Signed and shown while the binding holds, paid when it does not any more.
  const payLater = await offer()
  const [bound] = await gateway.ctx.db.select().from(bindings).where(eq(bindings.buyerId, trade.stallWallet.id))
  const holder: Actor = { kind: "buyer", id: trade.stallWallet.id, siteIds: [], scopes: [] }
  await releaseBinding(gateway.ctx, holder, bound?.id ?? "")
  expect(await purchaseOf(await payLater())).toBeUndefined()
  expect(await purchaseOf(await (await offer())())).toBeUndefined()
  // The stall still answers for what its wallet had bought, and it is in its pile.
  nextMoment(gateway.clock)
  const accepted = await trade.stall.envelope("arrival", arrivalBody(gateway.ctx, before, "accepted", 900))
  expect(refusalsOf(await trade.stall.deliver(accepted))).toEqual(["stored"])
  const inPile = await gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(and(eq(pileEvents.merchantId, trade.stall.merchantId), eq(pileEvents.source, "purchase")))
  expect(inPile.map(({ recordId, gramsHigh }) => [recordId, gramsHigh])).toEqual([[before, 900]])
})
