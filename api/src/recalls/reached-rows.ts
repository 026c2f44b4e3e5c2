import { pileDays, pileEvents, pileRevisions, pileSums, piles } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { openOrderMs } from "../trace/resolve"
import { runCuts } from "../trace/run-cuts"
import { arrayOf } from "../unnest"
import { namedLately, type RawPile, type ReachedPile, reachedPile } from "./reached-pile"
import { type ClaimingPile, claimsApart, type RawClaim, readClaims } from "./read-claims"
import { withEarlier } from "./with-earlier"

export type Reached = {
  readonly piles: readonly ReachedPile[]
  /** Sales of a lot that their seller chose, where the books have none of the set to read of (RC-21). */
  readonly claims: readonly ClaimingPile[]
  /** As the caller's `span` has them. */
  readonly lastMs: number
  readonly overMs: number
}

/** Common table expressions of a walk through the trade, as `readReached` names them. */
export type Walk = { readonly tables: SQL; readonly hasClaims: boolean }

/** What was remembered longer before, events say as soon. */
const rememberedDays = 14

/** Nothing is dated later than this from now. */
const clocksAheadMs = 86_400_000

/** The last day of which anything can be. */
export function lastDayOf(nowMs: number): string {
  return utcDay(new Date(nowMs + clocksAheadMs))
}

/**
 * What happened in the piles that a walk through the trade found, runs of outflows summed up as in
 * `trace/read-pile-rows`; and what each held before: as it is remembered, or else as what happened before since the pile was
 * counted, so that its shortfalls, and clocks, count as in the whole history. One query; where goods were taken back or
 * came back that had left before all that, one more says whether they count.
 * @param walk its tables: `span(first_day, over, last, is_over)`, where nothing later than `last` need be read
 * of what is over unless it says something of before; and `reach(pile_id, at, until, is_sold_out)` with from when and until
 * when each is needed, and whether it was counted as sold out then; `claims`, where it has them,
 * of sales whose seller said that they are of the set: those that are in nothing that is read come beside it.
 * @param named records whose outflows stand alone.
 */
