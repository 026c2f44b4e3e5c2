// What a pile held before the set came, and what clocks leave open beside it: by hand, a few events each.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import { readRecallScope } from "@suyuan/api/recalls/recall-scope"
import { noteEvents } from "@suyuan/api/trace/note-events"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { sumPileDays } from "@suyuan/api/trace/sum-days"
import { lots, pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { type TestGateway, testGateway } from "../../support/context"
import { countStatements } from "../../support/counting"
import { makeStall, operator, type TestStall } from "../../support/stall"
import type { Row } from "../trace/random-world"
import { allSales, comparedWithWhole } from "./whole-history"

setDefaultTimeout(60_000)

let gateway: TestGateway
let stall: TestStall
beforeAll(async () => {
  gateway = await testGateway()
  stall = await makeStall(gateway.ctx)
})
afterAll(() => gateway?.close())

type Happened = {
  readonly source: Row["source"]
  /** Seconds after that began. */
  readonly at: number
  readonly grams: number
  readonly lowGrams?: number
  /** Of an outflow, so that others can name it. */
  readonly name?: string
  /** The outflow that a void, a return or a purchase is of. */
  readonly of?: string
  /** `set` is what is recalled. */
  readonly lot?: string
  readonly pile?: string
}

const hex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex")

/** What happened in some piles since ten hours ago. */
class Trade {
  readonly #startMs = gateway.clock.nowMs() - 36_000_000
  readonly #piles = new Map<string, string>()
  readonly #lots = new Map<string, string>()
  readonly #outflows = new Map<string, Row>()

  async happened(...events: readonly Happened[]): Promise<void> {
    const rows = events.map((event) => this.#rowOf(event))
    const createdAt = new Date(gateway.clock.nowMs())
    const place = { siteId: stall.siteId, merchantId: stall.merchantId, commodity: 1 }
    await gateway.ctx.db
      .insert(piles)
      .values(this.piles.map((id) => ({ ...place, id, lotId: null, alias: hex(8), createdAt })))
      .onConflictDoNothing()
    await gateway.ctx.db.transaction(async (tx) => {
      await noteEvents(tx, await tx.insert(pileEvents).values(rows).returning())
    })
    const harvests = rows.filter(({ source }) => source === "lot")
    if (harvests.length === 0) return
    await gateway.ctx.db.insert(lots).values(
      harvests.map(({ lotId, gramsHigh, effectiveAt, recordId }) => ({
        ...{ ...place, id: lotId ?? "", grams: gramsHigh, harvestedAt: effectiveAt, declaredOrigin: "", createdAt },
        ...{ regionCode: "130700", recordId },
      })),
    )
  }

  get set(): string[] {
    return [this.#lots.get("set") ?? ""]
  }

  get piles(): string[] {
    return [...this.#piles.values()]
  }

  compared() {
    return comparedWithWhole(gateway, this.piles, this.set)
  }

  /** May and must of a sale, as the recall says. */
  async saidOf(name: string) {
    const outflow = this.#outflows.get(name)
    const sale = (await allSales(gateway, this.set)).find(({ recordId }) => recordId === outflow?.recordId)
    return sale && { mayGrams: sale.mayGrams, mustGrams: sale.mustGrams }
  }

  async stockOf(pile = "stall") {
    const scope = await readRecallScope(gateway.ctx, operator, { kind: "lots", lotIds: this.set })
    return scope.piles.find(({ pileId }) => pileId === this.#piles.get(pile))?.stock
  }

  async statements(): Promise<number> {
    const counted = countStatements(gateway.ctx)
    const ask = { kind: "lots", lotIds: this.set } as const
    const count = await counted.statementsOf((ctx) => readRecallScope(ctx, operator, ask))
    await counted.end()
    return count
  }

  #rowOf({ source, at, grams, lowGrams = grams, name, of, lot, pile = "stall" }: Happened): Row {
    const effectiveAt = new Date(this.#startMs + at * 1000)
    const outflow = of === undefined ? undefined : this.#outflows.get(of)
    const row: Row = {
      ...{ pileId: idIn(this.#piles, pile, () => hex(16)), day: effectiveAt.toISOString().slice(0, 10), effectiveAt },
      ...{ siteId: stall.siteId, merchantId: stall.merchantId, commodity: 1, recordId: hex(16), line: 0, source },
      ...{ direction: source === "outflow" ? 1 : source === "count" ? 2 : 0, gramsLow: lowGrams, gramsHigh: grams },
      lotId: lot === undefined ? null : idIn(this.#lots, lot, gateway.ctx.random.uuid),
      ...{ upstreamPileId: outflow?.pileId ?? null, upstreamRecordId: outflow?.recordId ?? null },
      ...{ upstreamLine: outflow?.line ?? null, leftAt: source === "purchase" ? outflow?.effectiveAt : null },
    }
    if (name !== undefined) this.#outflows.set(name, row)
    return row
  }
}

function idIn(ids: Map<string, string>, name: string, make: () => string): string {
  const id = ids.get(name) ?? make()
  ids.set(name, id)
  return id
}

/** Nothing is missed and nothing overstated, and that of some outflow at least. */
async function agrees(trade: Trade): Promise<void> {
  const found = await trade.compared()
  expect(found).toMatchObject({ missed: [], overstated: [] })
  expect(found?.outflows).toBeGreaterThan(0)
}

const voidedAndReturned = (soldAt: number): readonly Happened[] => [
  { source: "void", at: soldAt, grams: 3000, of: "voided" },
  { source: "lot", at: 1000, grams: 5000, lot: "set" },
  { source: "outflow", at: 1500, grams: 13_000 },
  { source: "return", at: 2000, grams: 1000, of: "voided" },
  { source: "outflow", at: 3000, grams: 4000, name: "last" },
]

const dayBefore = -86_400

test("[RC-2, RG-5] what comes back of a sale that was void is no goods, whether the sale is read or asked for", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "unknown", at: 0, grams: 10_000 },
    { source: "outflow", at: 100, grams: 3000, name: "voided" },
  )
  await trade.happened(...voidedAndReturned(100))
  expect(await trade.saidOf("last")).toEqual({ mayGrams: 4000, mustGrams: 0 })
  await agrees(trade)
  expect(await trade.statements()).toBe(3)

  const counted = new Trade()
  await counted.happened(
    { source: "unknown", at: dayBefore, grams: 9000 },
    { source: "outflow", at: dayBefore + 100, grams: 3000, name: "voided" },
    { source: "count", at: dayBefore + 500, grams: 10_000 },
  )
  await counted.happened(...voidedAndReturned(dayBefore + 100))
  expect(await counted.saidOf("last")).toEqual({ mayGrams: 4000, mustGrams: 0 })
  await agrees(counted)
  expect(await counted.statements()).toBe(4)
})

/** The day on which the set comes is read whole; what is of before is read since the pile was counted. */
const bothDays = [
  ["that day", 0],
  ["the day before", dayBefore],
] as const

test.each(bothDays)(
  "[RC-2, RG-5] of a sale of %s no more comes back than was sold, and that as other goods",
  async (_, before) => {
    const trade = new Trade()
    await trade.happened(
      { source: "unknown", at: before, grams: 9000 },
      { source: "outflow", at: before + 100, grams: 3000, lowGrams: 1000, name: "sold" },
      { source: "count", at: before + 500, grams: 6000 },
      { source: "lot", at: 1000, grams: 5000, lot: "set" },
    )
    await trade.happened(
      { source: "return", at: 1100, grams: 2000, of: "sold" },
      { source: "return", at: 1200, grams: 2000, of: "sold" },
      { source: "outflow", at: 1500, grams: 12_500, name: "most" },
      { source: "outflow", at: 2000, grams: 1000, name: "last" },
    )
    // 5 kg, 6 kg and once 2 kg; another half a kilogram was there from the beginning.
    expect(await trade.saidOf("most")).toEqual({ mayGrams: 5000, mustGrams: 4000 })
    await agrees(trade)
  },
)

test("[RC-2, RG-25] sales that may have been before all that is known count as in the whole history, beside a chosen lot", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "outflow", at: 0, grams: 1000 },
    { source: "lot", at: 2, grams: 7000, lot: "other" },
    { source: "lot", at: 6, grams: 8000, lot: "set" },
    { source: "outflow", at: 1000, grams: 6900, lot: "other", name: "chosen" },
  )
  // The first kilogram may have been of the other lot, of which 6 kg are left then.
  expect(await trade.saidOf("chosen")).toEqual({ mayGrams: 900, mustGrams: 900 })
  await agrees(trade)
})

test.each(bothDays)(
  "[RC-2, RG-4, RG-25] a void of %s of an interval of weights takes back what it took, beside a chosen lot",
  async (_, before) => {
    const trade = new Trade()
    await trade.happened(
      { source: "count", at: before, grams: 2000 },
      { source: "outflow", at: before + 100, grams: 7000, lowGrams: 3000, name: "voided" },
    )
    await trade.happened(
      { source: "void", at: before + 100, grams: 7000, lowGrams: 3000, of: "voided" },
      { source: "lot", at: 1000, grams: 5000, lot: "set" },
      { source: "outflow", at: 1500, grams: 3000, lot: "other" },
      { source: "outflow", at: 2000, grams: 4000, lot: "set", name: "chosen" },
    )
    expect(await trade.saidOf("chosen")).toEqual({ mayGrams: 4000, mustGrams: 4000 })
    await agrees(trade)
  },
)

test("[RC-6, RG-25] a sale is not summed with those after a chosen lot left, nor after goods came", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "unknown", at: 0, grams: 9000 },
    { source: "lot", at: 100, grams: 2000, lot: "set" },
    { source: "outflow", at: 1000, grams: 2000, lot: "set" },
    { source: "outflow", at: 1001, grams: 3000, name: "beside" },
    { source: "outflow", at: 1010, grams: 3000, name: "after" },
  )
  expect(await trade.saidOf("beside")).toEqual({ mayGrams: 2000, mustGrams: 0 })
  expect(await trade.saidOf("after")).toBeUndefined()
  await agrees(trade)

  const coming = new Trade()
  await coming.happened(
    { source: "count", at: 0, grams: 14_000 },
    { source: "outflow", at: 994, grams: 6000 },
    { source: "outflow", at: 996, grams: 8500, name: "before" },
    { source: "outflow", at: 998, grams: 4500, name: "beside" },
    { source: "lot", at: 1000, grams: 5000, lot: "set" },
  )
  expect(await coming.saidOf("before")).toBeUndefined()
  await agrees(coming)
})

