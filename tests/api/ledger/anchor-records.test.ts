import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { batches, records } from "@suyuan/drizzle/schema/ledger"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { parseBatch } from "@suyuan/protocol/ledger/batch"
import { commitSection } from "@suyuan/protocol/ledger/commitment"
import { parseEntry } from "@suyuan/protocol/ledger/entry"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { openAudienceKeyRecord } from "@suyuan/sealing/audience-key-record"
import { openCommercial, openPublic } from "@suyuan/sealing/seal-entry"
import { asc, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { testChain } from "../../support/engines"
import { allBatches, recordStates, type TestLedger, testLedger } from "../../support/ledger"
import { newBuyer, payOnPlatform, refundOnPlatform } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal } from "../../support/selling"
import { refusalOf } from "../../support/stall"

setDefaultTimeout(60_000)

let gateway: TestGateway
let ledger: TestLedger
let base: SellingTerminal
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  base = await sellingTerminal(gateway.ctx, "base")
  stall = await sellingTerminal(gateway.ctx)
  ledger = await testLedger(gateway.ctx, await testChain(), gateway.clock.advance)
  await ledger.enterTerminals()
})
afterAll(async () => {
  ledger?.close()
  await gateway?.close()
})

const now = () => Math.floor((gateway.clock.nowMs() - Date.UTC(2024, 0, 1)) / 1000)
const everyRecord = () => gateway.ctx.db.select().from(records).orderBy(asc(records.createdAt))
const recordOf = async (id: string) => {
  const [record] = await gateway.ctx.db.select().from(records).where(eq(records.recordId, id))
  if (!record) throw new Error("no such record")
  return record
}
const logContext = () => ({
  networkId: gateway.ctx.config.NETWORK_ID,
  chainId: ledger.deployment.chainId,
  contract: fromHex(ledger.deployment.ledger.slice(2)) ?? new Uint8Array(),
  log: 1,
})
const stallNumber = async () => Math.max(...(await recordOf(paidRecordId)).concerned)
let paidRecordId = ""
let refundRecordId = ""

describe("a market's records", () => {
  test("are sealed, submitted and anchored, each once, and every proof holds against what a stranger reads", async () => {
    const lot = gateway.ctx.random.uuid()
    await base.deliver(
      await base.envelope("snapshot", base.snapshotBody()),
      await base.envelope("harvest", {
        ...{ lot, commodity: cabbage, weightGrams: 50_000, harvestedAtSeconds: now(), declaredOrigin: "河北张家口" },
        certificate: { weightGrams: 50_000, promiseBasis: "自我检测合格" },
      }),
    )
    await stall.deliver(await stall.envelope("snapshot", stall.snapshotBody()))
    const paid = await stall.code(1, [gramsOf(1, 1500), gramsOf(2, 300, 900)])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(paid)))
    const sale = await payOnPlatform(gateway.ctx, paid, await newBuyer(gateway.ctx))
    paidRecordId = sale.recordId ?? ""
    refundRecordId = await refundOnPlatform(gateway.ctx, sale, {
      goods: "returned",
      amountFen: 600,
      lines: [[0, 1500]],
    })
    const nine = Array.from({ length: 9 }, (_, index) => gramsOf(1 + (index % 2), 100 * (index + 1)))
    const cash = await stall.envelope("sale", { ...stall.saleBody(await stall.code(2, nine), "cash"), lines: nine })
    const voided = await stall.envelope("sale", stall.saleBody(await stall.code(3, [gramsOf(1, 10)]), "cash"))
    await stall.deliver(cash, voided)
    await stall.deliver(await stall.envelope("void", { counter: 3, reason: "wrong-lines" }))

    const written = await everyRecord()
    expect(new Set(written.map(({ kind }) => kind))).toEqual(
      new Set([
        RECORD_KINDS.snapshot,
        RECORD_KINDS.harvest,
        RECORD_KINDS.certificate,
        RECORD_KINDS.sale,
        RECORD_KINDS.refund,
        RECORD_KINDS.void,
      ]),
    )
    await ledger.anchorAll()
    const anchored = await everyRecord()
    expect(await recordStates(gateway.ctx)).toEqual({ anchored: anchored.length })
    expect(anchored.length).toBeGreaterThan(written.length)
    for (const record of anchored) {
      const report = await ledger.verify(await ledger.proof(record.recordId))
      expect({ kind: record.kind, failed: report.steps.filter(({ outcome }) => outcome === "failed") }).toEqual({
        kind: record.kind,
        failed: [],
      })
      expect(report.verified).toBe(true)
    }
  })

  test("stand in the log exactly once, and the chain's head is ours", async () => {
    const stored = await allBatches(gateway.ctx)
    const ids = stored.flatMap(({ payload }) => {
      const batch = parseBatch(payload)
      return batch.ok ? batch.value.entries.map((entry) => parseEntry(entry)) : []
    })
    const inLog = ids.map((entry) => (entry.ok ? Buffer.from(entry.value.recordId).toString("hex") : "malformed"))
    expect(inLog.toSorted()).toEqual((await everyRecord()).map(({ recordId }) => recordId).toSorted())
    expect(await ledger.reader.appended(1)).toEqual(stored.map(({ sequence }) => sequence))
    expect(await ledger.reader.headOf(1)).toEqual({ sequence: stored.length, head: stored.at(-1)?.head ?? "" })
  })

  test("[PB] a proof without prices verifies too, and says that it opens less", async () => {
    const report = await ledger.verify(await ledger.proof(paidRecordId, "public"))
    expect(report.verified).toBe(true)
    expect(report.record).not.toHaveProperty("commercial.pricePart")
  })

  test("a record that nobody wrote has no proof", async () => {
    expect(await refusalOf(ledger.proof("4e20".padEnd(32, "0")))).toBe("ledger/unknown-record")
  })
})

