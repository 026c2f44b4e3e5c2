import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, gte, isNotNull, isNull, lt, lte, or, sql } from "drizzle-orm"
import type { Context } from "../context"
import { utcDay } from "../day"
import { describeFailure } from "../errors"
import { isSale, type SaleKey } from "../sales/sale-key"
import type { PaymentDeps } from "./payment-deps"
import { nextPatientTryMs } from "./query-schedule"

/** Long enough for the transaction that settles or uploads to have made the record itself. */
const graceMs = 10_000

/**
 * Settled and uploaded sales whose lines are all known and which still have no record: whatever kept it from being
 * made when the money came. One that cannot be completed is tried again later and later. Returns how many were completed.
 * @param daysBack of sales issued so long ago; without it all, which touches every day's partition
 */
export async function completeLateTrades(
  ctx: Context,
  deps: PaymentDeps,
  limit: number,
  daysBack?: number,
): Promise<number> {
  const now = new Date(ctx.clock.nowMs())
  const earliest = daysBack === undefined ? undefined : utcDay(new Date(now.getTime() - daysBack * 86_400_000))
  const knownLines = sql`(
    SELECT count(*) FROM ${saleLines}
    WHERE ${saleLines.terminalId} = ${sales.terminalId} AND ${saleLines.counter} = ${sales.counter}
      AND ${saleLines.day} = ${sales.day} AND ${saleLines.pileId} IS NOT NULL)`
  const late = await ctx.duties
    .select({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day, settledAt: sales.settledAt })
    .from(sales)
    .where(
      and(
        // Literal, as the partial index has it.
        sql`${sales.state} = 'paid'`,
        isNull(sales.recordId),
        isNotNull(sales.uploadedAt),
        lt(sales.settledAt, new Date(now.getTime() - graceMs)),
        or(isNull(sales.recordTryAt), lte(sales.recordTryAt, now)),
        earliest === undefined ? undefined : gte(sales.day, earliest),
        sql`${knownLines} = ${sales.lineCount}`,
      ),
    )
    .orderBy(asc(sales.settledAt))
    .limit(limit)
  let completed = 0
  for (const sale of late) {
    // One by one: a sale that cannot be recorded does not hold back the others.
    if (await complete(ctx, deps, sale)) completed += 1
    else {
      const recordTryAt = new Date(nextPatientTryMs(sale.settledAt?.getTime() ?? now.getTime(), now.getTime()))
      await ctx.db.update(sales).set({ recordTryAt }).where(isSale(sale))
    }
  }
  return completed
}

async function complete(ctx: Context, deps: PaymentDeps, sale: SaleKey): Promise<boolean> {
  try {
    return (await ctx.db.transaction((tx) => deps.completeTrades(ctx, tx, [sale]))).length > 0
  } catch (cause) {
    ctx.log.error(
      { ...describeFailure(cause), terminal: sale.terminalId, counter: sale.counter },
      "a settled sale got no record",
    )
    return false
  }
}
