// The identities themselves: books that are whole pass, and each kind of broken books is found by its own identity.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { requestRefund } from "@suyuan/api/payments/request-refund"
import { checkIdentities, type KnownSale, type Witnesses } from "../../scripts/soak/identities"
import { neverHappened, newTally } from "../../scripts/soak/random-trade"
import { type Market, openMarket, saleFen, type TestSale } from "../api/payments/market"
import { platformsOf } from "../api/payments/platforms"
import { operator } from "../support/stall"

let market: Market
let sales: readonly KnownSale[]
let sold: TestSale
beforeAll(async () => {
  market = await openMarket()
  sold = await paidByPhone()
  const [other, inCash] = [await paidByPhone(), await market.newSale()]
  await market.upload(inCash.code, "cash")
  const { terminalId, counter, day } = sold
  await requestRefund(market.ctx, market.deps, operator, {
    ...{ sale: { terminalId, counter, day }, id: market.ctx.random.uuid() },
    ...{ amountFen: 34, goods: "money-only", lines: [] },
  })
  await market.refundsDone(sold)
  sales = [sold, other, inCash].map((sale) => {
    return { terminalId: sale.terminalId, counter: sale.counter, isPaid: true, isUploaded: true }
  })
}, 60_000)
afterAll(() => market.end())

async function paidByPhone(): Promise<TestSale> {
  const sale = await market.newSale()
  const payer = await market.newPayer("alipay")
  await market.upload(sale.code)
  await market.decideOn(await market.open(sale, payer), payer)
  await market.settled(sale)
  return sale
}

function witnesses(): Omit<Witnesses, "sql"> {
  const { store } = market.sandbox.world
  const sum = (name: "receiptsFen" | "refundsFen") =>
    platformsOf.reduce((total, platform) => total + store.books(platform)[name], 0)
  const orders = store.orders(100).map(({ orderNo, amountFen, refundedFen, paidAtMs }) => {
    return { orderNo, receivedFen: paidAtMs === null ? 0 : amountFen, refundedFen }
  })
  return { books: { receiptsFen: sum("receiptsFen"), refundsFen: sum("refundsFen") }, orders, sales, onChain: [] }
}

class Undone extends Error {}

/** Which identities no longer hold once these statements were run; they are undone afterwards. */
async function brokenBy(statements: string, more: Partial<Witnesses> = {}): Promise<string[]> {
  let broken: string[] = []
  const looking = market.ctx.sql.begin(async (sql) => {
    await sql.unsafe(statements)
    const found = await checkIdentities({ ...witnesses(), sql, ...more })
    broken = found.filter(({ holds }) => !holds).map(({ name }) => name)
    throw new Undone()
  })
  await expect(looking).rejects.toThrow(Undone)
  return broken
}

const isSold = () => `terminal_id = ${sold.terminalId} AND counter = ${sold.counter}`

test("whole books pass", async () => {
  expect(await brokenBy("SELECT 1")).toEqual([])
})

test("a sale that is gone, one that was paid and is not, and one whose acknowledged upload was lost", async () => {
  expect(await brokenBy(`DELETE FROM sales WHERE ${isSold()}`)).toContain("no sale lost")
  expect(await brokenBy(`UPDATE sales SET state = 'presented' WHERE ${isSold()}`)).toContain("no sale lost")
  expect(await brokenBy(`UPDATE sales SET uploaded_at = NULL WHERE ${isSold()}`)).toEqual(["no sale lost"])
  const stranger = [{ terminalId: sold.terminalId, counter: 1_000_000 }]
  expect(await brokenBy("SELECT 1", { sales: stranger })).toEqual(["no sale lost"])
})

test("a sale of which only its key is left, or its row", async () => {
  expect(await brokenBy(`DELETE FROM sale_keys WHERE ${isSold()}`)).toEqual(["no sale doubled"])
})

test("a fen too much, and two mistakes that cancel each other out", async () => {
  expect(await brokenBy(`UPDATE sales SET paid_fen = paid_fen + 1 WHERE ${isSold()}`)).toEqual(["the money adds up"])
  const refundOfOther = `UPDATE refunds SET out_trade_no =
    (SELECT out_trade_no FROM attempts WHERE state = 'succeeded' AND NOT (${isSold()}))`
  expect(await brokenBy(refundOfOther)).toEqual(["every order agrees"])
  const received = `UPDATE attempts SET received_fen = CASE WHEN ${isSold()} THEN ${saleFen - 1} ELSE ${saleFen + 1} END`
  expect(await brokenBy(received)).toEqual(["every order agrees"])
  expect(await brokenBy(`UPDATE attempts SET state = 'closed' WHERE ${isSold()}`)).toEqual(["every order agrees"])
})

test("a settled sale without a record, a refund without one, and one record of two sales", async () => {
  const forgotten = `UPDATE sales SET record_id = NULL WHERE ${isSold()}`
  expect(await brokenBy(forgotten)).toContain("every settled sale has one record")
  expect(await brokenBy("UPDATE refunds SET record_id = NULL")).toEqual(["every seller's refund has one record"])
  const shared = `UPDATE sales SET record_id = (SELECT record_id FROM sales WHERE ${isSold()})`
  expect(await brokenBy(shared)).toContain("every settled sale has one record")
})

test("a record that is sealed and in no batch, and one on the chain that nobody sealed", async () => {
  expect(await brokenBy("UPDATE records SET state = 'sealed'")).toEqual(["every record stands in one batch"])
  expect(await brokenBy("SELECT 1", { onChain: ["ab"] })).toEqual(["the chain holds each of them once"])
})

test("a purchase that a recall would not find, and one that there is not", async () => {
  const bought = `UPDATE pile_events SET source = 'purchase', left_at = effective_at, upstream_pile_id = pile_id,
    upstream_record_id = record_id WHERE source = 'outflow'`
  expect(await brokenBy(bought)).toEqual([])
  const name = "every purchase is known by whose goods it was"
  expect(await brokenBy(`${bought}; DELETE FROM pile_purchases`)).toEqual([name])
  const invented = `INSERT INTO pile_purchases
    SELECT pile_id, effective_at, pile_id, effective_at, record_id, line, record_id, line FROM pile_events`
  expect(await brokenBy(invented)).toEqual([name])
})

test("a run in which nothing happens shows nothing", () => {
  expect(neverHappened(newTally(), new Map())).toEqual(["payment", "cash sale", "refund", "fault"])
  const tally = { ...newTally(), paid: 3, cash: 1, refunds: 1 }
  expect(neverHappened(tally, new Map([["gateway killed", 1]]))).toEqual([])
})