test("[RC-6, RG-9] of a run of boxes each may hold what was there before any of what is near it had left", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "lot", at: 0, grams: 2000, lot: "set" },
    { source: "outflow", at: 1000, grams: 1000, name: "bought" },
    { source: "outflow", at: 1001, grams: 2000, lowGrams: 100, name: "box" },
    { source: "outflow", at: 1010, grams: 100 },
  )
  await trade.happened({ source: "purchase", at: 1060, grams: 1000, of: "bought", pile: "buyer" })
  expect(await trade.saidOf("box")).toEqual({ mayGrams: 2000, mustGrams: 100 })
  await agrees(trade)
})

test("[RC-2] what comes back after a pile was counted as sold out is followed, when its days were summed too", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "count", at: -90_000, grams: 0 },
    { source: "lot", at: 100, grams: 3000, lot: "set" },
    { source: "outflow", at: 1000, grams: 2000, name: "returned" },
    { source: "count", at: 2000, grams: 0 },
    { source: "unknown", at: 3000, grams: 1000 },
  )
  await sumPileDays(gateway.ctx)
  await trade.happened(
    { source: "return", at: 4000, grams: 1500, of: "returned" },
    { source: "outflow", at: 5000, grams: 500, name: "again" },
    { source: "unknown", at: 6000, grams: 1000 },
  )
  await sumPileDays(gateway.ctx)
  expect(await trade.saidOf("again")).toEqual({ mayGrams: 500, mustGrams: 0 })
  expect(await trade.stockOf()).toMatchObject({ mayGrams: 1500 })
  await agrees(trade)
})

