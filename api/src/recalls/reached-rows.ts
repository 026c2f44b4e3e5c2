import { pileDays, pileEvents, pileRevisions, piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { upstreamKey } from "../trace/bought-origins"
import { historyDays } from "../trace/read-histories"
import type { PileRow } from "../trace/read-pile-rows"
import { openOrderMs } from "../trace/resolve"
import { arrayOf } from "../unnest"

/** A pile that goods may have come through, and what happened there since. */
export type ReachedPile = {
  readonly pileId: string
  readonly siteId: string
  readonly merchantId: string
  readonly commodity: number
  readonly lotId: string | null
  /** Before the first of them can have come: the rows are later. */
  readonly sinceMs: number
  readonly openingGrams: number
  readonly rows: readonly ReachedRow[]
}

/** An event, or a run of outflows as one of their sum: from `firstMs` to the time of its last. */
export type ReachedRow = PileRow & { readonly firstMs: number; readonly isRun: boolean }

export type Reached = {
  readonly piles: readonly ReachedPile[]
  /** As the caller's `span` has it. */
  readonly lastMs: number
}

/** Nothing is dated later than this from now. */
const clocksAheadMs = 86_400_000
/** Stands in a run of outflows where an outflow has its record; no record has it. */
const runRecordId = "00"

/** The last day of which anything can be. */
export function lastDayOf(nowMs: number): string {
  return utcDay(new Date(nowMs + clocksAheadMs))
}

/**
 * What happened in the piles that a walk through the trade found, runs of outflows summed up as in
 * `trace/read-pile-rows`; and what each held before, from what is remembered of it or else from its whole history.
 * @param walk common table expressions: `span(first_day, last)`, and `reach(pile_id, at)` with when each is needed from.
 * @param named records whose outflows stand alone.
 */
export async function readReached(
  reader: Reader,
  walk: SQL,
  named: readonly string[],
  nowMs: number,
): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  const rows = await reader.execute<RawRow>(sql`
    WITH RECURSIVE ${walk}, wanted AS MATERIALIZED (
      -- Each from the newest day before the first of the set came of which it is remembered what the pile held.
      SELECT first.pile_id, pile.site_id, pile.merchant_id, pile.commodity, pile.lot_id, start.at AS start_at,
        start.grams AS start_grams, coalesce(start.at, first.at - 2 * ${order} - interval '1 ms') AS after
      FROM (SELECT pile_id, min(at) AS at FROM reach GROUP BY pile_id) AS first
      JOIN ${piles} AS pile ON pile.id = first.pile_id
      LEFT JOIN LATERAL (
        SELECT kept.at, (kept.state -> 'carry' ->> 'grams')::bigint AS grams FROM ${pileDays} AS kept
        WHERE kept.pile_id = first.pile_id AND kept.at < first.at - 2 * ${order}
          AND kept.day BETWEEN (first.at AT TIME ZONE 'UTC')::date - ${historyDays}::int AND (first.at AT TIME ZONE 'UTC')::date
          -- A shortfall of later shows in what is read; who supplied it does not matter to its weight.
          AND kept.revisions = (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
            WHERE now.pile_id = kept.pile_id AND now.since <= kept.at)
        ORDER BY kept.day DESC LIMIT 1
      ) AS start ON true
    ), events AS MATERIALIZED (
      SELECT event.pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, event.lot_id,
        upstream_pile_id, upstream_record_id, upstream_line
      FROM wanted JOIN ${pileEvents} AS event ON event.pile_id = wanted.pile_id AND event.effective_at > wanted.after
        AND event.day BETWEEN (SELECT (min(after) AT TIME ZONE 'UTC')::date FROM wanted) AND ${lastDay}::date
    ), named AS (
      SELECT CASE WHEN source = 'purchase' THEN upstream_pile_id ELSE pile_id END AS pile_id,
        upstream_record_id AS record_id, coalesce(upstream_line, 0) AS line
      FROM events WHERE source IN ('void', 'return', 'purchase')
      UNION
      SELECT pile_id, record_id, line FROM events WHERE record_id = ANY (${arrayOf("bytea", named)})
    ), apart AS (
      -- Those of the same instant too: their order is by record. So beside a chosen lot (RG-25), which takes what is there then.
      SELECT pile_id, effective_at FROM events JOIN named USING (pile_id, record_id, line) WHERE source = 'outflow'
      UNION
      SELECT pile_id, effective_at FROM events WHERE source = 'outflow' AND lot_id IS NOT NULL
    ), marked AS MATERIALIZED (
      SELECT events.*, source <> 'outflow' OR apart.effective_at IS NOT NULL OR line >= ${discardedLineOffset}::int
        AS is_single
      FROM events LEFT JOIN apart USING (pile_id, effective_at)
    ), bounds AS (
      -- A stock-take comes after what happened at its instant.
      SELECT pile_id, effective_at + CASE WHEN source = 'count' THEN 1 ELSE 0 END * interval '1 ms' AS at
        FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, effective_at - CASE WHEN source = 'outflow' THEN 1 ELSE 2 END * ${order} FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, (SELECT last FROM span) + interval '1 ms' FROM wanted
    ), cuts AS MATERIALIZED (
      SELECT pile_id, array_agg(at ORDER BY at) AS at FROM bounds GROUP BY pile_id
    ), before AS (
      -- Of piles of which nothing is remembered: since they were counted, or ever. What closes a gap is there too (RG-6).
      SELECT pile_id, (max(base) + sum(signed) - least(0, min(base + prefix)))::float8 AS grams FROM (
        SELECT wanted.pile_id, coalesce(counted.grams, 0) AS base, signed.grams AS signed,
          sum(signed.grams) OVER (PARTITION BY wanted.pile_id ORDER BY event.effective_at, direction, event.record_id, line) AS prefix
        FROM wanted LEFT JOIN LATERAL (
          SELECT count.effective_at AS at, count.grams_high AS grams FROM ${pileEvents} AS count
          WHERE count.pile_id = wanted.pile_id AND count.source = 'count' AND count.effective_at <= after
            AND count.day <= ${lastDay}::date ORDER BY count.effective_at DESC, count.record_id DESC LIMIT 1
        ) AS counted ON true
        JOIN ${pileEvents} AS event ON event.pile_id = wanted.pile_id AND event.effective_at <= after
          AND event.day <= ${lastDay}::date AND event.effective_at >= coalesce(counted.at, '-infinity')
        CROSS JOIN LATERAL (
          SELECT CASE WHEN event.effective_at = counted.at OR direction = 2 THEN 0
            WHEN direction = 0 THEN grams_high ELSE -grams_low END AS grams
        ) AS signed
        WHERE start_at IS NULL
      ) AS earlier GROUP BY pile_id
    )
    SELECT encode(pile_id, 'hex') AS pile_id, extract(epoch FROM effective_at)::float8 * 1000 AS at_ms,
      extract(epoch FROM effective_at)::float8 * 1000 AS first_ms, direction, encode(record_id, 'hex') AS record_id, line,
      grams_low::float8 AS grams_low, grams_high::float8 AS grams_high, source, lot_id,
      encode(upstream_pile_id, 'hex') AS upstream_pile_id, encode(upstream_record_id, 'hex') AS upstream_record_id,
      upstream_line, NULL::json AS about
    FROM marked WHERE is_single
    UNION ALL
    SELECT encode(pile_id, 'hex'), extract(epoch FROM max(effective_at))::float8 * 1000,
      extract(epoch FROM min(effective_at))::float8 * 1000, 1, ${runRecordId}, run, sum(grams_low)::float8,
      sum(grams_high)::float8, 'outflow', NULL, NULL, NULL, NULL, NULL
    FROM (
      -- Between which two bounds: those before it, and at its time, count.
      SELECT marked.pile_id, effective_at, grams_low, grams_high, width_bucket(effective_at, cuts.at) AS run
      FROM marked JOIN cuts USING (pile_id) WHERE NOT is_single
    ) AS runs GROUP BY pile_id, run
    UNION ALL
    SELECT encode(pile_id, 'hex'), extract(epoch FROM after)::float8 * 1000, 0, 0, '', 0, 0, 0, 'pile', NULL, NULL, NULL, NULL,
      json_build_object('siteId', site_id, 'merchantId', merchant_id, 'commodity', commodity, 'lotId', lot_id,
        'openingGrams', coalesce(start_grams, before.grams, 0),
        'lastMs', extract(epoch FROM (SELECT last FROM span))::float8 * 1000)
    FROM wanted LEFT JOIN before USING (pile_id)`)
  const byPile = Map.groupBy(rows, (row) => row.pile_id)
  const reached = [...byPile].map(([pileId, own]) => reachedPile(pileId, own))
  return { piles: reached.map(({ pile }) => pile), lastMs: reached[0]?.lastMs ?? 0 }
}

