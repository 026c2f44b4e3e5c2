import { commodities } from "@suyuan/drizzle/schema/merchants"
import { lots, pileDays, pileEvents, pilePurchases, pileRevisions, pileSums, piles } from "@suyuan/drizzle/schema/trace"
import { MS_PER_DAY } from "@suyuan/protocol/units/instant"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { recordDay } from "../ledger/record-day"
import { lookedUp } from "../questions"
import { isUnchanged } from "../trace/pile-days"
import { openOrderMs } from "../trace/resolve"
import { arrayOf, unnest } from "../unnest"
import { lastDayOf, type Reached, readReached } from "./reached-rows"
import type { FrozenSources } from "./recall-set"

/** A commodity without a shelf life in the catalogue, in hours. */
const shelfLifeHoursDefault = 336
const order = sql`${openOrderMs}::int * interval '1 ms'`

/** The first day on which goods of these can have been anywhere. */
function firstDayOf({ lots, inflows }: FrozenSources): string {
  const from = [...lots.map(({ fromMs }) => fromMs ?? 0), ...inflows.map(({ atMs }) => atMs)]
  return utcDay(new Date(Math.min(...from) - MS_PER_DAY))
}

/**
 * When a pile was first counted as sold out after goods came: they are gone then, whatever they were. Of days that were
 * summed; null where none is known, or where something was taken back since the time before, or came back that had left
 * since.
 */
function clearedAfter(pileId: SQL, at: SQL): SQL {
  return sql`(
    SELECT sum.cleared_at FROM ${pileSums} AS sum
    WHERE sum.pile_id = ${pileId} AND sum.cleared_at > ${at} + 2 * ${order} AND (
      NOT EXISTS (SELECT FROM ${pileRevisions} AS now WHERE now.pile_id = ${pileId})
      OR sum.revisions = (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
          WHERE now.pile_id = sum.pile_id AND now.since <= sum.until)
        AND NOT EXISTS (SELECT FROM ${pileRevisions} AS now
          WHERE now.pile_id = sum.pile_id AND now.revisions > 0 AND now.since < sum.cleared_at
            AND now.since >= coalesce((SELECT max(earlier.cleared_at) FROM ${pileSums} AS earlier
              WHERE earlier.pile_id = sum.pile_id AND earlier.cleared_at < ${at}), '-infinity')))
    ORDER BY sum.cleared_at LIMIT 1)`
}

/**
 * When it is first remembered of a pile, after goods came and all of the set was over, that none of it can be there any more,
 * and no seller chose a lot of the set later: traces then take it as gone (RG-23). What was revised since says nothing.
 */
function goneAfter(pileId: SQL, at: SQL): SQL {
  const since = sql`greatest(${at}, (SELECT over FROM span)) + 2 * ${order}`
  return sql`(
    SELECT kept.at FROM ${pileDays} AS kept
    WHERE kept.pile_id = ${pileId} AND kept.at > ${since} AND kept.day >= ((${since}) AT TIME ZONE 'UTC')::date
      AND NOT kept.lots_left && (SELECT lots FROM span)
      AND NOT EXISTS (SELECT FROM chosen WHERE chosen.pile_id = kept.pile_id AND chosen.at > kept.at - ${order})
      AND ${isUnchanged("kept")}
    ORDER BY kept.day LIMIT 1)`
}

/**
 * Level by level the piles that goods of the set may have come to, each since the first of them and until it was sold out
 * after the last, or all of the set is taken as gone there: purchases from a reached pile while its goods can have been
 * there. Goods that nobody declared are so nowhere once the day is over on which their shelf life ends (`lastMs`, RC-2).
 * One query.
 */
