import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test"
import { records } from "@suyuan/drizzle/schema/ledger"
import { audit } from "@suyuan/drizzle/schema/outbox"
import { certificates, inspections, lots, pileEvents } from "@suyuan/drizzle/schema/trace"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { recordKindOf } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { harvestBody, refusalsOf, secondsOf } from "../../support/goods"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"

setDefaultTimeout(60_000)

let gateway: TestGateway
let base: SellingTerminal
let stall: SellingTerminal
beforeAll(async () => {
  gateway = await testGateway()
  base = await sellingTerminal(gateway.ctx, "base")
  stall = await sellingTerminal(gateway.ctx)
})
afterAll(() => gateway?.close())

const newId = () => gateway.ctx.random.uuid()
const upload = async <K extends "harvest" | "outside-goods" | "inspection">(
  terminal: SellingTerminal,
  kind: K,
  body: UploadBody<K>,
  id = newId(),
) => refusalsOf(await terminal.deliver(await terminal.envelope(kind, body, id)))

/** What a record's public section says. */
async function publicOf(recordId: string | undefined) {
  const [row] = await gateway.ctx.db
    .select()
    .from(records)
    .where(eq(records.recordId, recordId ?? ""))
  const kind = row && recordKindOf(row.kind)
  const opened = kind && decodeRecord(kind as "harvest", { public: row.publicBytes })
  if (!opened?.ok) throw new Error("no such record")
  return opened.value.public
}
const everything = async () => ({
  lots: await gateway.ctx.db.select().from(lots),
  certificates: await gateway.ctx.db.select().from(certificates),
  inspections: await gateway.ctx.db.select().from(inspections),
  events: await gateway.ctx.db.select().from(pileEvents),
  records: await gateway.ctx.db.select({ id: records.recordId }).from(records),
})

describe("a harvest", () => {
  const withCertificate = (lot: string, grams: number) => ({
    ...harvestBody(gateway.ctx, lot, 8000),
    certificate: { weightGrams: grams, promiseBasis: "自我检测合格" },
  })

  test("declares a lot, puts it into the pile and promises with a certificate", async () => {
    const lot = newId()
    expect(await upload(base, "harvest", withCertificate(lot, 8000))).toEqual(["stored"])
    const [declared] = await gateway.ctx.db.select().from(lots).where(eq(lots.id, lot))
    expect(declared).toMatchObject({
      commodity: cabbage,
      grams: 8000,
      declaredOrigin: "河北张家口",
      regionCode: "110106",
    })
    const [inflow] = await gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.lotId, lot))
    expect(inflow).toMatchObject({ source: "lot", gramsLow: 8000, gramsHigh: 8000, recordId: declared?.recordId ?? "" })
    expect(await publicOf(declared?.recordId)).toMatchObject({ lot, grams: 8000, commodity: cabbage })
    const [certificate] = await gateway.ctx.db.select().from(certificates).where(eq(certificates.lotId, lot))
    const promised = await publicOf(certificate?.recordId)
    expect(promised).toMatchObject({ lot, grams: 8000, promiseBasis: "自我检测合格" })
    expect(JSON.stringify(promised)).not.toContain("甲摊")
  })

  test("that comes again under another upload id is the same lot", async () => {
    const body = withCertificate(newId(), 8000)
    await upload(base, "harvest", body)
    const before = await everything()
    expect(await upload(base, "harvest", body)).toEqual(["stored"])
    expect(await everything()).toEqual(before)
  })

  const refused: [string, string, () => Promise<string[]>][] = [
    ["by a stall", "stock/only-bases-harvest", () => upload(stall, "harvest", harvestBody(gateway.ctx, newId(), 10))],
    [
      "of what no catalogue has",
      "stock/unknown-commodity",
      () => upload(base, "harvest", { ...harvestBody(gateway.ctx, newId(), 10), commodity: 999_999 }),
    ],
    [
      "with a certificate for more than was harvested",
      "stock/certificate-above-lot",
      () => upload(base, "harvest", withCertificate(newId(), 8001)),
    ],
  ]
  for (const [what, code, work] of refused) {
    test(`${what} is refused and leaves nothing`, async () => {
      const before = await everything()
      expect(await work()).toEqual([code])
      expect(await everything()).toEqual(before)
    })
  }

  test("of a lot that another base declared, or of other goods, is refused", async () => {
    const lot = newId()
    await upload(base, "harvest", harvestBody(gateway.ctx, lot, 5000))
    const other = await sellingTerminal(gateway.ctx, "base")
    const before = await everything()
    expect(await upload(other, "harvest", harvestBody(gateway.ctx, lot, 5000))).toEqual(["upload/other-bytes"])
    expect(await upload(base, "harvest", harvestBody(gateway.ctx, lot, 6000))).toEqual(["upload/other-bytes"])
    const nextDay = { ...harvestBody(gateway.ctx, lot, 5000), harvestedAtSeconds: secondsOf(gateway.ctx) + 86_400 }
    expect(await upload(base, "harvest", nextDay)).toEqual(["upload/other-bytes"])
    expect(await everything()).toEqual(before)
  })
})

