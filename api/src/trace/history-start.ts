import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import { openOrderMs } from "./resolve"

/** Before every event. */
export const beginning = new Date("2000-01-01T00:00:00Z")

/** What a seller chose so long before still teaches what is expected (RG-26), whatever was sold out since. */
const taughtDays = 14

/** All events whose order to those of then is open are after it. */
export function startsBefore(fromMs: number): Date {
  return new Date(fromMs - 2 * openOrderMs)
}

export function startsBeforeSql(from: SQL): SQL {
  return sql`${from} - ${2 * openOrderMs}::int * interval '1 ms'`
}

/**
 * After when a pile must be read of which nothing is remembered, for what happened from `from` on: the last time that it was
 * counted as sold out, where nothing came back later that had left before; or the beginning. Whatever may have been there
 * is then among what is read, however long it keeps.
 */
export function historyStart(pileId: SQL, from: SQL): SQL {
  const before = sql`${from} - ${taughtDays}::int * interval '1 day'`
  return sql`coalesce((
    SELECT count.effective_at - interval '1 ms' FROM ${pileEvents} AS count
    WHERE count.pile_id = ${pileId} AND count.source = 'count' AND count.grams_high = 0 AND count.effective_at <= ${before}
      AND count.day <= ((${before}) AT TIME ZONE 'UTC')::date
      AND NOT EXISTS (SELECT FROM ${pileEvents} AS back WHERE back.pile_id = count.pile_id AND back.source = 'return'
        -- By a clock that was set since, it may be dated before it left.
        AND back.effective_at > count.effective_at - interval '1 day' AND back.day >= count.day - 1
        AND (back.effective_at > count.effective_at) <> ((SELECT min(gone.effective_at) FROM ${pileEvents} AS gone
          WHERE gone.record_id = back.upstream_record_id AND gone.source = 'outflow') > count.effective_at))
    ORDER BY count.effective_at DESC LIMIT 1), ${beginning.toISOString()}::timestamptz)`
}