describe("[SE] audience keys", () => {
  test("stand in the log before every batch that is sealed with them", async () => {
    const kinds = (await allBatches(gateway.ctx)).map(({ payload }) => {
      const batch = parseBatch(payload)
      if (!batch.ok) throw new Error(batch.error)
      return batch.value.entries.map((entry) => {
        const parsed = parseEntry(entry)
        return parsed.ok && parsed.value.kind === "audience-key"
      })
    })
    expect(kinds[0]?.every(Boolean)).toBe(true)
    expect(kinds.slice(1).flat()).not.toContain(true)
  })

  test("a member opens its own sale's prices with nothing but its X25519 key and the chain's bytes", async () => {
    const number = await stallNumber()
    const opened = await openAs(number, paidRecordId)
    expect(opened).toMatchObject({ public: true, commercial: true })
  })

  test("a member whom the sale does not concern opens its public section only", async () => {
    const others = [...ledger.sealingKeys.keys()].filter((number) => number !== 1)
    const sale = await recordOf(paidRecordId)
    const stranger = others.find((number) => !sale.concerned.includes(number)) ?? 0
    expect(await openAs(stranger, paidRecordId)).toEqual({ public: true, commercial: false })
  })

  /** Reads the log from its first batch, as a node of that organisation would. */
  async function openAs(organisation: number, recordId: string) {
    const privateKey = ledger.sealingKeys.get(organisation)?.privateKey
    if (!privateKey) throw new Error(`organisation ${organisation} has no key`)
    const publicKeys = new Map<number, Uint8Array>()
    const commercialKeys = new Map<number, Uint8Array[]>()
    for (const { payload } of await allBatches(gateway.ctx)) {
      const batch = parseBatch(payload)
      if (!batch.ok) throw new Error(batch.error)
      for (const bytes of batch.value.entries) {
        const entry = parseEntry(bytes)
        if (!entry.ok) throw new Error(entry.error)
        if (entry.value.kind === "audience-key") {
          const key = await openAudienceKeyRecord(entry.value.publicCiphertext, logContext(), organisation, privateKey)
          if (!key.ok) continue
          const { day, section } = key.value.audience
          if (section === "public") publicKeys.set(day, key.value.audienceKey)
          else commercialKeys.set(day, [...(commercialKeys.get(day) ?? []), key.value.audienceKey])
        }
        if (Buffer.from(entry.value.recordId).toString("hex") !== recordId) continue
        const day = batch.value.header.audienceKeyDay
        const opened = await openPublic(bytes, logContext(), publicKeys.get(day))
        const commercial = await openCommercial(bytes, logContext(), commercialKeys.get(day) ?? [])
        const record = await recordOf(recordId)
        if (opened.ok) expect(opened.value.bytes).toEqual(record.publicBytes)
        if (commercial.ok) expect(commercial.value.bytes).toEqual(record.commercialBytes ?? new Uint8Array())
        return { public: opened.ok, commercial: commercial.ok }
      }
    }
    throw new Error("the log does not have it")
  }
})

describe("personal data", () => {
  test("is on the chain as a commitment only, and a forgotten record is proved as before", async () => {
    for (const id of [paidRecordId, refundRecordId]) {
      const record = await recordOf(id)
      const entry = parseEntry(record.entry ?? new Uint8Array())
      if (!entry.ok || !record.personalBytes || !record.personalSalt) throw new Error("nothing personal to forget")
      const salt = fromHex(record.personalSalt) ?? new Uint8Array()
      expect(entry.value.commitments.personal).toEqual(commitSection("personal", salt, record.personalBytes))
      const [batch] = await gateway.ctx.db
        .select()
        .from(batches)
        .where(eq(batches.sequence, record.sequence ?? 0))
      const payload = Buffer.from(batch?.payload ?? new Uint8Array())
      expect(payload.includes(Buffer.from(record.personalBytes.subarray(-24)))).toBe(false)

      const before = await ledger.proof(id)
      await gateway.ctx.db
        .update(records)
        .set({ personalBytes: null, personalSalt: null })
        .where(eq(records.recordId, id))
      expect(await ledger.proof(id)).toBe(before)
      expect((await ledger.verify(before)).verified).toBe(true)
    }
  })

  test("that is forgotten before its record was sealed leaves no trace of it", async () => {
    const code = await stall.code(10, [gramsOf(1, 700)])
    await stall.deliver(await stall.envelope("sale", stall.saleBody(code)))
    const { recordId } = await payOnPlatform(gateway.ctx, code, await newBuyer(gateway.ctx))
    await gateway.ctx.db
      .update(records)
      .set({ personalBytes: null, personalSalt: null })
      .where(eq(records.recordId, recordId ?? ""))
    await ledger.anchorAll()
    const entry = parseEntry((await recordOf(recordId ?? "")).entry ?? new Uint8Array())
    expect(entry.ok && entry.value.commitments.personal).toEqual(new Uint8Array(32))
    expect((await ledger.verify(await ledger.proof(recordId ?? ""))).verified).toBe(true)
  })
})
