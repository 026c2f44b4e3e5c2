import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import type { TerminalAtStall } from "../sales/verify-codes"
import { notifyTerminal } from "../terminals/notify-terminals"
import { pileIdOf } from "./pile-id"
import type { UploadNaming } from "./record-goods"

/** What came and left since the stock-take before, and what that one found: below 0 where more left than had come. */
export async function bookAt(tx: Transaction, pileId: string, at: Date): Promise<number> {
  const lastDay = utcDay(at)
  const [book] = await tx.execute<{ grams: number }>(sql`
    WITH counted AS (
      SELECT effective_at, grams_high FROM ${pileEvents}
      WHERE pile_id = decode(${pileId}, 'hex') AND source = 'count' AND effective_at <= ${at.toISOString()}::timestamptz
        AND day <= ${lastDay}::date
      ORDER BY effective_at DESC, record_id DESC LIMIT 1
    )
    SELECT (coalesce((SELECT grams_high FROM counted), 0) + coalesce((
      SELECT sum(CASE direction WHEN 0 THEN grams_high WHEN 1 THEN -grams_high ELSE 0 END) FROM ${pileEvents}
      WHERE pile_id = decode(${pileId}, 'hex') AND day <= ${lastDay}::date
        AND effective_at <= ${at.toISOString()}::timestamptz
        AND effective_at > coalesce((SELECT effective_at FROM counted), '-infinity')
    ), 0))::float8 AS grams`)
  return book?.grams ?? 0
}

/**
 * Tells the terminal whose upload changed what the stall has of a commodity what the book has by then. @param at when it
 * changed; what lies ahead of the gateway's clock counts too.
 */
export async function tellBook(
  ctx: Context,
  tx: Transaction,
  stall: TerminalAtStall,
  commodity: number,
  at: Date,
  { uploadId }: Pick<UploadNaming, "uploadId">,
): Promise<void> {
  const until = new Date(Math.max(ctx.clock.nowMs(), at.getTime()))
  const bookGrams = await bookAt(tx, pileIdOf(stall.merchant.id, commodity, null), until)
  await notifyTerminal(ctx, tx, stall.terminal.id, { kind: "stock-now", uploadId, commodity, bookGrams })
}
