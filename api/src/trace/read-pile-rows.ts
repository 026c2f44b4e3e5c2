import { pileEvents, pileRevisions, piles as pileTable } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { fixedText, placeholder } from "../fixed-text"
import { lookedUp } from "../questions"
import { arrayLiteral } from "../unnest"
import { discardedLineOffset } from "./apply-refunded-goods"
import { beginning, historyStart } from "./history-start"
import { openOrderMs } from "./resolve"
import type { Revised } from "./suppliers"

/** What an event did to its pile. */
export type PileRow = Omit<typeof pileEvents.$inferSelect, "day" | "siteId" | "merchantId" | "commodity" | "leftAt">

export type WantedPile = {
  readonly pileId: string
  /** Events after this are read, of a pile of which it is known what was before; of others all that matter. */
  readonly after: Date | undefined
  /** What happened from then until then is about the asked goods; see `read-histories`. */
  readonly fromMs: number
  readonly untilMs: number
  /** Whether what comes after `untilMs` may be left out where nothing stored since says anything of before. */
  readonly mayEnd: boolean
  /** Outflows that are asked about or that somebody bought: `recordId#line`. */
  readonly named: ReadonlySet<string>
}

export type PileRows = {
  readonly rows: readonly PileRow[]
  /** As of these rows; none of a pile that does not exist. */
  readonly revisions: ReadonlyMap<string, PileRevision>
}

/** How often a pile was revised; see `note-events`. */
export type PileRevision = { readonly revision: number; readonly revised: readonly Revised[] }

/** Stands in a run of outflows where an outflow has its record; no record has it. */
const runRecordId = "00"

/** Revision of a pile that nobody told of its events: none counts as unrevised. */
const noPile = -1

/** Nothing is dated later than this from now. */
const clocksAheadMs = 86_400_000

/**
 * The events of these piles since their times, in no order. Outflows that nobody asks about, with nothing between them
 * that could tell them apart, come as one of their sum at the time of the last: a stall sells a hundred times between
 * two purchases, and ranges of other outflows, shortfalls and stock follow from the sum alone. What keeps two outflows
 * apart: an inflow, void, return or stock-take between their times, or so near one of them that the clocks leave the order open; an
 * outflow that is named, that is a loss, or of which somebody chose the lot; the time that matters to the asker. What
 * happened after that time is read only where it says something of before: a void, a return, a late event, a shortfall
 * (`note-events` keeps since when each of them does).
 */
export async function readPileRows(reader: Reader, piles: readonly WantedPile[], nowMs: number): Promise<PileRows> {
  if (piles.length === 0) return { rows: [], revisions: new Map() }
  // Days as values, so that the planner leaves out the partitions that cannot matter: most of the time of this query.
  const firstDay = utcDay(new Date(Math.min(...piles.map(({ after = beginning }) => after.getTime()))))
  // Mostly nothing of later matters; where something does, it is read again with all that came since.
  const isBounded = piles.every(({ mayEnd }) => mayEnd)
  const untilMs = Math.max(...piles.map((pile) => pile.untilMs)) + 2 * openOrderMs
  const lastDay = utcDay(new Date(isBounded ? untilMs : nowMs + clocksAheadMs))
  const named = piles.flatMap(({ pileId, named }) => [...named].map((key) => ({ pileId, ...splitKey(key) })))
  const times = (of: (pile: WantedPile) => Date | null) => arrayLiteral("timestamptz", piles.map(of))
  const rowsText = piles.every(({ after }) => after !== undefined) ? resumedRowsText : anyRowsText
  const found = await reader.execute<RawRow>(
    rowsText({
      piles: arrayLiteral(
        "bytea",
        piles.map(({ pileId }) => pileId),
      ),
      after: times(({ after }) => after ?? null),
      first: times(({ fromMs }) => new Date(fromMs)),
      until: times(({ untilMs }) => new Date(untilMs)),
      // What came so soon after may have come before.
      mayEnd: times(({ mayEnd, untilMs }) => (mayEnd ? new Date(untilMs + 2 * openOrderMs) : null)),
      namedPiles: arrayLiteral(
        "bytea",
        named.map(({ pileId }) => pileId),
      ),
      namedRecords: arrayLiteral(
        "bytea",
        named.map(({ recordId }) => recordId),
      ),
      namedLines: arrayLiteral(
        "smallint",
        named.map(({ line }) => line),
      ),
      ...{ firstDay, lastDay },
    }),
  )
  const { pile = [], revised = [], ...events } = Object.groupBy(found, ({ source }) => source)
  if (isBounded && pile.some(({ grams_high }) => grams_high === 1)) {
    return readPileRows(
      reader,
      piles.map((one) => ({ ...one, mayEnd: false })),
      nowMs,
    )
  }
  const revisedOf = Map.groupBy(revised, (row) => row.pile_id)
  return {
    rows: Object.values(events).flat().map(pileRowOf),
    revisions: new Map(
      pile
        .filter(({ grams_low }) => grams_low !== noPile)
        .map((row) => [
          row.pile_id,
          { revision: row.grams_low, revised: (revisedOf.get(row.pile_id) ?? []).map(revisedRow) },
        ]),
    ),
  }
}