test("[RC-2, RG-9] boxes that were there before leave open how much of the set must be in stock", async () => {
  const trade = new Trade()
  await trade.happened({ source: "unknown", at: 0, grams: 10_000, lowGrams: 5000 })
  await readPileContents(gateway.ctx, trade.piles)
  await trade.happened(
    { source: "lot", at: 1000, grams: 5000, lot: "set" },
    { source: "outflow", at: 2000, grams: 1000 },
  )
  expect(await trade.stockOf()).toMatchObject({ grams: 14_000, mayGrams: 5000, mustGrams: 0 })
  await agrees(trade)
})

test("[RC-2, RG-17] goods that seem to have gone round in an instant may be all of the set, and none of them must", async () => {
  const trade = new Trade()
  await trade.happened(
    { source: "unknown", at: 0, grams: 5000 },
    { source: "lot", at: 10, grams: 1000, lot: "set" },
    { source: "outflow", at: 1000, grams: 3000, name: "there" },
  )
  await trade.happened(
    { source: "purchase", at: 1001, grams: 3000, of: "there", pile: "other" },
    { source: "outflow", at: 1001, grams: 3000, name: "back", pile: "other" },
  )
  await trade.happened({ source: "purchase", at: 1002, grams: 3000, of: "back" })
  expect(await trade.compared()).toBeUndefined()
  expect(await trade.saidOf("there")).toEqual({ mayGrams: 3000, mustGrams: 0 })
  expect(await trade.saidOf("back")).toEqual({ mayGrams: 3000, mustGrams: 0 })
})