type RawRow = {
  readonly pile_id: string
  readonly at_ms: number
  readonly first_ms: number
  readonly direction: number
  readonly record_id: string
  readonly line: number
  readonly grams_low: number
  readonly grams_high: number
  readonly source: PileRow["source"] | "pile"
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
  readonly about: About | null
}

type About = Pick<ReachedPile, "siteId" | "merchantId" | "commodity" | "lotId" | "openingGrams"> & {
  readonly lastMs: number
}

function reachedPile(pileId: string, own: readonly RawRow[]): { pile: ReachedPile; lastMs: number } {
  const head = own.find(({ source }) => source === "pile")
  if (!head?.about) throw new Error(`pile ${pileId} does not exist`)
  const { lastMs, ...about } = head.about
  const read = own.filter((row) => row !== head).map(rowOf)
  const outflows = new Set(read.filter(({ source }) => source === "outflow").map(outflowKey))
  const isEarlier = (row: ReachedRow) => !outflows.has(upstreamKey(row))
  // Of goods that had left before: as if they had never left, or as goods that come in.
  const takenBackGrams = read
    .filter((row) => row.source === "void" && isEarlier(row))
    .reduce((sum, { gramsHigh }) => sum + gramsHigh, 0)
  const rows = read.map((row) => (row.source === "return" && isEarlier(row) ? asUnknown(row) : row))
  const openingGrams = about.openingGrams + takenBackGrams
  return { pile: { pileId, ...about, openingGrams, sinceMs: Math.round(head.at_ms), rows }, lastMs }
}

function asUnknown(row: ReachedRow): ReachedRow {
  return { ...row, source: "unknown", upstreamPileId: null, upstreamRecordId: null, upstreamLine: null }
}

function rowOf(row: RawRow): ReachedRow {
  return {
    pileId: row.pile_id,
    effectiveAt: new Date(Math.round(row.at_ms)),
    firstMs: Math.round(row.first_ms),
    isRun: row.record_id === runRecordId,
    direction: row.direction,
    recordId: row.record_id,
    line: row.line,
    gramsLow: row.grams_low,
    gramsHigh: row.grams_high,
    source: row.source as PileRow["source"],
    lotId: row.lot_id,
    upstreamPileId: row.upstream_pile_id,
    upstreamRecordId: row.upstream_record_id,
    upstreamLine: row.upstream_line,
  }
}