export async function readReached(
  reader: Reader,
  walk: Walk,
  named: readonly string[],
  nowMs: number,
  apart: readonly string[] = [],
): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  const [found] = await reader.execute<{
    readonly last_ms: number
    readonly over_ms: number
    readonly piles: string | null
    readonly claims: readonly RawClaim[] | null
  }>(sql`
    WITH RECURSIVE ${walk.tables}, wanted AS MATERIALIZED (
      -- Each from the newest day before the first of the set came of which it is remembered what the pile held.
      SELECT first.pile_id, pile.site_id, pile.merchant_id, pile.commodity, pile.lot_id, pile.last_at, pile.counted_at,
        kept.at AS start_at, kept.grams AS start_grams, kept.low_grams AS start_low, revised.is_revised,
        first.is_sold_out AS is_cleared,
        start.after, ((start.after + interval '1 ms') AT TIME ZONE 'UTC')::date AS first_day,
        (start.after AT TIME ZONE 'UTC')::date = ((start.after + interval '1 ms') AT TIME ZONE 'UTC')::date AS starts_within,
        least(
          -- What came so soon after may have come before.
          CASE WHEN span.is_over AND NOT (revised.is_revised AND EXISTS (SELECT FROM ${pileRevisions} AS now
            WHERE now.pile_id = pile.id AND now.since <= span.last)) THEN span.last + 2 * ${order} ELSE 'infinity' END,
          -- The whole day, which was summed.
          CASE WHEN first.until < 'infinity' THEN (((first.until + 2 * ${order}) AT TIME ZONE 'UTC')::date + 1)::timestamp
            AT TIME ZONE 'UTC' - interval '1 ms' ELSE 'infinity' END
        ) AS until
      FROM (
        SELECT pile_id, min(at) AS at, max(until) AS until, (array_agg(is_sold_out ORDER BY until DESC))[1] AS is_sold_out
        FROM reach GROUP BY pile_id
      ) AS first
      JOIN ${piles} AS pile ON pile.id = first.pile_id CROSS JOIN span
      CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM ${pileRevisions} AS now WHERE now.pile_id = first.pile_id) AS is_revised
      ) AS revised
      LEFT JOIN LATERAL (
        SELECT kept.at, kept.grams, kept.low_grams FROM ${pileDays} AS kept
        WHERE kept.pile_id = first.pile_id AND kept.at < first.at - 2 * ${order}
          AND kept.day BETWEEN (first.at AT TIME ZONE 'UTC')::date - ${rememberedDays}::int AND (first.at AT TIME ZONE 'UTC')::date
          -- A shortfall of later shows in what is read; who supplied it does not matter to its weight.
          AND kept.revisions = CASE WHEN revised.is_revised THEN (SELECT coalesce(sum(now.revisions), 0)
            FROM ${pileRevisions} AS now WHERE now.pile_id = kept.pile_id AND now.since <= kept.at) ELSE 0 END
        ORDER BY kept.day DESC LIMIT 1
      ) AS kept ON true
      -- Where nothing is remembered, the whole day on which the first came: it was summed.
      CROSS JOIN LATERAL (
        SELECT coalesce(kept.at, date_trunc('day', first.at - 2 * ${order} - interval '1 ms', 'UTC') - interval '1 ms') AS after
      ) AS start
    ), sums AS MATERIALIZED (
      -- Of the first day to know whether anything is left to read of it.
      SELECT wanted.pile_id, sum.day, sum.until, sum.events, named_pile, named_record, named_line,
        sum.day = wanted.first_day AND wanted.starts_within AS is_first
      FROM wanted JOIN ${pileSums} AS sum ON sum.pile_id = wanted.pile_id
        AND sum.day >= wanted.first_day AND sum.day <= ${lastDay}::date
        AND (sum.day > wanted.first_day OR NOT wanted.starts_within OR sum.last_at <= wanted.after)
        AND sum.day <= (wanted.until AT TIME ZONE 'UTC')::date AND sum.until <= wanted.until
        AND sum.revisions = CASE WHEN wanted.is_revised THEN (SELECT coalesce(sum(now.revisions), 0)
          FROM ${pileRevisions} AS now WHERE now.pile_id = sum.pile_id AND now.since <= sum.until) ELSE 0 END
      WHERE ${named.length === 0} AND wanted.pile_id <> ALL (${arrayOf("bytea", apart)})
    ), unsummed AS MATERIALIZED (
      -- Days, and ends of days, that are read event by event.
      SELECT pile_id, day, greatest(max(after), max(summed)) AS after, max(until) AS until,
        greatest(max(after) + interval '1 ms', max(summed) + interval '1 ms', day::timestamp AT TIME ZONE 'UTC') AS starts,
        (day + 1)::timestamp AT TIME ZONE 'UTC' AS ends
      FROM (
        -- Grouped and not joined: a plan that is made once does not know how many there are.
        SELECT wanted.pile_id, days.day::date AS day, wanted.after, wanted.until, NULL::timestamptz AS summed
        FROM wanted CROSS JOIN LATERAL generate_series(wanted.first_day::timestamp,
          (least(wanted.last_at, wanted.until, ${lastDay}::timestamptz) AT TIME ZONE 'UTC')::date::timestamp, interval '1 day') AS days(day)
        UNION ALL
        SELECT pile_id, day, NULL, NULL, until FROM sums
      ) AS parts GROUP BY pile_id, day
      HAVING max(after) IS NOT NULL
        AND (max(summed) IS NULL OR max(summed) < (day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms')
    ), read AS MATERIALIZED (
      -- Events of whole days stand here once: each mention of them is planned, and opened, for every day that there is.
      SELECT part.use, event.pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, event.lot_id,
        upstream_pile_id, upstream_record_id, upstream_line,
        effective_at < part.starts + ${order} OR effective_at > part.ends - 2 * ${order} AS is_edge
      FROM (
        SELECT 'events' AS use, pile_id, day AS first_day, day AS last_day, after, until, starts, ends FROM unsummed
        UNION ALL
        SELECT 'before', pile_id, '-infinity', (after AT TIME ZONE 'UTC')::date, '-infinity', after, '-infinity', after
          FROM wanted WHERE start_at IS NULL
      ) AS part JOIN ${pileEvents} AS event ON event.pile_id = part.pile_id
        AND event.day BETWEEN part.first_day AND part.last_day AND event.day <= ${lastDay}::date
        AND event.effective_at > part.after AND event.effective_at <= part.until
    ), counted AS (
      SELECT pile_id, max(effective_at) AS at FROM read WHERE use = 'before' AND source = 'count' GROUP BY pile_id
    ), events AS (
      SELECT * FROM read WHERE use = 'events'
      UNION ALL
      -- Of piles of which nothing is remembered: since they were counted, or ever. None of it is of what is asked about.
      SELECT use, read.pile_id, effective_at, direction, record_id, line, grams_low, grams_high,
        CASE WHEN source IN ('lot', 'purchase') THEN 'unknown' ELSE source END, CASE WHEN source = 'outflow' THEN lot_id END,
        CASE WHEN source <> 'purchase' THEN upstream_pile_id END, CASE WHEN source <> 'purchase' THEN upstream_record_id END,
        CASE WHEN source <> 'purchase' THEN upstream_line END, is_edge
      FROM read LEFT JOIN counted USING (pile_id) WHERE use = 'before' AND effective_at >= coalesce(counted.at, '-infinity')
    ), named AS (
      SELECT CASE WHEN source = 'purchase' THEN upstream_pile_id ELSE pile_id END AS pile_id,
        upstream_record_id AS record_id, coalesce(upstream_line, 0) AS line
      FROM events WHERE source IN ('void', 'return', 'purchase')
      UNION
      SELECT name.* FROM sums CROSS JOIN LATERAL unnest(named_pile, named_record, named_line) AS name(pile_id, record_id, line)
        WHERE NOT is_first
      UNION
      SELECT pile_id, record_id, line FROM events WHERE record_id = ANY (${arrayOf("bytea", named)})
    ), noted AS (
      -- Beside each other and not joined, here and below: a plan that is made once does not know how many there are.
      SELECT *, bool_or(is_named) OVER (PARTITION BY pile_id, record_id, line) AS stands_alone FROM (
        SELECT events.*, false AS is_named FROM events
        UNION ALL
        SELECT NULL, pile_id, NULL, NULL, record_id, line, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true FROM named
      ) AS parts
    ), marked AS MATERIALIZED (
      -- Those of the same instant too: their order is by record. So beside a chosen lot (RG-25), which takes what is there then.
      -- What stands so near the end of what is read here stands beside what was summed.
      SELECT pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, lot_id, upstream_pile_id,
        upstream_record_id, upstream_line, source <> 'outflow' OR line >= ${discardedLineOffset}::int OR is_edge
        OR bool_or(source = 'outflow' AND (stands_alone OR use = 'events' AND lot_id IS NOT NULL))
          OVER (PARTITION BY pile_id, effective_at) AS is_single
      FROM noted WHERE NOT is_named
    ), bounds AS (
      ${runCuts(sql`pile_id`)}
      UNION ALL
      SELECT pile_id, (SELECT last FROM span) + interval '1 ms' FROM wanted
      UNION ALL
      -- Between two of these may stand what was summed.
      SELECT pile_id, starts FROM unsummed
    ), cuts AS MATERIALIZED (
      SELECT pile_id, array_agg(at ORDER BY at) AS at FROM bounds GROUP BY pile_id
    ), singles AS (
      SELECT pile_id, json_agg(json_build_array(extract(epoch FROM effective_at)::float8 * 1000, direction,
        encode(record_id, 'hex'), line, grams_low, grams_high, source, lot_id, encode(upstream_pile_id, 'hex'),
        encode(upstream_record_id, 'hex'), upstream_line)) AS singles
      FROM marked WHERE is_single GROUP BY pile_id
    ), runs AS (
      SELECT pile_id, json_agg(json_build_array(first_ms, last_ms, grams_low, grams_high)) AS runs FROM (
        -- Between which two bounds: those before it, and at its time, count.
        SELECT marked.pile_id, extract(epoch FROM min(effective_at))::float8 * 1000 AS first_ms,
          extract(epoch FROM max(effective_at))::float8 * 1000 AS last_ms, sum(grams_low)::float8 AS grams_low,
          sum(grams_high)::float8 AS grams_high
        FROM marked JOIN cuts USING (pile_id) WHERE NOT is_single
        GROUP BY marked.pile_id, width_bucket(effective_at, cuts.at)
      ) AS apart GROUP BY pile_id
    ), days AS (
      SELECT pile_id, string_agg(events::text, ',') AS days FROM sums WHERE NOT is_first GROUP BY pile_id
    )
    -- One text of all: a column a row costs whoever reads it more than the bytes. Days that were summed are as they stand there.
    SELECT extract(epoch FROM (SELECT last FROM span))::float8 * 1000 AS last_ms,
      extract(epoch FROM (SELECT over FROM span))::float8 * 1000 AS over_ms, (${walk.hasClaims ? claimsApart : sql`NULL`}) AS claims,
      '[' || string_agg(left(head, -1) || ',' || is_sold_out::text || ',[' || coalesce(days, '') || '],'
        || coalesce(runs, '[]') || ',' || coalesce(singles, '[]') || ']', ',') || ']' AS piles
    FROM (
      -- As above.
      SELECT max(head) AS head, bool_or(is_sold_out) AS is_sold_out, max(days) AS days, max(runs) AS runs, max(singles) AS singles
      FROM (
        SELECT pile_id, json_build_array(encode(pile_id, 'hex'), site_id, merchant_id, commodity, lot_id,
            extract(epoch FROM after)::float8 * 1000, coalesce(start_grams, 0), coalesce(start_low, 0), until < 'infinity')::text
            AS head, is_cleared AS is_sold_out, NULL AS days, NULL AS runs, NULL AS singles FROM wanted
        UNION ALL SELECT pile_id, NULL, NULL, days, NULL, NULL FROM days
        UNION ALL SELECT pile_id, NULL, NULL, NULL, runs::text, NULL FROM runs
        UNION ALL SELECT pile_id, NULL, NULL, NULL, NULL, singles::text FROM singles
        UNION ALL SELECT pile_id, NULL, true, NULL, NULL, NULL FROM wanted
          WHERE NOT is_cleared AND until < 'infinity' AND counted_at > until AND (
            SELECT true FROM ${pileEvents} AS event WHERE event.pile_id = wanted.pile_id AND event.source = 'count'
              AND event.grams_high = 0 AND event.effective_at > wanted.until
              AND event.day BETWEEN (wanted.until AT TIME ZONE 'UTC')::date AND ${lastDay}::date
            LIMIT 1)
      ) AS parts GROUP BY pile_id
    ) AS pile`)
  const reached = found?.piles ? (JSON.parse(found.piles) as RawPile[]).map(reachedPile) : []
  const late = namedLately(reached)
  // Once is enough: nothing of these is read from sums then.
  if (late.length > 0 && apart.length === 0) return readReached(reader, walk, named, nowMs, late)
  const [whole, claims] = await Promise.all([withEarlier(reader, reached), readClaims(reader, found?.claims ?? [])])
  return { piles: whole, claims, lastMs: found?.last_ms ?? 0, overMs: found?.over_ms ?? 0 }
}
