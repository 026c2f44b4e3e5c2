// What a stall counts, throws away and sends back, from its terminal's uploads to the traces of what it sells.
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { learnClock } from "@suyuan/api/terminals/learn-clock"
import { describePiles } from "@suyuan/api/trace/describe-piles"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { records } from "@suyuan/drizzle/schema/ledger"
import { outbox } from "@suyuan/drizzle/schema/outbox"
import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { fromHex, toHex } from "@suyuan/protocol/codec/bytes"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import type { UploadBody } from "@suyuan/protocol/terminal/upload-bodies"
import { and, desc, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import {
  arrivalBody,
  harvestBody,
  nextMoment,
  openTrade,
  rangesOf,
  refusalsOf,
  secondsOf,
  type Trade,
} from "../../support/goods"
import { payOnPlatform } from "../../support/paying"
import { cabbage, gramsOf, type SellingTerminal, sellingTerminal, slotOf } from "../../support/selling"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
})
beforeEach(async () => {
  trade = await openTrade(gateway.ctx)
})
afterAll(() => gateway?.close())

const newId = () => gateway.ctx.random.uuid()
const pileOf = ({ merchantId }: SellingTerminal) => pileIdOf(merchantId, cabbage, null)

const trading = tradingAt(() => gateway)
const sell = async (...sale: Parameters<typeof trading.sell>) => (await trading.sell(...sale)).recordId
const harvest = (grams: number) => trading.harvest(trade.baseA, grams)

type Kind = "waste" | "stock-take" | "arrival" | "outside-goods" | "harvest"
async function upload<K extends Kind>(at: SellingTerminal, kind: K, body: UploadBody<K>, id = newId()) {
  return refusalsOf(await at.deliver(await at.envelope(kind, body, id)))
}

function counted(countedGrams: number): UploadBody<"stock-take"> {
  nextMoment(gateway.clock)
  return { commodity: cabbage, countedGrams, countedAtSeconds: secondsOf(gateway.ctx) }
}

function wasted(weightGrams: number, more: Partial<UploadBody<"waste">> = {}): UploadBody<"waste"> {
  nextMoment(gateway.clock)
  const said = { commodity: cabbage, lot: undefined, weightGrams, reason: "spoiled" as const }
  return { ...said, wastedAtSeconds: secondsOf(gateway.ctx), sentBackOf: undefined, ...more }
}

function sentBack(weightGrams: number, saleRecordId: string): UploadBody<"waste"> {
  const bytes = fromHex(saleRecordId)
  if (!bytes) throw new Error("a record id is not hex")
  return wasted(weightGrams, { reason: "sent-back", sentBackOf: { saleRecordId: bytes, lineIndex: 0 } })
}

async function pileNow(at: SellingTerminal) {
  const origin = (await describePiles(gateway.ctx, [pileOf(at)])).get(pileOf(at))?.origin
  return { grams: origin?.grams ?? 0, unknown: origin?.unknown.mayGrams ?? 0, lots: origin?.sources.length ?? 0 }
}

const eventsOf = (at: SellingTerminal) =>
  gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(eq(pileEvents.pileId, pileOf(at)))

async function newestRecord(kind: "waste" | "stock-take") {
  const [row] = await gateway.ctx.db
    .select()
    .from(records)
    .where(eq(records.kind, RECORD_KINDS[kind]))
    .orderBy(desc(records.createdAt))
    .limit(1)
  const opened = row && decodeRecord(kind, { public: row.publicBytes })
  if (!opened?.ok) throw new Error("no such record")
  return { recordId: row?.recordId ?? "", said: opened.value.public }
}

async function told(at: SellingTerminal, uploadId: string) {
  const rows = await gateway.ctx.db
    .select({ payload: outbox.payload })
    .from(outbox)
    .where(and(eq(outbox.topic, "notice"), eq(outbox.recipient, at.terminalId.toString(16).padStart(10, "0"))))
  return rows.map(({ payload }) => payload).filter((payload) => payload.uploadId === uploadId)
}