describe("goods from outside", () => {
  const body = (grams: number): UploadBody<"outside-goods"> => ({
    ...{
      commodity: cabbage,
      weightGrams: grams,
      receivedAtSeconds: secondsOf(gateway.ctx),
      declaredOrigin: "山东寿光",
    },
  })

  test("count as of unknown origin, whatever the seller says of them", async () => {
    expect(await upload(stall, "outside-goods", body(3000))).toEqual(["stored"])
    const [inflow] = await gateway.ctx.db.select().from(pileEvents).where(eq(pileEvents.gramsHigh, 3000))
    expect(inflow).toMatchObject({ source: "unknown", lotId: null })
    expect(await publicOf(inflow?.recordId)).toMatchObject({ grams: 3000, declaredOrigin: "山东寿光" })
  })

  test("the same upload twice is one inflow; [UP-5] other bytes under its id are refused and raised as an alarm", async () => {
    const [id, before] = [newId(), await everything()]
    expect(await upload(stall, "outside-goods", body(3100), id)).toEqual(["stored"])
    expect(await upload(stall, "outside-goods", body(3100), id)).toEqual(["stored"])
    expect(await upload(stall, "outside-goods", body(3200), id)).toEqual(["upload/other-bytes"])
    expect((await everything()).events).toHaveLength(before.events.length + 1)
    const alarms = await gateway.ctx.db.select().from(audit).where(eq(audit.verb, "uploads/other-bytes"))
    expect(alarms.map(({ subject }) => subject)).toContain(id)
  })

  test("of what no catalogue has are refused", async () => {
    expect(await upload(stall, "outside-goods", { ...body(1), commodity: 999_999 })).toEqual([
      "stock/unknown-commodity",
    ])
  })
})

describe("an inspection", () => {
  const body = (more: Partial<UploadBody<"inspection">> = {}): UploadBody<"inspection"> => ({
    ...{ commodity: cabbage, lot: undefined, sampleNumber: "S-1", method: "胶体金" },
    ...{ sampledAtSeconds: secondsOf(gateway.ctx), testedAtSeconds: secondsOf(gateway.ctx) },
    ...{ standard: "GB/T 5009.199", limitPermille: 500, inhibitionPermille: 499, conclusion: "passed" },
    ...{ instrument: "快检仪", testerRole: "market inspector" },
    ...more,
  })

  test("is a record with its standard and limit, and names no person", async () => {
    const id = newId()
    expect(await upload(stall, "inspection", body({ sampleNumber: "S-9" }), id)).toEqual(["stored"])
    const [row] = await gateway.ctx.db.select().from(inspections).where(eq(inspections.id, id))
    expect(row).toMatchObject({ conclusion: "passed", limitPermille: 500 })
    expect(await publicOf(row?.recordId)).toMatchObject({ sampleNumber: "S-9", testerRole: "market inspector" })
  })

  test("is judged by the limit of its own standard: at the limit it has failed", async () => {
    expect(await upload(stall, "inspection", body({ inhibitionPermille: 500 }))).toEqual([
      "stock/conclusion-contradicts-figure",
    ])
    const failed = body({ inhibitionPermille: 500, conclusion: "failed" })
    expect(await upload(stall, "inspection", failed)).toEqual(["stored"])
    const laxer = body({ standard: "NY/T 448", limitPermille: 700, inhibitionPermille: 600 })
    expect(await upload(stall, "inspection", laxer)).toEqual(["stored"])
  })

  test("tested before it was sampled is refused, and leaves nothing", async () => {
    const before = await everything()
    const early = body({ testedAtSeconds: secondsOf(gateway.ctx) - 1 })
    expect(await upload(stall, "inspection", early)).toEqual(["stock/tested-before-sampled"])
    expect(await everything()).toEqual(before)
  })
})

test("goods of a code that no catalogue can hold are refused by name, and the sale of such goods is kept with its lines unknown", async () => {
  for (const commodity of [2 ** 31, 2 ** 32 - 1]) {
    const before = await everything()
    const goods = { ...harvestBody(gateway.ctx, newId(), 8000), commodity }
    expect(await upload(base, "harvest", goods)).toEqual(["stock/unknown-commodity"])
    expect(await everything()).toEqual(before)

    const odd = await sellingTerminal(gateway.ctx, "market", [slotOf(1, commodity)])
    const code = await odd.code(1, [gramsOf(1, 500)])
    const sale = await odd.envelope("sale", odd.saleBody(code, "cash"))
    const snapshot = await odd.envelope("snapshot", odd.snapshotBody())
    expect(refusalsOf(await odd.deliver(snapshot, sale))).toEqual(["stock/unknown-commodity", "stored"])
  }
})
