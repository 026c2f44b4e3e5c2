import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test"
import type { Context } from "@suyuan/api/context"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { describePiles } from "@suyuan/api/trace/describe-piles"
import { readHistories } from "@suyuan/api/trace/read-histories"
import { readTrace } from "@suyuan/api/trace/read-trace"
import { records } from "@suyuan/drizzle/schema/ledger"
import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { decodeRecord } from "@suyuan/protocol/ledger/record"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { outflowKey, type PileEvent } from "@suyuan/protocol/trace/pile-event"
import { and, asc, eq } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { countRoundTrips } from "../../support/counting"
import { arrivalBody, nextMoment, openTrade, rangesOf, refusalsOf, secondsOf, type Trade } from "../../support/goods"
import { refundOnPlatform } from "../../support/paying"
import { cabbage, type SellingTerminal } from "../../support/selling"
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

const { sell, harvest, enterOutside } = tradingAt(() => gateway)

const answer = async (recordId: string, outcome: "accepted" | "private" | "refused", grams = 0, at = trade.stall) => {
  nextMoment(gateway.clock)
  return refusalsOf(await at.deliver(await at.envelope("arrival", arrivalBody(gateway.ctx, recordId, outcome, grams))))
}

const pileOf = ({ merchantId }: SellingTerminal) => pileIdOf(merchantId, cabbage, null)
const stockOf = async (terminal: SellingTerminal) => {
  const pile = await describePiles(gateway.ctx, [pileOf(terminal)])
  return pile.get(pileOf(terminal))?.origin.grams
}