test("[UP-21] who takes goods in is told what the book has by then: of a purchase, of goods from outside, of a harvest", async () => {
  const stockOf = async (at: SellingTerminal, id: string) =>
    (await told(at, id)).map(({ kind, bookGrams }) => [kind, bookGrams]).filter(([kind]) => kind === "stock-now")
  const [declared, entered, accepted, corrected, refused] = [newId(), newId(), newId(), newId(), newId()]
  await upload(trade.baseA, "harvest", harvestBody(gateway.ctx, newId(), 9000), declared)
  expect(await stockOf(trade.baseA, declared)).toEqual([["stock-now", 9000]])
  nextMoment(gateway.clock)
  const outside = {
    commodity: cabbage,
    weightGrams: 1500,
    declaredOrigin: "",
    receivedAtSeconds: secondsOf(gateway.ctx),
  }
  for (const again of [1, 2]) {
    expect([again, await upload(trade.stall, "outside-goods", outside, entered)]).toEqual([again, ["stored"]])
  }
  expect(await stockOf(trade.stall, entered)).toEqual([["stock-now", 1500]])
  const bought = await sell(trade.baseA, 4000, trade.stallWallet)
  const answer = async (id: string, outcome: "accepted" | "refused", grams: number) => {
    nextMoment(gateway.clock)
    await upload(trade.stall, "arrival", arrivalBody(gateway.ctx, bought, outcome, grams), id)
    return stockOf(trade.stall, id)
  }
  expect(await answer(accepted, "accepted", 4000)).toEqual([["stock-now", 5500]])
  expect(await answer(corrected, "accepted", 3600)).toEqual([["stock-now", 5100]])
  expect(await answer(refused, "refused", 0)).toEqual([["stock-now", 1500]])
})

describe("a stock-take", () => {
  test("[RG-7] says what is there from then on, is a record, and tells its terminal what the book had", async () => {
    await harvest(9000)
    await sell(trade.baseA, 2000, trade.consumer)
    const id = newId()
    const body = counted(6400)
    expect(await upload(trade.baseA, "stock-take", body, id)).toEqual(["stored"])
    expect(await pileNow(trade.baseA)).toEqual({ grams: 6400, unknown: 0, lots: 1 })
    expect((await newestRecord("stock-take")).said).toMatchObject({ commodity: cabbage, grams: 6400 })
    const notice = { kind: "stock-counted", commodity: cabbage, countedGrams: 6400, bookGrams: 7000 }
    expect(await told(trade.baseA, id)).toMatchObject([notice])
    // Again, and again under another id: the first changes nothing, the second counts the same.
    expect(await upload(trade.baseA, "stock-take", body, id)).toEqual(["stored"])
    expect(await upload(trade.baseA, "stock-take", { ...body, countedGrams: 1 }, id)).toEqual(["upload/other-bytes"])
    expect(await eventsOf(trade.baseA)).toHaveLength(3)
    expect(await told(trade.baseA, id)).toHaveLength(1)
    expect(await pileNow(trade.baseA)).toEqual({ grams: 6400, unknown: 0, lots: 1 })
  })

  test("[EN-12] counts goods that came in the second before, though the clock was learned better between", async () => {
    const { stall } = trade
    const { terminalId } = stall
    const nowMs = gateway.clock.nowMs()
    await learnClock(gateway.ctx, { terminalId, sentAtMs: nowMs - 900, receivedAtMs: nowMs })
    const outside = {
      commodity: cabbage,
      weightGrams: 1500,
      declaredOrigin: "",
      receivedAtSeconds: secondsOf(gateway.ctx),
    }
    await upload(stall, "outside-goods", outside, newId())
    await learnClock(gateway.ctx, { terminalId, sentAtMs: nowMs, receivedAtMs: nowMs })
    const id = newId()
    const body = { commodity: cabbage, countedGrams: 1000, countedAtSeconds: secondsOf(gateway.ctx) }
    await upload(stall, "stock-take", body, id)
    expect(await told(stall, id)).toMatchObject([{ countedGrams: 1000, bookGrams: 1500 }])
    expect(await pileNow(stall)).toMatchObject({ grams: 1000 })
  })

  test("[RG-7] that finds more than the book makes the rest unknown, in what was sold before it too", async () => {
    const lot = await harvest(5000)
    const bag = await sell(trade.baseA, 5000, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag)).toEqual({ [lot]: [5000, 5000] })
    const id = newId()
    await upload(trade.baseA, "stock-take", counted(800), id)
    expect(await rangesOf(gateway.ctx, bag)).toEqual({ [lot]: [4200, 5000], unknown: [0, 800] })
    expect(await told(trade.baseA, id)).toMatchObject([{ bookGrams: 0, countedGrams: 800 }])
  })

  test("[RG-10] of zero is 'sold out': what came before is in nothing that is sold later", async () => {
    await harvest(5000)
    await sell(trade.baseA, 4000, trade.consumer)
    await upload(trade.baseA, "stock-take", counted(0))
    expect(await pileNow(trade.baseA)).toEqual({ grams: 0, unknown: 0, lots: 0 })
    const fresh = await harvest(3000)
    const bag = await sell(trade.baseA, 500, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag)).toEqual({ [fresh]: [500, 500] })
    expect(await pileNow(trade.baseA)).toEqual({ grams: 2500, unknown: 0, lots: 1 })
  })

  test("tells of a book below zero where more left than had come", async () => {
    await harvest(1000)
    await sell(trade.baseA, 3000, trade.consumer)
    const id = newId()
    await upload(trade.baseA, "stock-take", counted(0), id)
    expect(await told(trade.baseA, id)).toMatchObject([{ bookGrams: -2000, countedGrams: 0 }])
  })

  test("counts the stall's own pile alone, and of what no catalogue has is refused", async () => {
    await harvest(1000)
    await upload(trade.stall, "stock-take", counted(0))
    expect(await pileNow(trade.baseA)).toMatchObject({ grams: 1000 })
    const before = await eventsOf(trade.stall)
    const unknown = { ...counted(5), commodity: 999_999 }
    expect(await upload(trade.stall, "stock-take", unknown)).toEqual(["stock/unknown-commodity"])
    expect(await eventsOf(trade.stall)).toEqual(before)
  })
})

