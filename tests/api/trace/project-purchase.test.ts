import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Transaction } from "@suyuan/api/context"
import { utcDay } from "@suyuan/api/day"
import { writeRecords } from "@suyuan/api/ledger/write-records"
import { applyVoid } from "@suyuan/api/trace/apply-void"
import { lockPurchases, projectPurchase } from "@suyuan/api/trace/project-purchase"
import { records } from "@suyuan/drizzle/schema/ledger"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { eq, sql } from "drizzle-orm"
import { type TestGateway, testGateway } from "../../support/context"
import { openTrade, type Trade } from "../../support/goods"
import { refundOnPlatform } from "../../support/paying"
import { tradingAt } from "../../support/trading"

setDefaultTimeout(60_000)

let gateway: TestGateway
let trade: Trade
beforeAll(async () => {
  gateway = await testGateway()
  trade = await openTrade(gateway.ctx)
  const from = utcDay(new Date(gateway.clock.nowMs() - 40 * 86_400_000))
  const to = utcDay(new Date(gateway.clock.nowMs()))
  await gateway.ctx.db.execute(sql`SELECT ensure_day_partitions(${from}::date, ${to}::date)`)
})
afterAll(() => gateway?.close())

const { sell, harvest } = tradingAt(() => gateway)

/** Of these tables, the partitions of before yesterday that this transaction has touched. */
async function touchedOfBefore(tx: Transaction): Promise<string[]> {
  const before = utcDay(new Date(gateway.clock.nowMs() - 2 * 86_400_000)).replaceAll("-", "")
  const rows = await tx.execute<{ name: string }>(sql`
    SELECT DISTINCT class.relname AS name FROM pg_locks AS held JOIN pg_class AS class ON class.oid = held.relation
    WHERE held.pid = pg_backend_pid() AND class.relkind = 'r' AND class.relname ~ '^(pile_events|records)_[0-9]{8}$'
      AND right(class.relname, 8) < ${before}`)
  return rows.map(({ name }) => name).toSorted()
}

test("a purchase is written anew without a look at the days before it was sold", async () => {
  await harvest(trade.baseA, 9000)
  const sale = await sell(trade.baseA, 3000, trade.stallWallet)
  await refundOnPlatform(gateway.ctx, sale, { goods: "returned", amountFen: 100, lines: [[0, 500]] })
  await gateway.ctx.db.transaction(async (tx) => {
    for (const purchase of await lockPurchases(tx, sale.recordId)) await projectPurchase(tx, purchase)
    expect(await touchedOfBefore(tx)).toEqual([])
  })
})

test("goods that were never handed over are taken back without a look at other days", async () => {
  const { ctx } = gateway
  const sale = await sell(trade.baseA, 700, trade.consumer)
  await ctx.db.transaction(async (tx) => {
    await applyVoid(ctx, tx, { saleRecordId: sale.recordId, byRecordId: "ab".repeat(16), lines: [] })
    expect(await touchedOfBefore(tx)).toEqual([])
    const rows = await tx.select().from(pileEvents).where(eq(pileEvents.upstreamRecordId, sale.recordId))
    expect(rows).toMatchObject([{ source: "void", gramsHigh: 700 }])
  })
})

test("whether a record that comes again is the same is looked up on its own day", async () => {
  const { ctx } = gateway
  const sale = await sell(trade.baseA, 1000, trade.consumer)
  const [row] = await ctx.db.select().from(records).where(eq(records.recordId, sale.recordId))
  if (!row) throw new Error("the sale has no record")
  await ctx.db.transaction(async (tx) => {
    const { recordId, kind, siteId, concerned, publicBytes } = row
    await writeRecords(ctx, tx, [{ recordId, kind, siteId, concerned, publicBytes }])
    expect(await touchedOfBefore(tx)).toEqual([])
  })
})
