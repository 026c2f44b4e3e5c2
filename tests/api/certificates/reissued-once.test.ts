// What a stall certifies anew is there, is certified once, and certifies nobody else's goods.
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test"
import { answerDraft } from "@suyuan/api/certificates/answer-draft"
import { collectCertificates } from "@suyuan/api/certificates/collect-certificates"
import { type DraftRow, draftReissue, parentsOf, signedForm } from "@suyuan/api/certificates/draft-reissue"
import { readLotChecks } from "@suyuan/api/inspections/coverage"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { readLots } from "@suyuan/api/trace/describe-origin"
import { certificates } from "@suyuan/drizzle/schema/trace"
import { certificateAnswerMessage, certificateDraftDigest } from "@suyuan/protocol/terminal/certificate-answer"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { payOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"
import { enrolTerminal, operator, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
let counter = 0
let sign: (draft: DraftRow) => Promise<DraftRow>
beforeAll(async () => {
  gateway = await testGateway()
})
afterAll(() => gateway?.close())

// A stall with 5 kg that came with a certificate of all of it.
beforeEach(async () => {
  const { ctx } = gateway
  trade = await openTrade(ctx)
  await harvest(trade.baseA, 5000)
  await buy(trade.baseA, 5000, trade.stall, trade.stallWallet)
  sign = await signerOf(trade.stall.merchantId)
})

async function signerOf(merchantId: string): Promise<typeof sign> {
  const { ctx } = gateway
  const { tablet, terminalId } = await enrolTerminal(ctx, merchantId)
  return (draft) => {
    const digest = certificateDraftDigest(signedForm(draft))
    const said = { terminal: terminalId, draftId: draft.id, answer: "issue", digest } as const
    const signature = tablet.sign(certificateAnswerMessage(ctx.config.NETWORK_ID, said))
    return answerDraft(ctx, { terminalId, draftId: draft.id, answer: "issue", signature })
  }
}

async function harvest(base: SellingTerminal, grams: number, lot = gateway.ctx.random.uuid(), isCertified = true) {
  nextMoment(gateway.clock)
  const certificate = isCertified ? { weightGrams: grams, promiseBasis: "自行检测合格" } : undefined
  await base.deliver(await base.envelope("harvest", { ...harvestBody(gateway.ctx, lot, grams), certificate }))
  return lot
}

async function sell(from: SellingTerminal, grams: number, wallet: TestBuyer) {
  nextMoment(gateway.clock)
  counter += 1
  const code = await from.code(counter, [gramsOf(1, grams)])
  await from.deliver(await from.envelope("sale", from.saleBody(code)))
  return (await payOnPlatform(gateway.ctx, code, wallet)).recordId ?? ""
}

async function buy(from: SellingTerminal, grams: number, to: SellingTerminal, wallet: TestBuyer) {
  const recordId = await sell(from, grams, wallet)
  await answer(to, recordId, "accepted", grams)
  return recordId
}

async function answer(to: SellingTerminal, recordId: string, outcome: "accepted" | "refused", grams = 0) {
  nextMoment(gateway.clock)
  await to.deliver(await to.envelope("arrival", arrivalBody(gateway.ctx, recordId, outcome, grams)))
  while ((await collectCertificates(gateway.ctx)) > 0);
}

const draft = (grams: number, id = gateway.ctx.random.uuid(), merchantId = trade.stall.merchantId) =>
  draftReissue(gateway.ctx, operator, {
    ...{ id, merchantId, commodity: cabbage, reason: "mixed", grams, promiseBasis: "自行检测合格" },
  })

test("[CT-3] under the name of a lot or of a certificate nothing is drafted, and no lot is certified by another's", async () => {
  const { ctx } = gateway
  const bare = await harvest(trade.baseB, 900, ctx.random.uuid(), false)
  expect(await refusalOf(draft(100, bare))).toBe("request/conflict")
  const issued = await sign(await draft(100))
  expect(await refusalOf(draft(100, issued.id, trade.baseA.merchantId))).toBe("request/conflict")
  // A lot that is named like a certificate for mixed goods is certified by it no more than any other.
  const named = await draft(200)
  await sign(named)
  await harvest(trade.baseB, 700, named.id, false)
  expect((await readLotChecks(ctx.db, [named.id])).get(named.id)?.certified).toBe("none")
  expect((await readLots(ctx.db, [named.id])).get(named.id)?.isCertified).toBe(false)
})

test("[CT-4] a lot that was harvested under a draft's name meanwhile keeps its certificate", async () => {
  const drafted = await draft(100)
  await harvest(trade.baseB, 700, drafted.id)
  expect(await refusalOf(sign(drafted))).toBe("request/conflict")
})

test("[CT-4] the same goods are certified once: by one of two drafts, and again only what came since", async () => {
  const [first, second] = [await draft(5000), await draft(5000)]
  const signed = await Promise.allSettled([sign(first), sign(second)])
  expect(signed.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
  expect(await refusalOf(draft(1))).toBe("certificate/above-stock")
  await sell(trade.stall, 2000, trade.consumer)
  await harvest(trade.baseA, 1000)
  await buy(trade.baseA, 1000, trade.stall, trade.stallWallet)
  expect(await refusalOf(draft(1001))).toBe("certificate/above-stock")
  expect((await sign(await draft(1000))).state).toBe("issued")
  const pileId = pileIdOf(trade.stall.merchantId, cabbage, null)
  const issued = (await gateway.ctx.db.select().from(certificates)).filter((one) => one.pileId === pileId)
  expect(issued.map(({ grams }) => grams).toSorted()).toEqual([1000, 5000])
})

test("[CT-4] a draft of goods that are gone, or of yesterday, is drafted anew", async () => {
  const { clock } = gateway
  const gone = await draft(1000)
  await sell(trade.stall, 5000, trade.consumer)
  await harvest(trade.baseA, 3000)
  await buy(trade.baseA, 3000, trade.stall, trade.stallWallet)
  expect(await refusalOf(sign(gone))).toBe("certificate/draft-expired")
  const old = await draft(1000)
  clock.advance(25 * 3_600_000)
  expect(await refusalOf(sign(old))).toBe("certificate/draft-expired")
})

test("[CT-3] [response lost] the same order twice at once is one draft", async () => {
  const id = gateway.ctx.random.uuid()
  const [one, other] = await Promise.all([draft(500, id), draft(500, id)])
  expect(one).toEqual(other)
})

test("[CT-3] certificates of goods that were refused later are no parents", async () => {
  const { wholesaler, wholesalerWallet, stall, stallWallet } = trade
  await harvest(trade.baseA, 2000)
  await buy(trade.baseA, 2000, wholesaler, wholesalerWallet)
  const ofWholesaler = await draft(2000, gateway.ctx.random.uuid(), wholesaler.merchantId)
  const mixed = await (await signerOf(wholesaler.merchantId))(ofWholesaler)
  const bought = await buy(wholesaler, 1000, stall, stallWallet)
  const parents = async () => parentsOf(await draft(100)).map(({ certificateId }) => certificateId)
  expect(await parents()).toContain(mixed.id)
  await answer(stall, bought, "refused")
  expect(await parents()).not.toContain(mixed.id)
})