describe("waste", () => {
  test("[RG-10] leaves the pile with its reason, as a loss and no sale", async () => {
    const lot = await harvest(4000)
    expect(await upload(trade.baseA, "waste", wasted(1500))).toEqual(["stored"])
    expect(await pileNow(trade.baseA)).toEqual({ grams: 2500, unknown: 0, lots: 1 })
    expect((await newestRecord("waste")).said).toMatchObject({ grams: 1500, reason: "spoiled" })
    const bag = await sell(trade.baseA, 2500, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag)).toEqual({ [lot]: [2500, 2500] })
    expect(await pileNow(trade.baseA)).toMatchObject({ grams: 0 })
  })

  test("[UP-16] that says it goes back and not whither, or the reverse, is refused and leaves nothing", async () => {
    const before = await eventsOf(trade.stall)
    const sentBackOf = { saleRecordId: new Uint8Array(16), lineIndex: 0 }
    expect(await upload(trade.stall, "waste", wasted(1, { reason: "sent-back" }))).toEqual(["upload/malformed-body"])
    expect(await upload(trade.stall, "waste", wasted(1, { sentBackOf }))).toEqual(["upload/malformed-body"])
    const unknown = wasted(1, { commodity: 999_999 })
    expect(await upload(trade.stall, "waste", unknown)).toEqual(["stock/unknown-commodity"])
    expect(await eventsOf(trade.stall)).toEqual(before)
  })
})

