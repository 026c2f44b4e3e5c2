import { sales } from "@suyuan/drizzle/schema/sales"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { and, asc, isNull, lt, sql } from "drizzle-orm"
import type { Context } from "../context"
import { completeTrades } from "../sales/complete-trades"
import type { Job } from "./job"

/** How long a paid sale waits for its terminal's upload, and an uploaded one for its lines or snapshot. */
const uploadWaitHours = 24
const groupMax = 200

/**
 * A sale that was paid and whose upload did not come in a day is recorded from its code alone, and flagged; so is one
 * whose lines nobody brought.
 */
export async function recordWithoutUpload(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.nowMs() - uploadWaitHours * 3_600_000)
  return ctx.db.transaction(async (tx) => {
    const due = await tx
      .select()
      .from(sales)
      .where(and(isNull(sales.recordId), sql`${sales.state} = 'paid'`, lt(sales.settledAt, before)))
      .orderBy(asc(sales.terminalId), asc(sales.counter))
      .limit(groupMax)
      .for("update", { skipLocked: true })
    if (due.length === 0) return 0
    for (const sale of due) {
      const flag = sale.uploadedAt === null ? SALE_FLAGS.uploadMissing : SALE_FLAGS.linesUnknown
      await tx
        .update(sales)
        .set({ flags: sale.flags | flag })
        .where(
          sql`${sales.terminalId} = ${sale.terminalId} AND ${sales.counter} = ${sale.counter} AND ${sales.day} = ${sale.day}`,
        )
    }
    const done = await completeTrades(ctx, tx, due)
    return done.length
  })
}

export const salesJobs: Job[] = [{ name: "sales/record-without-upload", everyMs: 60_000, run: recordWithoutUpload }]