describe("goods over three levels", () => {
  test("hold at a consumer's what the pure engine says, and the way leads back to both bases", async () => {
    const [lotA, lotB] = [await harvest(trade.baseA, 10_000), await harvest(trade.baseB, 10_000)]
    const fromA = await sell(trade.baseA, 6000, trade.wholesalerWallet)
    const fromB = await sell(trade.baseB, 4000, trade.wholesalerWallet)
    const toStall = await sell(trade.wholesaler, 7000, trade.stallWallet)
    await enterOutside(trade.stall, 500)
    const bag = await sell(trade.stall, 6500, trade.consumer)

    const at = (ms: Date) => ms.getTime()
    const outside = (await eventsOf(trade.stall)).find(({ source }) => source === "unknown")
    if (!outside) throw new Error("outside goods are missing")
    const out = (sale: typeof bag, grams: number) =>
      ({ kind: "out", recordId: sale.recordId, effectiveAtMs: at(sale.effectiveAt), grams }) as const
    const bought = (sale: typeof bag, from: SellingTerminal, grams: number): PileEvent => ({
      kind: "in",
      ...{ recordId: sale.recordId, effectiveAtMs: at(sale.effectiveAt), grams },
      upstream: { pileId: pileOf(from), recordId: sale.recordId },
    })
    const harvested = (lot: string, sale: typeof bag): PileEvent => ({
      kind: "in",
      ...{ recordId: `harvest ${lot}`, effectiveAtMs: at(sale.effectiveAt) - 90_000, grams: 10_000 },
      sources: [{ sourceId: lot, lowGrams: 10_000, highGrams: 10_000 }],
    })
    const histories: PileHistory[] = [
      { pileId: pileOf(trade.baseA), events: [harvested(lotA, fromA), out(fromA, 6000)] },
      { pileId: pileOf(trade.baseB), events: [harvested(lotB, fromB), out(fromB, 4000)] },
      {
        pileId: pileOf(trade.wholesaler),
        events: [bought(fromA, trade.baseA, 6000), bought(fromB, trade.baseB, 4000), out(toStall, 7000)],
      },
      {
        pileId: pileOf(trade.stall),
        events: [
          bought(toStall, trade.wholesaler, 7000),
          { kind: "in", recordId: outside.recordId, effectiveAtMs: at(outside.effectiveAt), grams: 500 },
          out(bag, 6500),
        ],
      },
    ]
    const origins = resolveOrigins(histories)
    const range = origins.ok && origins.value.piles.get(pileOf(trade.stall))?.outflows.get(outflowKey(bag))
    if (!range) throw new Error("the engine has no range")
    const expected = range.sources.map(({ sourceId, mustGrams, mayGrams }) => [sourceId, [mustGrams, mayGrams]])
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual(Object.fromEntries(expected))
    // A second opinion by hand: 7,000 of 6,000 A and 4,000 B hold at least 3,000 A; 500 of 7,500 g are unknown and
    // 1,000 stay behind.
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({
      [lotA]: [2000, 6000],
      [lotB]: [0, 4000],
      unknown: [0, 500],
    })

    const trace = await readTrace(gateway.ctx, gateway.ctx.db, bag.recordId, "purchase")
    // Both bases are in one county: of which two they are nobody can say, that they are from there is certain.
    expect(trace.lines[0]?.origin).toMatchObject({
      ...{
        kind: "partly-from",
        places: ["北京丰台区"],
        placesEn: ["丰台区, Beijing"],
        bases: 2,
        unknownHighPercent: 8,
      },
    })
    const way = trace.lines[0]?.way ?? []
    expect(way.map(({ level, kind, harvested: grown }) => [level, kind, grown])).toEqual([
      [0, "market", false],
      [1, "wholesale", false],
      [2, "base", true],
      [2, "base", true],
    ])
    expect(trace).toMatchObject({ levels: 3, recordState: "pending", state: "paid" })
  })

  test("cost two round trips a level, however many piles a level has, and three in all when they are remembered", async () => {
    await harvest(trade.baseA, 9000)
    await harvest(trade.baseB, 9000)
    await sell(trade.baseA, 6000, trade.wholesalerWallet)
    await sell(trade.baseB, 4000, trade.wholesalerWallet)
    await sell(trade.wholesaler, 7000, trade.stallWallet)
    const bag = await sell(trade.stall, 600, trade.consumer)
    const { roundTripsOf, end } = countRoundTrips(gateway.ctx)
    const nowMs = gateway.clock.nowMs()
    const walk = async ({ db }: Context) => {
      const { levels } = await readHistories(db, [{ pileId: pileOf(trade.stall), until: new Date(nowMs) }], nowMs)
      expect(levels).toBe(3)
    }
    expect(await roundTripsOf(walk)).toBe(3 * 2)
    // The sale with the first level's beginnings; two levels more; lots; names.
    const trace = (ctx: Context) => readTrace(ctx, ctx.db, bag.recordId, "purchase")
    expect(await roundTripsOf(trace)).toBe(1 + 1 + 2 * 2 + 1 + 1)
    expect(await roundTripsOf(trace)).toBe(3)
    await end()
  })

  test("sell more than came in: the rest is of unknown origin, never invented", async () => {
    const lot = await harvest(trade.baseA, 1000)
    await sell(trade.baseA, 1000, trade.stallWallet)
    const bag = await sell(trade.stall, 1500, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({ [lot]: [1000, 1000], unknown: [500, 500] })
  })

  test("a seller who pays at the own stall takes goods out once, and buys nothing", async () => {
    await harvest(trade.baseA, 5000)
    await sell(trade.baseA, 5000, trade.stallWallet)
    const own = await sell(trade.stall, 1000, trade.stallWallet)
    expect(await stockOf(trade.stall)).toBe(4000)
    expect(await gateway.ctx.db.select().from(purchases).where(eq(purchases.saleRecordId, own.recordId))).toHaveLength(
      0,
    )
    const [record] = await gateway.ctx.db.select().from(records).where(eq(records.recordId, own.recordId))
    const opened = record && decodeRecord("sale", { public: record.publicBytes })
    expect(opened?.ok && opened.value.public).not.toHaveProperty("buyerPileAliases.0")
  })
})

describe("a purchase that waits for an answer", () => {
  let lot: string
  let bought: Awaited<ReturnType<typeof sell>>
  beforeEach(async () => {
    lot = await harvest(trade.baseA, 9000)
    bought = await sell(trade.baseA, 5000, trade.stallWallet)
  })
  const purchase = async () => {
    const [row] = await gateway.ctx.db.select().from(purchases).where(eq(purchases.saleRecordId, bought.recordId))
    return row
  }

  test("counts as arrived meanwhile", async () => {
    expect(await purchase()).toMatchObject({ state: "offered", grams: 5000 })
    expect(await stockOf(trade.stall)).toBe(5000)
  })

  test("accepted with less came in with less; the difference is the seller's loss, not unknown", async () => {
    expect(await answer(bought.recordId, "accepted", 4200)).toEqual(["stored"])
    expect(await stockOf(trade.stall)).toBe(4200)
    const bag = await sell(trade.stall, 4200, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({ [lot]: [4200, 4200] })
    expect(await stockOf(trade.baseA)).toBe(4000)
  })

  test("arrives when the answer says, never before it was sold", async () => {
    const early = { ...gateway.ctx, clock: { nowMs: () => bought.effectiveAt.getTime() - 3_600_000 } }
    const body = arrivalBody(early, bought.recordId, "accepted", 5000)
    await trade.stall.deliver(await trade.stall.envelope("arrival", body))
    const [inflow] = await eventsOf(trade.stall)
    expect(inflow?.effectiveAt).toEqual(bought.effectiveAt)
  })

  test("with more than was bought is refused, and changes nothing", async () => {
    expect(await answer(bought.recordId, "accepted", 5001)).toEqual(["stock/more-than-bought"])
    expect(await purchase()).toMatchObject({ state: "offered" })
  })

  test("private is in nobody's stock", async () => {
    expect(await answer(bought.recordId, "private")).toEqual(["stored"])
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([4000, 0])
  })

  test("refused never left the seller", async () => {
    expect(await answer(bought.recordId, "refused")).toEqual(["stored"])
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([9000, 0])
  })

  test("answered again follows the newest answer, whichever comes last", async () => {
    const earlier = await trade.stall.envelope("arrival", arrivalBody(gateway.ctx, bought.recordId, "refused"))
    nextMoment(gateway.clock)
    const later = await trade.stall.envelope("arrival", arrivalBody(gateway.ctx, bought.recordId, "accepted", 4000))
    await trade.stall.deliver(earlier)
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([9000, 0])
    await trade.stall.deliver(later)
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([4000, 4000])
    const inOrder = await pileRows()
    await trade.stall.deliver(earlier, later)
    expect(await pileRows()).toEqual(inOrder)
  })

  test("private first and accepted later comes in after all", async () => {
    await answer(bought.recordId, "private")
    await answer(bought.recordId, "accepted", 5000)
    expect(await stockOf(trade.stall)).toBe(5000)
  })

  test("is nobody else's to answer", async () => {
    expect(await answer(bought.recordId, "accepted", 100, trade.wholesaler)).toEqual([])
    expect(await purchase()).toMatchObject({ state: "offered" })
  })

  test("every answer is a record of its own", async () => {
    await answer(bought.recordId, "accepted", 5000)
    await answer(bought.recordId, "accepted", 4500)
    const rows = await gateway.ctx.db.select().from(records).where(eq(records.kind, RECORD_KINDS.arrival))
    const grams = rows.flatMap(({ publicBytes }) => {
      const record = decodeRecord("arrival", { public: publicBytes })
      if (!record.ok || record.value.kind !== "arrival") return []
      const { saleRecordId, acceptedGrams } = record.value.public
      return Buffer.from(saleRecordId).toString("hex") === bought.recordId ? [acceptedGrams] : []
    })
    expect(grams.toSorted()).toEqual([4500, 5000])
  })
})

describe("goods of a refund", () => {
  test("not handed over never left: the next bag may hold them", async () => {
    await harvest(trade.baseA, 5000)
    const sale = await sell(trade.baseA, 3000, trade.consumer)
    expect(await stockOf(trade.baseA)).toBe(2000)
    await refundOnPlatform(gateway.ctx, sale, { goods: "not-handed-over", amountFen: 100, lines: [[0, 1000]] })
    expect(await stockOf(trade.baseA)).toBe(3000)
    await refundOnPlatform(gateway.ctx, sale, { goods: "not-handed-over", amountFen: 200, lines: [[0, 2000]] })
    expect(await stockOf(trade.baseA)).toBe(5000)
  })

  test("returned come in again with the origin of that sale", async () => {
    const lot = await harvest(trade.baseA, 4000)
    await sell(trade.baseA, 4000, trade.stallWallet)
    const sale = await sell(trade.stall, 4000, trade.consumer)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 1500]] })
    expect(await stockOf(trade.stall)).toBe(1500)
    const again = await sell(trade.stall, 1500, trade.consumer)
    expect(await rangesOf(gateway.ctx, again.recordId)).toEqual({ [lot]: [1500, 1500] })
  })

  test("returned and thrown away come in and go", async () => {
    await harvest(trade.baseA, 4000)
    const sale = await sell(trade.baseA, 1000, trade.consumer)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "discarded", amountFen: 100 })
    expect(await stockOf(trade.baseA)).toBe(3000)
    const rows = (await eventsOf(trade.baseA)).map(({ source, gramsHigh }) => [source, gramsHigh])
    expect(rows).toEqual([
      ["lot", 4000],
      ["outflow", 1000],
      ["return", 1000],
      ["outflow", 1000],
    ])
  })

  test("money only changes no pile", async () => {
    await harvest(trade.baseA, 4000)
    const sale = await sell(trade.baseA, 1000, trade.consumer)
    await refundOnPlatform(gateway.ctx, sale, { goods: "money-only", amountFen: 100 })
    expect(await stockOf(trade.baseA)).toBe(3000)
  })

  test("[RG-24] that a merchant gave back leave that merchant's pile and are in one pile only", async () => {
    const lot = await harvest(trade.baseA, 4000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    await answer(sale.recordId, "accepted", 3000)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 1000]] })
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([2000, 2000])
    const bag = await sell(trade.stall, 2000, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({ [lot]: [2000, 2000] })
    const again = await sell(trade.baseA, 2000, trade.consumer)
    expect(await rangesOf(gateway.ctx, again.recordId)).toEqual({ [lot]: [2000, 2000] })
  })

  test("[RG-24] that a merchant had mixed with others come back as what they may be", async () => {
    const [mine, other] = [await harvest(trade.baseA, 3000), await harvest(trade.baseB, 1000)]
    await sell(trade.baseB, 1000, trade.stallWallet)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    await answer(sale.recordId, "accepted", 3000)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 2000]] })
    const again = await sell(trade.baseA, 2000, trade.consumer)
    expect(await rangesOf(gateway.ctx, again.recordId)).toEqual({ [mine]: [1000, 2000], [other]: [0, 1000] })
    const left = await sell(trade.stall, 2000, trade.consumer)
    expect(await rangesOf(gateway.ctx, left.recordId)).toEqual({ [mine]: [1000, 2000], [other]: [0, 1000] })
  })

  test("[RG-24] that a merchant never got, by their own word, come back as of unknown origin", async () => {
    const lot = await harvest(trade.baseA, 3000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 2000]] })
    await answer(sale.recordId, "accepted", 1500)
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([2000, 0])
    const again = await sell(trade.baseA, 2000, trade.consumer)
    expect(await rangesOf(gateway.ctx, again.recordId)).toEqual({ [lot]: [1500, 1500], unknown: [500, 500] })
    // What was bought in private is in no pile: a return like a consumer's.
    await answer(sale.recordId, "private")
    expect(await rangesOf(gateway.ctx, again.recordId)).toEqual({ [lot]: [2000, 2000] })
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([0, 0])
  })

  test("[RG-24] that a merchant gave back and the seller threw away are in no pile", async () => {
    await harvest(trade.baseA, 3000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    nextMoment(gateway.clock)
    await refundOnPlatform(gateway.ctx, sale, { goods: "discarded", amountFen: 100, lines: [[0, 2000]] })
    await answer(sale.recordId, "accepted", 3000)
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([0, 1000])
  })

  test("that a merchant never got lower the purchase, accepted or not", async () => {
    const lot = await harvest(trade.baseA, 4000)
    const sale = await sell(trade.baseA, 3000, trade.stallWallet)
    await refundOnPlatform(gateway.ctx, sale, { goods: "not-handed-over", amountFen: 100, lines: [[0, 500]] })
    expect([await stockOf(trade.baseA), await stockOf(trade.stall)]).toEqual([1500, 2500])
    await answer(sale.recordId, "accepted", 3000)
    expect(await stockOf(trade.stall)).toBe(2500)
    const bag = await sell(trade.stall, 2500, trade.consumer)
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({ [lot]: [2500, 2500] })
    await refundOnPlatform(gateway.ctx, sale, { goods: "not-handed-over", amountFen: 100, lines: [[0, 2500]] })
    expect(await rangesOf(gateway.ctx, bag.recordId)).toEqual({ unknown: [2500, 2500] })
  })
})