describe("goods sent back", () => {
  test("[TR-19] are offered to their seller with the range of the pile that they leave, and can be refused", async () => {
    const lot = await harvest(5000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    nextMoment(gateway.clock)
    await trade.stall.deliver(
      await trade.stall.envelope("outside-goods", {
        ...{ commodity: cabbage, weightGrams: 1000, receivedAtSeconds: secondsOf(gateway.ctx), declaredOrigin: "" },
      }),
    )
    expect(await upload(trade.stall, "waste", sentBack(2000, sale))).toEqual(["stored"])
    expect(await pileNow(trade.stall)).toMatchObject({ grams: 2000 })
    // Nobody knows that the same cabbages came back: up to 1,000 g of them are what the stall had from elsewhere.
    expect(await pileNow(trade.baseA)).toEqual({ grams: 4000, unknown: 1000, lots: 1 })
    const { recordId, said } = await newestRecord("waste")
    expect(said).toMatchObject({ reason: "sent-back", sentBack: { lineIndex: 0 } })
    if (!("sentBack" in said) || !said.sentBack) throw new Error("the record does not say to whom")
    expect(toHex(said.sentBack.supplierPileAlias)).toBe(gateway.ctx.keys.pileAlias(pileOf(trade.baseA)))
    const [offer] = await gateway.ctx.db.select().from(purchases).where(eq(purchases.saleRecordId, recordId))
    expect(offer).toMatchObject({ buyerMerchantId: trade.baseA.merchantId, grams: 2000, state: "offered" })

    const bag = await sell(trade.baseA, 4000, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag)).toEqual({ [lot]: [3000, 4000], unknown: [0, 1000] })
    const refusal = arrivalBody(gateway.ctx, recordId, "refused")
    expect(await upload(trade.baseA, "arrival", refusal)).toEqual(["stored"])
    expect(await pileNow(trade.stall)).toMatchObject({ grams: 4000 })
  })

  test("are no more than was bought, and of a purchase of one's own", async () => {
    await harvest(5000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    const before = [await eventsOf(trade.stall), await eventsOf(trade.baseA)]
    expect(await upload(trade.stall, "waste", sentBack(3001, sale))).toEqual(["stock/sent-back-more-than-bought"])
    // Of another stall's purchase nothing is known here: it may be on its way, so nothing is answered.
    expect(await upload(trade.wholesaler, "waste", sentBack(1000, sale))).toEqual([])
    expect([await eventsOf(trade.stall), await eventsOf(trade.baseA)]).toEqual(before)
  })
})

test("[RG-23] a lot whose shelf life is over is in nothing any more, once the rest can fill the book", async () => {
  const old = await harvest(2000)
  gateway.clock.advance(72 * 3_600_000)
  const fresh = await harvest(3000)
  const early = await sell(trade.baseA, 2000, trade.consumer)
  // The book still says that some of it must be there: nothing is taken for granted.
  expect(Object.keys(await rangesOf(gateway.ctx, early))).toEqual([old, fresh].sort())
  const bag = await sell(trade.baseA, 500, trade.consumer)
  expect(await rangesOf(gateway.ctx, bag)).toEqual({ [fresh]: [500, 500] })
  expect(await pileNow(trade.baseA)).toEqual({ grams: 2500, unknown: 0, lots: 1 })
})

test("[RG-25] a sale that names its lot is of that lot, kept apart or not, and the others are not", async () => {
  const [lotA, lotB] = [newId(), newId()]
  const chosen = { lot: lotA, pile: "kept-apart" as const }
  const base = await sellingTerminal(gateway.ctx, "base", [
    slotOf(1, cabbage),
    slotOf(3, cabbage, chosen),
    slotOf(4, cabbage, { lot: lotB }),
  ])
  await base.deliver(await base.envelope("snapshot", base.snapshotBody()))
  for (const lot of [lotA, lotB]) {
    nextMoment(gateway.clock)
    await base.deliver(await base.envelope("harvest", harvestBody(gateway.ctx, lot, 3000)))
  }
  const bags: string[] = []
  for (const [slot, grams] of [
    [3, 2500],
    [4, 1000],
    [1, 2400],
    [3, 100],
  ] as const) {
    nextMoment(gateway.clock)
    const code = await base.code(trading.nextCounter(), [gramsOf(slot, grams)])
    await base.deliver(await base.envelope("sale", base.saleBody(code)))
    bags.push((await payOnPlatform(gateway.ctx, code, trade.consumer)).recordId ?? "")
  }
  const ranges = await Promise.all(bags.map((bag) => rangesOf(gateway.ctx, bag)))
  expect(ranges).toEqual([
    { [lotA]: [2500, 2500] },
    { [lotB]: [1000, 1000] },
    // 500 of A and 2,000 of B are left of 2,500.
    { [lotA]: [400, 500], [lotB]: [1900, 2000] },
    { [lotA]: [100, 100] },
  ])
  expect(await pileNow(base)).toEqual({ grams: 0, unknown: 0, lots: 0 })

  // [RG-26] The weaker line: 500 of A and 2,000 of B were there, and 2,400 of them left. Two choices moved it a little from
  // 480 and 1,920 towards first in first out.
  const { lines } = await readTrace(gateway.ctx, gateway.ctx.db, bags[2] ?? "", "purchase")
  expect(lines[0]?.origin?.expected).toEqual({
    ...{ method: "blend", firstInPercent: 34, lastInPercent: 0, unknownGrams: 0 },
    sources: [lotA, lotB].sort().map((lotId) => ({ lotId, grams: lotId === lotA ? 487 : 1913 })),
  })
})