export function readReach(reader: Reader, sources: FrozenSources, nowMs: number): Promise<Reached> {
  const days = { firstDay: firstDayOf(sources), lastDay: lastDayOf(nowMs) }
  const isOfLots = sources.lots.length > 0
  const clearedOf = (pileId: SQL, at: SQL) => sql`SELECT coalesce(${clearedAfter(pileId, at)}, 'infinity') AS cleared`
  // When goods that came then to this pile are there no more: sold out, or gone, which nothing is before the set is over.
  const endsOf = (pileId: SQL, at: SQL, cleared: SQL) => sql`
    SELECT least(${cleared}, gone) AS until, ${cleared} < 'infinity' AND ${cleared} <= coalesce(gone, 'infinity') AS is_sold_out
    FROM (SELECT ${
      isOfLots
        ? sql`CASE WHEN (SELECT is_over AND over < ${cleared} FROM span) THEN ${goneAfter(pileId, at)} END`
        : sql`NULL::timestamptz`
    } AS gone) AS once`
  // What sellers said was of one of these lots (RC-21), whatever the books have.
  const claims = sql`
    claims AS MATERIALIZED (
      SELECT pile_id, site_id, merchant_id, commodity, effective_at AS at, record_id, line, grams_low, grams_high, lot_id
      FROM ${pileEvents} AS event WHERE event.lot_id = ANY (${arrayOf(
        "uuid",
        sources.lots.map(({ id }) => id),
      )}) AND event.source = 'outflow' AND event.day >= ${days.firstDay}::date
    ), chosen AS MATERIALIZED (
      SELECT pile_id, max(at) AS at FROM claims GROUP BY pile_id
    ),`
  const tables = sql`
    ${isOfLots ? claims : sql``}
    inflows AS (
      SELECT * FROM ${unnest("given", {
        pile_id: ["bytea", sources.inflows.map(({ pileId }) => pileId)],
        at: ["timestamptz", sources.inflows.map(({ atMs }) => new Date(atMs))],
      })}
    ), asked AS MATERIALIZED (
      SELECT lot.id AS lot_id, lot.record_id, NULL::bytea AS pile_id, lot.harvested_at AS at, lot.commodity, lot.expires_at FROM ${lots} AS lot
        WHERE lot.id = ANY (${arrayOf(
          "uuid",
          sources.lots.map(({ id }) => id),
        )})
      UNION ALL
      SELECT NULL, NULL, inflows.pile_id, inflows.at, pile.commodity, NULL FROM inflows JOIN ${piles} AS pile ON pile.id = inflows.pile_id
    ), shelf AS (
      SELECT min(at) AS first, max(coalesce(expires_at,
        at + coalesce(shelf_life_hours, ${shelfLifeHoursDefault}::int) * interval '1 hour')) AT TIME ZONE 'UTC' AS last
      FROM asked LEFT JOIN ${commodities} ON code = commodity
    ), over AS (
      -- Whole days, with what comes so soon after that it may have come before: most of them were summed.
      SELECT (first AT TIME ZONE 'UTC')::date - 1 AS first_day, (last + 2 * ${order})::date AS last_day, last FROM shelf
    ), span AS MATERIALIZED (
      SELECT first_day, last_day, last AT TIME ZONE 'UTC' AS over, (SELECT array_agg(lot_id) FROM asked) AS lots,
        ${isOfLots ? sql`'infinity'::timestamptz` : sql`(last_day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms' - 2 * ${order}`} AS last,
        (last_day + 1)::timestamp AT TIME ZONE 'UTC' < ${new Date(nowMs).toISOString()}::timestamptz AS is_over
      FROM over
    ), reach AS (
      SELECT came.pile_id, came.at, ends.until, ends.is_sold_out FROM (
        SELECT event.pile_id, event.effective_at AS at
        FROM asked JOIN ${pileEvents} AS event ON event.record_id = asked.record_id AND event.source = 'lot'
          AND event.day BETWEEN ${days.firstDay}::date AND ${days.lastDay}::date
        UNION
        SELECT pile_id, at FROM asked WHERE pile_id IS NOT NULL
      ) AS came CROSS JOIN LATERAL (${clearedOf(sql`came.pile_id`, sql`came.at`)}) AS clear
        CROSS JOIN LATERAL (${endsOf(sql`came.pile_id`, sql`came.at`, sql`clear.cleared`)}) AS ends
      UNION
      SELECT pile_id, at, until, is_sold_out FROM (
        -- The first of each between two times that it was empty of them: those that follow come from no later.
        SELECT DISTINCT ON (next.pile_id, ends.until) next.pile_id, next.at, ends.until, ends.is_sold_out FROM (
          -- When they are gone is the same for all that came before the set was over.
          SELECT DISTINCT ON (event.pile_id, clear.cleared, after.over) event.pile_id, event.effective_at AS at, clear.cleared
          FROM reach CROSS JOIN LATERAL (
            SELECT pile_id, effective_at FROM ${pilePurchases} AS bought
            WHERE bought.upstream_pile_id = reach.pile_id AND bought.left_at >= reach.at - ${order}
              AND bought.left_at <= least(reach.until, (SELECT last FROM span)) + 2 * ${order}
              AND bought.effective_at <= (SELECT last FROM span) + ${order}
            ${lookedUp}
          ) AS event CROSS JOIN LATERAL (${clearedOf(sql`event.pile_id`, sql`event.effective_at`)}) AS clear
            CROSS JOIN LATERAL (SELECT greatest(event.effective_at, (SELECT over FROM span)) AS over) AS after
          ORDER BY event.pile_id, clear.cleared, after.over, event.effective_at
        ) AS next CROSS JOIN LATERAL (${endsOf(sql`next.pile_id`, sql`next.at`, sql`next.cleared`)}) AS ends
        ORDER BY next.pile_id, ends.until, next.at
      ) AS came
    )`
  return readReached(reader, { tables, hasClaims: isOfLots }, [], nowMs)
}

/**
 * The other way: level by level the piles that goods of these sales may have come from, each since as long before as
 * goods of their kinds keep. One query.
 * @param records their outflows stand alone in the rows.
 */
export function readPast(reader: Reader, records: readonly string[], nowMs: number): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const firstDay = records.map(recordDay).sort()[0] ?? lastDay
  const tables = sql`
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
      SELECT event.upstream_pile_id, event.effective_at FROM past CROSS JOIN LATERAL (
        SELECT upstream_pile_id, effective_at, source FROM ${pileEvents} AS one
        WHERE one.pile_id = past.pile_id AND one.effective_at <= past.at + ${order}
          AND one.effective_at >= past.at - (SELECT hours FROM kept)
          AND one.day BETWEEN ((SELECT min(at) - 3 * (SELECT hours FROM kept) FROM asked) AT TIME ZONE 'UTC')::date
            AND ${lastDay}::date
        ${lookedUp}
      ) AS event WHERE event.source = 'purchase'
    ), span AS MATERIALIZED (
      SELECT NULL::date AS first_day, max(at) AS over, max(at) AS last, false AS is_over FROM asked
    ), reach AS (
      SELECT pile_id, at - (SELECT hours FROM kept) AS at, 'infinity'::timestamptz AS until,
        false AS is_sold_out FROM past
    )`
  return readReached(reader, { tables, hasClaims: false }, records, nowMs)
}
