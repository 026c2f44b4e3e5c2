import { pileDays, pileEvents, pileRevisions, pileSums, piles } from "@suyuan/drizzle/schema/trace"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { upstreamKey } from "../trace/bought-origins"
import { historyDays } from "../trace/read-histories"
import type { PileRow } from "../trace/read-pile-rows"
import { openOrderMs } from "../trace/resolve"
import type { PileSums, RunSums } from "../trace/sum-days"
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
  /** Not read to the end: what happened later says nothing of the time that is asked about. */
  readonly isCut: boolean
  /** Counted as sold out since. */
  readonly isSoldOut: boolean
  readonly rows: readonly ReachedRow[]
}

/** An event, or a run of outflows as one of their sum: from `firstMs` to the time of its last. */
export type ReachedRow = PileRow & {
  readonly firstMs: number
  readonly isRun: boolean
  /** Of a run that was summed before: what is known of its outflows without reading them. */
  readonly sums: RunSums | undefined
}

export type Reached = {
  readonly piles: readonly ReachedPile[]
  /** As the caller's `span` has it. */
  readonly lastMs: number
}

/** Of lines of summed runs: above those of runs that are summed here. */
const firstSummedLine = 1_000_000

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
 * @param walk common table expressions: `span(first_day, last, is_over)`, where nothing later than `last` need be read of
 * what is over unless it says something of before; and `reach(pile_id, at)` with when each is needed from.
 * @param named records whose outflows stand alone.
 */
export async function readReached(
  reader: Reader,
  walk: SQL,
  named: readonly string[],
  nowMs: number,
  apart: readonly string[] = [],
): Promise<Reached> {
  const lastDay = lastDayOf(nowMs)
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  const rows = await reader.execute<RawRow>(sql`
    WITH RECURSIVE ${walk}, wanted AS MATERIALIZED (
      -- Each from the newest day before the first of the set came of which it is remembered what the pile held.
      SELECT first.pile_id, pile.site_id, pile.merchant_id, pile.commodity, pile.lot_id, pile.last_at, start.at AS start_at,
        start.grams AS start_grams, coalesce(start.at, first.at - 2 * ${order} - interval '1 ms') AS after,
        -- What came so soon after may have come before.
        CASE WHEN span.is_over AND NOT EXISTS (SELECT FROM ${pileRevisions} AS now
          WHERE now.pile_id = pile.id AND now.since <= span.last) THEN span.last + 2 * ${order} ELSE 'infinity' END AS until
      FROM (SELECT pile_id, min(at) AS at FROM reach GROUP BY pile_id) AS first
      JOIN ${piles} AS pile ON pile.id = first.pile_id CROSS JOIN span
      LEFT JOIN LATERAL (
        SELECT kept.at, kept.grams FROM ${pileDays} AS kept
        WHERE kept.pile_id = first.pile_id AND kept.at < first.at - 2 * ${order}
          AND kept.day BETWEEN (first.at AT TIME ZONE 'UTC')::date - ${historyDays}::int AND (first.at AT TIME ZONE 'UTC')::date
          -- A shortfall of later shows in what is read; who supplied it does not matter to its weight.
          AND kept.revisions = (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
            WHERE now.pile_id = kept.pile_id AND now.since <= kept.at)
        ORDER BY kept.day DESC LIMIT 1
      ) AS start ON true
    ), sums AS MATERIALIZED (
      SELECT wanted.pile_id, sum.day, sum.until, sum.events, named_pile, named_record, named_line
      FROM wanted JOIN ${pileSums} AS sum ON sum.pile_id = wanted.pile_id
        AND sum.day > (wanted.after AT TIME ZONE 'UTC')::date AND sum.day <= ${lastDay}::date
        AND sum.day <= (wanted.until AT TIME ZONE 'UTC')::date AND sum.until <= wanted.until
        AND sum.revisions = (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
          WHERE now.pile_id = sum.pile_id AND now.since <= sum.until)
      WHERE ${named.length === 0} AND wanted.pile_id <> ALL (${arrayOf("bytea", apart)})
    ), unsummed AS MATERIALIZED (
      -- Days, and ends of days, that are read event by event.
      SELECT wanted.pile_id, days.day, greatest(wanted.after, sums.until) AS after, wanted.until
      FROM wanted CROSS JOIN LATERAL (
        SELECT day::date AS day FROM generate_series((wanted.after AT TIME ZONE 'UTC')::date::timestamp,
          (least(wanted.last_at, wanted.until, ${lastDay}::timestamptz) AT TIME ZONE 'UTC')::date::timestamp, interval '1 day') AS day
      ) AS days LEFT JOIN sums ON sums.pile_id = wanted.pile_id AND sums.day = days.day
      WHERE sums.until IS NULL OR sums.until < (days.day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms'
    ), events AS MATERIALIZED (
      SELECT event.pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, event.lot_id,
        upstream_pile_id, upstream_record_id, upstream_line
      FROM unsummed JOIN ${pileEvents} AS event ON event.pile_id = unsummed.pile_id AND event.day = unsummed.day
        AND event.effective_at > unsummed.after AND event.effective_at <= unsummed.until
        AND event.day BETWEEN (SELECT min(day) FROM unsummed) AND ${lastDay}::date
    ), named AS (
      SELECT CASE WHEN source = 'purchase' THEN upstream_pile_id ELSE pile_id END AS pile_id,
        upstream_record_id AS record_id, coalesce(upstream_line, 0) AS line
      FROM events WHERE source IN ('void', 'return', 'purchase')
      UNION
      SELECT name.* FROM sums CROSS JOIN LATERAL unnest(named_pile, named_record, named_line) AS name(pile_id, record_id, line)
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
      UNION ALL
      -- Between two of these may stand what was summed.
      SELECT pile_id, greatest(after + interval '1 ms', day::timestamp AT TIME ZONE 'UTC') FROM unsummed
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
        'lastMs', extract(epoch FROM (SELECT last FROM span))::float8 * 1000, 'isCut', until < 'infinity',
        'isSoldOut', until < 'infinity' AND EXISTS (SELECT FROM ${pileEvents} AS count WHERE count.pile_id = wanted.pile_id
          AND count.source = 'count' AND count.grams_high = 0 AND count.effective_at > wanted.until
          AND count.day BETWEEN (wanted.until AT TIME ZONE 'UTC')::date AND ${lastDay}::date))
    FROM wanted LEFT JOIN before USING (pile_id)
    UNION ALL
    SELECT encode(pile_id, 'hex'), 0, 0, 0, '', 0, 0, 0, 'sums', NULL, NULL, NULL, NULL, events FROM sums`)
  const byPile = Map.groupBy(rows, (row) => row.pile_id)
  const reached = [...byPile].map(([pileId, own]) => reachedPile(pileId, own))
  const late = namedLately(reached.map(({ pile }) => pile))
  // Once is enough: nothing of these is read from sums then.
  if (late.length > 0 && apart.length === 0) return readReached(reader, walk, named, nowMs, late)
  return { piles: reached.map(({ pile }) => pile), lastMs: reached[0]?.lastMs ?? 0 }
}