type Asked = "piles" | "after" | "first" | "until" | "mayEnd" | "namedPiles" | "namedRecords" | "namedLines"

const rowsQuery = (after: SQL) =>
  fixedText<Asked | "firstDay" | "lastDay">(sql`
    WITH wanted AS MATERIALIZED (
      SELECT asked.pile_id, ${after} AS after, first, until,
        CASE WHEN may_end IS NOT NULL AND EXISTS (SELECT FROM ${pileTable} WHERE id = asked.pile_id AND last_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM ${pileRevisions} AS now WHERE now.pile_id = asked.pile_id AND now.since <= may_end)
        THEN may_end ELSE 'infinity' END AS last
      FROM unnest(${placeholder("piles")}::bytea[], ${placeholder("after")}::timestamptz[], ${placeholder("first")}::timestamptz[],
        ${placeholder("until")}::timestamptz[], ${placeholder("mayEnd")}::timestamptz[]) AS asked(pile_id, after, first, until, may_end)
    ), events AS MATERIALIZED (
      SELECT event.pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, lot_id,
        upstream_pile_id, upstream_record_id, upstream_line
      FROM wanted CROSS JOIN LATERAL (
        SELECT * FROM ${pileEvents} AS one
        WHERE one.pile_id = wanted.pile_id AND one.effective_at > wanted.after AND one.effective_at <= wanted.last
          AND one.day BETWEEN ${placeholder("firstDay")}::date AND ${placeholder("lastDay")}::date
        ${lookedUp}
      ) AS event
    ), named AS (
      SELECT pile_id, upstream_record_id AS record_id, coalesce(upstream_line, 0) AS line FROM events
        WHERE source IN ('void', 'return')
      UNION
      SELECT * FROM unnest(${placeholder("namedPiles")}::bytea[], ${placeholder("namedRecords")}::bytea[],
        ${placeholder("namedLines")}::smallint[]) AS given(pile_id, record_id, line)
    ), noted AS (
      -- Beside each other and not joined, here and below: a plan that is made once does not know how many there are.
      SELECT *, bool_or(is_named) OVER (PARTITION BY pile_id, record_id, line) AS stands_alone FROM (
        SELECT events.*, false AS is_named FROM events
        UNION ALL
        SELECT pile_id, NULL, NULL, record_id, line, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true FROM named
      ) AS parts
    ), marked AS MATERIALIZED (
      -- Those of the same instant too: their order is by record. So beside a chosen lot (RG-25), which takes what is there then.
      SELECT pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, lot_id, upstream_pile_id,
        upstream_record_id, upstream_line, source <> 'outflow' OR line >= ${discardedLineOffset}::int
        OR bool_or(source = 'outflow' AND (stands_alone OR lot_id IS NOT NULL)) OVER (PARTITION BY pile_id, effective_at)
        AS is_single
      FROM noted WHERE NOT is_named
    ), bounds AS (
      -- A stock-take comes after what happened at its instant.
      SELECT pile_id, effective_at + CASE WHEN source = 'count' THEN 1 ELSE 0 END * interval '1 ms' AS at
        FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, effective_at - CASE WHEN source = 'outflow' THEN 1 ELSE 2 END * ${openOrderMs}::int * interval '1 ms'
        FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, first FROM wanted
      UNION ALL
      SELECT pile_id, until - ${openOrderMs}::int * interval '1 ms' FROM wanted
      UNION ALL
      SELECT pile_id, until + interval '1 ms' FROM wanted
    ), cuts AS MATERIALIZED (
      SELECT pile_id, array_agg(at ORDER BY at) AS at FROM bounds GROUP BY pile_id
    )
    SELECT encode(pile_id, 'hex') AS pile_id, extract(epoch FROM effective_at)::float8 * 1000 AS at_ms, direction,
      encode(record_id, 'hex') AS record_id, line, grams_low::float8 AS grams_low,
      grams_high::float8 AS grams_high, source, lot_id, encode(upstream_pile_id, 'hex') AS upstream_pile_id,
      encode(upstream_record_id, 'hex') AS upstream_record_id, upstream_line
    FROM marked WHERE is_single
    UNION ALL
    SELECT encode(pile_id, 'hex'), extract(epoch FROM max(effective_at))::float8 * 1000, 1, ${runRecordId}, run,
      sum(grams_low)::float8, sum(grams_high)::float8, 'outflow', NULL, NULL, NULL, NULL
    FROM (
      -- Between which two bounds: those before it, and at its time, count.
      SELECT marked.pile_id, effective_at, grams_low, grams_high, width_bucket(effective_at, cuts.at) AS run
      FROM marked JOIN cuts USING (pile_id) WHERE NOT is_single
    ) AS runs GROUP BY pile_id, run
    UNION ALL
    SELECT encode(pile_id, 'hex'), 0, 0, '', 0, coalesce(revision, ${noPile}::int), CASE WHEN last = 'infinity' THEN 1 ELSE 0 END, 'pile',
      NULL, NULL, NULL, NULL
    FROM wanted LEFT JOIN ${pileTable} ON id = pile_id
    UNION ALL
    SELECT encode(pile_id, 'hex'), extract(epoch FROM since)::float8 * 1000, 0, '', 0, revisions, shortfalls, 'revised',
      NULL, NULL, NULL, NULL
    FROM wanted JOIN ${pileRevisions} USING (pile_id)`)

/** Of piles of which it is known what was before. */
const resumedRowsText = rowsQuery(sql`asked.after`)
/**
 * Of others, too. To look for where a history begins names no day, so that each partition is made ready for it, three times
 * and though nobody may ask: that takes longer than the rest of the statement.
 */
const anyRowsText = rowsQuery(sql`coalesce(asked.after, ${historyStart(sql`asked.pile_id`, sql`asked.first`)})`)

function revisedRow(row: RawRow): Revised {
  return { sinceMs: Math.round(row.at_ms), revisions: row.grams_low, shortfalls: row.grams_high }
}

type RawRow = {
  readonly pile_id: string
  readonly at_ms: number
  readonly direction: number
  readonly record_id: string
  readonly line: number
  readonly grams_low: number
  readonly grams_high: number
  readonly source: PileRow["source"] | "pile" | "revised"
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
}

function pileRowOf(row: RawRow): PileRow {
  return {
    pileId: row.pile_id,
    effectiveAt: new Date(Math.round(row.at_ms)),
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

function splitKey(key: string): { recordId: string; line: number } {
  const [recordId = "", line = "0"] = key.split("#")
  return { recordId, line: Number(line) }
}
