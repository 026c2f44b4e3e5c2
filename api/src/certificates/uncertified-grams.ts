import { certificates, pileEvents } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"

/** Nothing is dated later than this from now. */
const daysAhead = 1

export type MixedPile = {
  readonly pileId: string
  readonly stockGrams: number
  /** When it was last empty. */
  readonly since: Date
}

/**
 * How much of a mixed pile no certificate was issued for since it was last empty: what left it after the first of them
 * may have gone with one. At most what is in stock.
 */
export async function uncertifiedGrams(reader: Reader, { pileId, stockGrams, since }: MixedPile): Promise<number> {
  const id = Buffer.from(pileId, "hex")
  const [found] = await reader.execute<{ certified: number; gone: number }>(sql`
    WITH issued AS (
      SELECT sum(grams)::float8 AS grams, min(issued_at) AS first FROM ${certificates}
      WHERE pile_id = ${id} AND issued_at >= ${since.toISOString()}::timestamptz
    )
    SELECT coalesce(issued.grams, 0) AS certified, coalesce((
      SELECT sum(grams_high) FROM ${pileEvents} AS event WHERE event.pile_id = ${id} AND event.source = 'outflow'
        AND event.effective_at >= issued.first AND event.day >= (issued.first AT TIME ZONE 'UTC')::date
        AND event.day <= (now() AT TIME ZONE 'UTC')::date + ${daysAhead}::int
    ), 0)::float8 AS gone
    FROM issued`)
  const { certified = 0, gone = 0 } = found ?? {}
  return Math.max(0, Math.min(stockGrams, stockGrams + gone - certified))
}