/** Piles whose outflow stands in a run that was summed before somebody named it. */
function namedLately(piles: readonly ReachedPile[]): string[] {
  const summed = new Map(
    piles
      .filter(({ rows }) => rows.some(({ sums }) => sums !== undefined))
      .map(({ pileId, sinceMs, rows }) => [
        pileId,
        { sinceMs, singles: new Set(rows.filter(({ isRun }) => !isRun).map(outflowKey)) },
      ]),
  )
  // Voids and returns revise their pile, so that it is summed anew.
  const purchases = piles.flatMap(({ rows }) => rows.filter(({ source }) => source === "purchase"))
  const late = purchases.flatMap((row) => {
    const from = row.upstreamPileId ?? ""
    const known = summed.get(from)
    // What was bought before the pile is read from was not read.
    if (known === undefined || row.effectiveAt.getTime() <= known.sinceMs) return []
    return known.singles.has(upstreamKey(row)) ? [] : [from]
  })
  return [...new Set(late)]
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
  readonly source: PileRow["source"] | "pile" | "sums"
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
  readonly about: About | PileSums | null
}

type About = Omit<ReachedPile, "pileId" | "sinceMs" | "rows"> & {
  readonly lastMs: number
}

function reachedPile(pileId: string, own: readonly RawRow[]): { pile: ReachedPile; lastMs: number } {
  const head = own.find(({ source }) => source === "pile")
  if (!head?.about || !("lastMs" in head.about)) throw new Error(`pile ${pileId} does not exist`)
  const { lastMs, ...about } = head.about
  const read = own.flatMap((row) => {
    if (row.about === null) return [rowOf(row)]
    return "runs" in row.about ? summedRows(pileId, row.about) : []
  })
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
    sums: undefined,
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

function summedRows(pileId: string, { runs, singles }: PileSums): ReachedRow[] {
  const none = { lotId: null, upstreamPileId: null, upstreamRecordId: null, upstreamLine: null }
  return [
    ...runs.map(([firstMs, lastMs, gramsLow, gramsHigh, sales, mostLow, mostHigh, manyHigh, mark]): ReachedRow => {
      const at = { firstMs: Math.round(firstMs), effectiveAt: new Date(Math.round(lastMs)) }
      // A run begins when no other of its pile does.
      const name = { recordId: runRecordId, line: firstSummedLine + at.firstMs }
      const sums = { sales, mostLow, mostHigh, manyHigh, mark }
      return {
        pileId,
        ...at,
        ...name,
        ...none,
        gramsLow,
        gramsHigh,
        direction: 1,
        source: "outflow",
        isRun: true,
        sums,
      }
    }),
    ...singles.map(
      ([atMs, direction, recordId, line, low, high, source, lotId, upPile, upRecord, upLine]): ReachedRow => ({
        ...{ pileId, effectiveAt: new Date(Math.round(atMs)), firstMs: Math.round(atMs), direction, recordId, line },
        ...{ gramsLow: low, gramsHigh: high, source, lotId, isRun: false, sums: undefined },
        ...{ upstreamPileId: upPile, upstreamRecordId: upRecord, upstreamLine: upLine },
      }),
    ),
  ]
}
