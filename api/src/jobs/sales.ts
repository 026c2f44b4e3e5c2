import { sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, isNull, lt, or, sql } from "drizzle-orm"
import type { Context } from "../context"
import { reasonOf } from "../errors"
import { recordFromCode } from "../sales/record-from-code"
import { saleName } from "../sales/sale-key"
import { inTransaction } from "../transaction"
import type { Job } from "./job"

/** How long a paid sale waits for its terminal's upload, and an uploaded one for its lines or snapshot. */
const uploadWaitHours = 24
const groupMax = 200

/**
 * A sale that was paid and whose upload did not come in a day is recorded from its code alone, and flagged; so is one,
 * paid or handed over on six digits, whose lines or their meaning nobody brought.
 */
export async function recordWithoutUpload(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.nowMs() - uploadWaitHours * 3_600_000)
  const due = await ctx.db
    .select({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day })
    .from(sales)
    .where(
      and(
        isNull(sales.recordId),
        // Literal, as the partial index has it.
        or(and(sql`${sales.state} = 'paid'`, lt(sales.settledAt, before)), lt(sales.handedOverAt, before)),
      ),
    )
    .orderBy(asc(sales.terminalId), asc(sales.counter))
    .limit(groupMax)
  let done = 0
  for (const key of due) {
    // One that cannot be recorded holds up no other.
    try {
      done += await inTransaction(ctx, (tx) => recordFromCode(ctx, tx, key))
    } catch (error) {
      ctx.log.error({ sale: saleName(key), error: reasonOf(error) }, "a sale could not be recorded")
    }
  }
  return done
}

export const salesJobs: Job[] = [{ name: "sales/record-without-upload", everyMs: 60_000, run: recordWithoutUpload }]
