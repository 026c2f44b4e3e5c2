import { commodities } from "@suyuan/drizzle/schema/merchants"
import { lots, pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import { recordDay } from "../ledger/record-day"
import { openOrderMs } from "../trace/resolve"
import { arrayOf, unnest } from "../unnest"
import { lastDayOf, type Reached, readReached } from "./reached-rows"
import type { FrozenSources } from "./recall-set"

/** A commodity without a shelf life in the catalogue, in hours. */
const shelfLifeHoursDefault = 336

/**
 * Level by level the piles that goods of the set may have come to, each since the first of them: purchases from a reached
 * pile while its goods can have been there, and until the day is over on which their shelf life ends (`lastMs`, RC-2). One query.
 */
export function readReach(reader: Reader, sources: FrozenSources, nowMs: number): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  const walk = sql`
    inflows AS (
      SELECT * FROM ${unnest("given", {
        pile_id: ["bytea", sources.inflows.map(({ pileId }) => pileId)],
        at: ["timestamptz", sources.inflows.map(({ atMs }) => new Date(atMs))],
      })}
    ), asked AS MATERIALIZED (
      SELECT lot.record_id, NULL::bytea AS pile_id, lot.harvested_at AS at, lot.commodity, lot.expires_at FROM ${lots} AS lot
        WHERE lot.id = ANY (${arrayOf(
          "uuid",
          sources.lots.map(({ id }) => id),
        )})
      UNION ALL
      SELECT NULL, inflows.pile_id, inflows.at, pile.commodity, NULL FROM inflows JOIN ${piles} AS pile ON pile.id = inflows.pile_id
    ), shelf AS (
      SELECT min(at) AS first, max(coalesce(expires_at,
        at + coalesce(shelf_life_hours, ${shelfLifeHoursDefault}::int) * interval '1 hour')) AT TIME ZONE 'UTC' AS last
      FROM asked LEFT JOIN ${commodities} ON code = commodity
    ), span AS MATERIALIZED (
      -- Whole days: most of them were summed before.
      SELECT (first AT TIME ZONE 'UTC')::date - 1 AS first_day, last::date AS last_day,
        (last::date + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms' AS last,
        (last::date + 1)::timestamp AT TIME ZONE 'UTC' + 2 * ${order} < ${new Date(nowMs).toISOString()}::timestamptz AS is_over
      FROM shelf
    ), reach AS (
      SELECT event.pile_id, event.effective_at AS at FROM asked JOIN ${pileEvents} AS event
        ON event.record_id = asked.record_id AND event.source = 'lot'
        AND event.day BETWEEN (SELECT first_day FROM span) AND ${lastDay}::date
      UNION
      SELECT pile_id, at FROM asked WHERE pile_id IS NOT NULL
      UNION
      SELECT pile_id, at FROM (
        -- The first of each at a time: those that follow come from no later.
        SELECT DISTINCT ON (event.pile_id) event.pile_id, event.effective_at AS at FROM reach JOIN ${pileEvents} AS event
          ON event.upstream_pile_id = reach.pile_id AND event.source = 'purchase'
          AND event.effective_at >= reach.at - ${order} AND event.effective_at <= (SELECT last FROM span) + ${order}
          AND event.day >= ((reach.at - ${order}) AT TIME ZONE 'UTC')::date
          AND event.day <= (SELECT last_day FROM span) + 1 AND event.day <= ${lastDay}::date
        ORDER BY event.pile_id, event.effective_at
      ) AS next
    )`
  return readReached(reader, walk, [], nowMs)
}

/**
 * The other way: level by level the piles that goods of these sales may have come from, each since as long before as
 * goods of their kinds keep. One query.
 * @param records their outflows stand alone in the rows.
 */
export function readPast(reader: Reader, records: readonly string[], nowMs: number): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  const firstDay = records.map(recordDay).sort()[0] ?? lastDay
  const walk = sql`
    asked AS MATERIALIZED (
      SELECT pile_id, effective_at AS at, commodity FROM ${pileEvents}
      WHERE record_id = ANY (${arrayOf("bytea", records)}) AND source = 'outflow'
        AND day BETWEEN ${firstDay}::date - 2 AND ${lastDay}::date
    ), kept AS MATERIALIZED (
      SELECT max(coalesce(shelf_life_hours, ${shelfLifeHoursDefault}::int)) * interval '1 hour' AS hours
      FROM asked LEFT JOIN ${commodities} ON code = asked.commodity
    ), past AS (
      SELECT pile_id, at FROM asked
      UNION
      SELECT event.upstream_pile_id, event.effective_at FROM past JOIN ${pileEvents} AS event
        ON event.pile_id = past.pile_id AND event.source = 'purchase' AND event.effective_at <= past.at + ${order}
        AND event.effective_at >= past.at - (SELECT hours FROM kept)
        AND event.day BETWEEN ((SELECT min(at) - 3 * (SELECT hours FROM kept) FROM asked) AT TIME ZONE 'UTC')::date
          AND ${lastDay}::date
    ), span AS MATERIALIZED (
      SELECT NULL::date AS first_day, max(at) AS last, false AS is_over FROM asked
    ), reach AS (
      SELECT pile_id, at - (SELECT hours FROM kept) AS at FROM past
    )`
  return readReached(reader, walk, records, nowMs)
}
