import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, eq, isNotNull, isNull, lt, sql } from "drizzle-orm"
import type { Context } from "../context"
import { describeFailure } from "../errors"
import type { PaymentDeps } from "./payment-deps"

/** Long enough for the transaction that settles or uploads to have made the record itself. */
const graceMs = 10_000

/**
 * Settled and uploaded sales whose lines are all known and which still have no record: whatever kept it from being
 * made when the money came. Returns how many were completed.
 */
export async function completeLateTrades(ctx: Context, deps: PaymentDeps, limit: number): Promise<number> {
  const knownLines = sql`(
    SELECT count(*) FROM ${saleLines}
    WHERE ${saleLines.terminalId} = ${sales.terminalId} AND ${saleLines.counter} = ${sales.counter}
      AND ${saleLines.day} = ${sales.day} AND ${saleLines.pileId} IS NOT NULL)`
  const late = await ctx.db
    .select({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day })
    .from(sales)
    .where(
      and(
        eq(sales.state, "paid"),
        isNull(sales.recordId),
        isNotNull(sales.uploadedAt),
        lt(sales.settledAt, new Date(ctx.clock.nowMs() - graceMs)),
        sql`${knownLines} = ${sales.lineCount}`,
      ),
    )
    .orderBy(asc(sales.settledAt))
    .limit(limit)
  let completed = 0
  for (const sale of late) {
    // One by one: a sale that cannot be recorded does not hold back the others.
    try {
      completed += (await ctx.db.transaction((tx) => deps.completeTrades(ctx, tx, [sale]))).length
    } catch (cause) {
      ctx.log.error(
        { ...describeFailure(cause), terminal: sale.terminalId, counter: sale.counter },
        "a settled sale got no record",
      )
    }
  }
  return completed
}
