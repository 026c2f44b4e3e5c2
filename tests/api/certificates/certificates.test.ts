import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Actor } from "@suyuan/api/actor"
import { answerDraft } from "@suyuan/api/certificates/answer-draft"
import { collectCertificates } from "@suyuan/api/certificates/collect-certificates"
import { draftReissue, parentsOf, signedForm } from "@suyuan/api/certificates/draft-reissue"
import { listCollected } from "@suyuan/api/certificates/list-certificates"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { records } from "@suyuan/drizzle/schema/ledger"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { certificates } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import {
  type CertificateAnswer,
  certificateAnswerMessage,
  certificateDraftDigest,
} from "@suyuan/protocol/terminal/certificate-answer"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { eq } from "drizzle-orm"
import { sessionOf, testApp } from "../../support/app"
import { type TestGateway, testGateway } from "../../support/context"
import { arrivalBody, harvestBody, nextMoment, openTrade, type Trade } from "../../support/goods"
import { payOnPlatform, type TestBuyer } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal } from "../../support/selling"
import { enrolTerminal, operator, operatorOf, operatorWithout, refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const newId = () => gateway.ctx.random.uuid()
let counter = 0

async function harvest(base: SellingTerminal, grams: number, certified: number): Promise<string> {
  nextMoment(gateway.clock)
  const lot = newId()
  const certificate = certified === 0 ? undefined : { weightGrams: certified, promiseBasis: "自行检测合格" }
  await base.deliver(await base.envelope("harvest", { ...harvestBody(gateway.ctx, lot, grams), certificate }))
  return lot
}

/** Sold, paid from the wallet and accepted by its stall. */
async function buy(from: SellingTerminal, grams: number, to: SellingTerminal, wallet: TestBuyer, accepted = grams) {
  nextMoment(gateway.clock)
  counter += 1
  const code = await from.code(counter, [gramsOf(1, grams)])
  await from.deliver(await from.envelope("sale", from.saleBody(code)))
  const { recordId } = await payOnPlatform(gateway.ctx, code, wallet)
  if (!recordId) throw new Error("the sale has no record")
  nextMoment(gateway.clock)
  await to.deliver(await to.envelope("arrival", arrivalBody(gateway.ctx, recordId, "accepted", accepted)))
  return recordId
}

const collected = async (merchant: SellingTerminal, saleRecordId: string) => {
  while ((await collectCertificates(gateway.ctx)) > 0);
  const rows = await listCollected(gateway.ctx.db, operatorOf(merchant.siteId), merchant.merchantId, saleRecordId)
  return Object.fromEntries(
    rows.map(({ collected: { certificateId, mustGrams, mayGrams } }) => [certificateId, [mustGrams, mayGrams]]),
  )
}

const order = (more: Partial<Parameters<typeof draftReissue>[2]> = {}) => ({
  ...{ id: newId(), merchantId: trade.stall.merchantId, commodity: cabbage, reason: "mixed" as const },
  promiseBasis: "自行检测合格",
  ...more,
})

/** A tablet of the stall's whose key the test holds. */
async function ownTablet(stall: SellingTerminal) {
  const { tablet, terminalId } = await enrolTerminal(gateway.ctx, stall.merchantId)
  return (draftId: string, digest: Uint8Array, answer: CertificateAnswer = "issue") => {
    const said = { terminal: terminalId, draftId, answer, digest }
    const signature = tablet.sign(certificateAnswerMessage(gateway.ctx.config.NETWORK_ID, said))
    return answerDraft(gateway.ctx, { terminalId, draftId, answer, signature })
  }
}

describe("certificates that came with a purchase", () => {
  test("[CT-1] are collected when it is accepted, each with the grams that it must and may cover", async () => {
    const [whole, part, bare] = [
      await harvest(trade.baseA, 6000, 6000),
      await harvest(trade.baseA, 4000, 3000),
      await harvest(trade.baseB, 1000, 0),
    ]
    const sold = await buy(trade.baseA, 9000, trade.stall, trade.stallWallet)
    // 9 of 10 kg: at least 5 of the 6; of the 4 at least 3, of which 1 may be the part that carries none.
    expect(await collected(trade.stall, sold)).toEqual({ [whole]: [5000, 6000], [part]: [2000, 3000] })
    const other = await buy(trade.baseB, 1000, trade.stall, trade.stallWallet)
    expect(await collected(trade.stall, other)).toEqual({})
    expect(bare).not.toBe(whole)
  })

  test("[CT-1] accepted again with less, they are collected anew", async () => {
    const own = await openTrade(gateway.ctx)
    const lot = await harvest(own.baseA, 5000, 5000)
    const sold = await buy(own.baseA, 5000, own.stall, own.stallWallet)
    expect(await collected(own.stall, sold)).toEqual({ [lot]: [5000, 5000] })
    nextMoment(gateway.clock)
    await own.stall.deliver(await own.stall.envelope("arrival", arrivalBody(gateway.ctx, sold, "accepted", 4000)))
    expect(await collected(own.stall, sold)).toEqual({ [lot]: [4000, 4000] })
  })

  test("[CT-1] are collected too when the base's tablet was offline, and says an hour later what it had harvested", async () => {
    const own = await openTrade(gateway.ctx)
    nextMoment(gateway.clock)
    const [lot, whole] = [newId(), { weightGrams: 5000, promiseBasis: "自行检测合格" }]
    const said = { ...harvestBody(gateway.ctx, lot, 5000), certificate: whole }
    const late = await own.baseA.envelope("harvest", said)
    const sold = await buy(own.baseA, 3000, own.stall, own.stallWallet)
    expect(await collected(own.stall, sold)).toEqual({})
    gateway.clock.advance(3_600_000)
    await own.baseA.deliver(late)
    expect(await collected(own.stall, sold)).toEqual({ [lot]: [3000, 3000] })
  })

  test("[CT-2] are shown to the merchant's own wallets and its site's operators, to nobody else", async () => {
    const { db } = gateway.ctx
    const stranger: Actor = { kind: "buyer", id: trade.consumer.id, siteIds: [], scopes: [] }
    const bound: Actor = { ...stranger, id: trade.stallWallet.id }
    for (const actor of [stranger, operatorOf(trade.baseA.siteId), operatorWithout("merchants:write")]) {
      expect(await refusalOf(listCollected(db, actor, trade.stall.merchantId))).toBe("request/forbidden")
    }
    expect((await listCollected(db, bound, trade.stall.merchantId)).length).toBeGreaterThan(0)
    const app = testApp(gateway.ctx)
    const headers = await sessionOf(gateway.ctx, trade.stallWallet)
    const listed = await app.request(`/certificates?merchantId=${trade.stall.merchantId}`, { headers })
    expect(await listed.json()).toContainEqual(expect.objectContaining({ origin: "河北张家口", isReissued: false }))
    await db.update(bindings).set({ state: "ended" }).where(eq(bindings.buyerId, trade.stallWallet.id))
    expect(await refusalOf(listCollected(db, bound, trade.stall.merchantId))).toBe("request/forbidden")
    await db.update(bindings).set({ state: "active" }).where(eq(bindings.buyerId, trade.stallWallet.id))
  })
})

describe("a certificate for mixed goods", () => {
  let own: Trade
  let lots: [string, string]
  beforeAll(async () => {
    own = await openTrade(gateway.ctx)
    lots = [await harvest(own.baseA, 3000, 3000), await harvest(own.baseB, 2000, 2000)]
    await buy(own.baseA, 3000, own.stall, own.stallWallet)
    await buy(own.baseB, 2000, own.stall, own.stallWallet)
  })
  const ofStall = (more: Partial<Parameters<typeof draftReissue>[2]> = {}) =>
    order({ merchantId: own.stall.merchantId, ...more })

  test("refuses the wrong actor: another's wallet, another site, no scope", async () => {
    const stranger: Actor = { kind: "buyer", id: own.consumer.id, siteIds: [], scopes: [] }
    for (const actor of [stranger, operatorOf(own.baseA.siteId), operatorWithout("merchants:write")]) {
      expect(await refusalOf(draftReissue(gateway.ctx, actor, ofStall()))).toBe("request/forbidden")
    }
  })

  test("[CT-3] drafts what came with the goods in the pile, with what must and may be in these", async () => {
    const draft = await draftReissue(gateway.ctx, operator, ofStall({ grams: 4000 }))
    const parents = parentsOf(draft).map(({ certificateId, mustGrams, mayGrams }) => [
      certificateId,
      mustGrams,
      mayGrams,
    ])
    expect(parents.toSorted()).toEqual(
      [
        [lots[0], 2000, 3000],
        [lots[1], 1000, 2000],
      ].toSorted(),
    )
    expect(draft).toMatchObject({ state: "draft", grams: 4000, origin: "河北张家口" })
    expect(toHex(certificateDraftDigest(signedForm(draft)))).toBe(draft.digest)
    // The stall's terminals are told all that they are to sign.
    const notices = await gateway.ctx.db
      .select()
      .from(outbox)
      .where(eq(outbox.recipient, terminalToHex(own.stall.terminalId)))
    const told = notices.map(({ payload }) => payload).find((payload) => payload.kind === "certificate-drafted")
    expect(told).toMatchObject({ draft: { id: draft.id, grams: 4000, reason: "mixed", promiseBasis: "自行检测合格" } })
  })

  test("[CT-3] [response lost] the same order again is the same draft; another under its id is refused", async () => {
    const given = ofStall()
    const first = await draftReissue(gateway.ctx, operator, given)
    expect(await draftReissue(gateway.ctx, operator, given)).toEqual(first)
    expect(await refusalOf(draftReissue(gateway.ctx, operator, { ...given, reason: "repacked" }))).toBe(
      "request/conflict",
    )
  })

  test("[CT-3] more than is there, or of goods that came with none, is refused", async () => {
    expect(await refusalOf(draftReissue(gateway.ctx, operator, ofStall({ grams: 5001 })))).toBe(
      "certificate/above-stock",
    )
    await harvest(own.wholesaler, 10, 0)
    const bare = await openTrade(gateway.ctx)
    await harvest(bare.baseA, 500, 0)
    const without = draftReissue(gateway.ctx, operator, order({ merchantId: bare.baseA.merchantId }))
    expect(await refusalOf(without)).toBe("certificate/nothing-collected")
  })

  test("[CT-4] the stall's own terminal signs what it shows; then it is a record that names its parents", async () => {
    const draft = await draftReissue(gateway.ctx, operator, ofStall({ grams: 1000 }))
    const digest = certificateDraftDigest(signedForm(draft))
    const [ours, theirs] = [await ownTablet(own.stall), await ownTablet(own.wholesaler)]
    expect(await refusalOf(theirs(draft.id, digest))).toBe("certificate/draft-unknown")
    const other = certificateDraftDigest({ ...signedForm(draft), grams: 999 })
    expect(await refusalOf(ours(draft.id, other))).toBe("terminal/bad-signature")
    const issued = await ours(draft.id, digest)
    // [response lost]
    expect(await ours(draft.id, digest)).toEqual(issued)
    expect(await refusalOf(ours(draft.id, digest, "discard"))).toBe("certificate/wrong-state")
    const [record] = await gateway.ctx.db
      .select()
      .from(records)
      .where(eq(records.recordId, issued.recordId ?? ""))
    const opened = record && decodeRecord("certificate", { public: record.publicBytes })
    const said = opened?.ok && opened.value.kind === "certificate" ? opened.value.public : undefined
    expect(said).toMatchObject({ lot: draft.id, grams: 1000, promiseBasis: "自行检测合格" })
    expect(said?.parents?.map(({ certificate }) => toHex(certificate))).toEqual(
      parentsOf(draft).map(({ recordId }) => recordId),
    )
    const [row] = await gateway.ctx.db.select().from(certificates).where(eq(certificates.id, draft.id))
    expect(row).toMatchObject({ pileId: draft.pileId, lotId: draft.id })
  })

  test("[CT-4] a discarded draft is no certificate", async () => {
    const draft = await draftReissue(gateway.ctx, operator, ofStall({ grams: 500 }))
    const ours = await ownTablet(own.stall)
    const digest = certificateDraftDigest(signedForm(draft))
    expect((await ours(draft.id, digest, "discard")).state).toBe("discarded")
    expect(await refusalOf(ours(draft.id, digest))).toBe("certificate/wrong-state")
    expect(await gateway.ctx.db.select().from(certificates).where(eq(certificates.id, draft.id))).toEqual([])
  })

  test("[CT-5] goes with what is sold of the pile afterwards, beside those of the lots", async () => {
    const next = await openTrade(gateway.ctx)
    const lot = await harvest(next.baseA, 3000, 3000)
    await buy(next.baseA, 3000, next.wholesaler, next.wholesalerWallet)
    const draft = await draftReissue(gateway.ctx, operator, order({ merchantId: next.wholesaler.merchantId }))
    await (await ownTablet(next.wholesaler))(draft.id, certificateDraftDigest(signedForm(draft)))
    const sold = await buy(next.wholesaler, 1000, next.stall, next.stallWallet)
    expect(await collected(next.stall, sold)).toEqual({ [lot]: [1000, 1000], [draft.id]: [0, 1000] })
    const again = await draftReissue(
      gateway.ctx,
      operator,
      order({ merchantId: next.stall.merchantId, reason: "repacked" }),
    )
    expect(
      parentsOf(again)
        .map(({ certificateId }) => certificateId)
        .toSorted(),
    ).toEqual([lot, draft.id].toSorted())
  })
})