describe("what a sale's goods were tested for", () => {
  const inspect = async (terminal: SellingTerminal, sampleNumber: string) => {
    nextMoment(gateway.clock)
    const at = secondsOf(gateway.ctx)
    const [ack] = await terminal.deliver(
      await terminal.envelope("inspection", {
        ...{ commodity: cabbage, lot: undefined, sampleNumber, sampledAtSeconds: at, testedAtSeconds: at },
        ...{ method: "胶体金", standard: "GB/T 5009.199", limitPermille: 500, inhibitionPermille: 120 },
        ...{ conclusion: "passed", instrument: "快检仪", testerRole: "market inspector" },
      }),
    )
    return ack?.refusal
  }
  const testsOf = async (recordId: string) => {
    const { lines } = await readTrace(gateway.ctx, gateway.ctx.db, recordId, "purchase")
    const line = lines[0]
    return { own: line?.inspections.map((one) => one.sampleNumber), way: line?.way.map((stop) => stop.inspections) }
  }

  test("is what was tested while they were there: neither yesterday's goods nor what came later", async () => {
    await harvest(trade.baseA, 9000)
    await sell(trade.baseA, 1000, trade.stallWallet)
    expect(await inspect(trade.stall, "before")).toBeUndefined()
    await sell(trade.stall, 1000, trade.consumer)
    await sell(trade.baseA, 2000, trade.stallWallet)
    await inspect(trade.stall, "of these goods")
    const bag = await sell(trade.stall, 500, trade.consumer)
    await inspect(trade.stall, "after")
    await inspect(trade.baseA, "after they had left")
    const fresh = await sell(trade.stall, 500, trade.consumer)
    expect(await testsOf(bag.recordId)).toEqual({ own: ["of these goods"], way: [1, 0] })
    expect(await testsOf(fresh.recordId)).toEqual({ own: ["after", "of these goods"], way: [2, 0] })
  })
})

const eventsOf = (terminal: SellingTerminal) =>
  gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(eq(pileEvents.pileId, pileOf(terminal)))
    .orderBy(asc(pileEvents.effectiveAt), asc(pileEvents.direction), asc(pileEvents.line))

const pileRows = () =>
  gateway.ctx.db
    .select()
    .from(pileEvents)
    .where(and(eq(pileEvents.commodity, cabbage)))
    .orderBy(asc(pileEvents.pileId), asc(pileEvents.effectiveAt), asc(pileEvents.recordId), asc(pileEvents.source))
