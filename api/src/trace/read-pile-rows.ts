import { pileEvents, pileRevisions, piles as pileTable } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { fixedText, placeholder } from "../fixed-text"
import { lookedUp } from "../questions"
import { arrayLiteral } from "../unnest"
import { discardedLineOffset } from "./apply-refunded-goods"
import { type BoughtByKey, boughtByKeyOf, boughtDays, type RememberedRow, rememberedOf } from "./bought-origins"
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
  readonly bought: BoughtByKey
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
 * The events of these piles since their times, in no order, and what is remembered of the lines that they bought by then. Outflows that nobody asks about, with nothing between them
 * that could tell them apart, come as one of their sum at the time of the last: a stall sells a hundred times between
 * two purchases, and ranges of other outflows, shortfalls and stock follow from the sum alone. What keeps two outflows
 * apart: an inflow, void, return or stock-take between their times, or so near one of them that the clocks leave the order open; an
 * outflow that is named, that is a loss, or of which somebody chose the lot; the time that matters to the asker. What
 * happened after that time is read only where it says something of before: a void, a return, a late event, a shortfall
 * (`note-events` keeps since when each of them does).
 */
export async function readPileRows(reader: Reader, piles: readonly WantedPile[], nowMs: number): Promise<PileRows> {
  if (piles.length === 0) return { rows: [], revisions: new Map(), bought: new Map() }
  // Days as values, so that the planner leaves out the partitions that cannot matter: most of the time of this query.
  // Mostly nothing of later matters; where something does, it is read again with all that came since.
  const untilMs = Math.max(...piles.map((pile) => pile.untilMs)) + 2 * openOrderMs
  const isBounded = untilMs < nowMs - clocksAheadMs && piles.every(({ mayEnd }) => mayEnd)
  const lastDay = utcDay(new Date(isBounded ? untilMs : nowMs + clocksAheadMs))
  const firstMs = Math.min(...piles.map(({ after = beginning }) => after.getTime()))
  const named = piles.flatMap(({ named }, index) => [...named].map((key) => ({ pile: index + 1, ...splitKey(key) })))
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
        "bigint",
        named.map(({ pile }) => pile),
      ),
      namedRecords: arrayLiteral(
        "bytea",
        named.map(({ recordId }) => recordId),
      ),
      namedLines: arrayLiteral(
        "smallint",
        named.map(({ line }) => line),
      ),
      ...{ firstDay: utcDay(new Date(firstMs)), lastDay },
      ...boughtDays(firstMs, Math.max(...piles.map((pile) => pile.untilMs))),
    }),
  )
  const { pile = [], revised = [], bought = [], ...events } = Object.groupBy(found, ({ source }) => source)
  if (isBounded && pile.some(({ grams_high }) => grams_high === 1)) {
    return readPileRows(
      reader,
      piles.map((one) => ({ ...one, mayEnd: false })),
      nowMs,
    )
  }
  const revisedOf = Map.groupBy(revised, (row) => row.pile)
  const idOf = (row: RawRow) => piles[row.pile - 1]?.pileId ?? ""
  return {
    bought: boughtByKeyOf(
      bought.flatMap(({ record_id, line, bought }) => (bought ? [{ record_id, line, ...bought }] : [])),
    ),
    rows: Object.values(events).flatMap((rows) => rows.map((row) => pileRowOf(row, idOf(row)))),
    revisions: new Map(
      pile
        .filter(({ grams_low }) => grams_low !== noPile)
        .map((row) => [
          idOf(row),
          { revision: row.grams_low, revised: (revisedOf.get(row.pile) ?? []).map(revisedRow) },
        ]),
    ),
  }
}

type Asked = "piles" | "after" | "first" | "until" | "mayEnd" | "namedPiles" | "namedRecords" | "namedLines"

/** Of an event: an outflow as most are, of goods that the buyer took away and of which nobody chose the lot. */
const isPlain = sql`(source = 'outflow' AND line < ${discardedLineOffset}::int AND lot_id IS NULL)`

/**
 * Whether these columns of an event are among those rows. Written so that the rows are put into a hash table once: a join
 * would be planned for a number of events that nobody knows yet.
 */
const isOf = (rows: "named" | "apart", columns: SQL) =>
  sql`((${columns}) IN (SELECT ${columns} FROM ${sql.identifier(rows)})) IS TRUE`

const rowsQuery = (after: SQL) =>
  fixedText<Asked | "firstDay" | "lastDay" | keyof ReturnType<typeof boughtDays>>(sql`
    WITH wanted AS MATERIALIZED (
      SELECT asked.pile, asked.pile_id, ${after} AS after, first, until,
        CASE WHEN may_end IS NOT NULL AND EXISTS (SELECT FROM ${pileTable} WHERE id = asked.pile_id AND last_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM ${pileRevisions} AS now WHERE now.pile_id = asked.pile_id AND now.since <= may_end)
        THEN may_end ELSE 'infinity' END AS last
      FROM unnest(${placeholder("piles")}::bytea[], ${placeholder("after")}::timestamptz[], ${placeholder("first")}::timestamptz[],
        ${placeholder("until")}::timestamptz[], ${placeholder("mayEnd")}::timestamptz[]) WITH ORDINALITY
        AS asked(pile_id, after, first, until, may_end, pile)
    ), events AS MATERIALIZED (
      SELECT wanted.pile, effective_at, direction, record_id, line, grams_low, grams_high, source, lot_id,
        upstream_pile_id, upstream_record_id, upstream_line
      FROM wanted CROSS JOIN LATERAL (
        SELECT * FROM ${pileEvents} AS one
        WHERE one.pile_id = wanted.pile_id AND one.effective_at > wanted.after AND one.effective_at <= wanted.last
          AND one.day BETWEEN ${placeholder("firstDay")}::date AND ${placeholder("lastDay")}::date
        ${lookedUp}
      ) AS event
    ), others AS MATERIALIZED (
      SELECT * FROM events WHERE NOT ${isPlain}
    ), named AS MATERIALIZED (
      SELECT pile, upstream_record_id AS record_id, coalesce(upstream_line, 0::smallint) AS line FROM others
        WHERE source IN ('void', 'return') AND upstream_record_id IS NOT NULL
      UNION
      SELECT * FROM unnest(${placeholder("namedPiles")}::bigint[], ${placeholder("namedRecords")}::bytea[],
        ${placeholder("namedLines")}::smallint[]) AS given(pile, record_id, line)
    ), apart AS MATERIALIZED (
      -- Those of the same instant too: their order is by record. So beside a chosen lot (RG-25), which takes what is there then.
      SELECT pile, effective_at FROM others WHERE source = 'outflow' AND lot_id IS NOT NULL
      UNION ALL
      SELECT pile, effective_at FROM events
        WHERE EXISTS (SELECT FROM named) AND source = 'outflow' AND ${isOf("named", sql`pile, record_id, line`)}
    ), singles AS MATERIALIZED (
      SELECT * FROM others
      UNION ALL
      SELECT * FROM events WHERE EXISTS (SELECT FROM apart) AND ${isPlain} AND ${isOf("apart", sql`pile, effective_at`)}
    ), bounds AS (
      -- A stock-take comes after what happened at its instant.
      SELECT pile, effective_at + CASE WHEN source = 'count' THEN 1 ELSE 0 END * interval '1 ms' AS at FROM singles
      UNION ALL
      SELECT pile, effective_at - CASE WHEN source = 'outflow' THEN 1 ELSE 2 END * ${openOrderMs}::int * interval '1 ms' FROM singles
      UNION ALL
      SELECT pile, first FROM wanted
      UNION ALL
      SELECT pile, until - ${openOrderMs}::int * interval '1 ms' FROM wanted
      UNION ALL
      SELECT pile, until + interval '1 ms' FROM wanted
    ), cuts AS MATERIALIZED (
      SELECT pile, array_agg(at ORDER BY at) AS at FROM bounds GROUP BY pile
    )
    SELECT pile::int AS pile, extract(epoch FROM effective_at)::float8 * 1000 AS at_ms, direction,
      encode(record_id, 'hex') AS record_id, line, grams_low::float8 AS grams_low,
      grams_high::float8 AS grams_high, source, lot_id, encode(upstream_pile_id, 'hex') AS upstream_pile_id,
      encode(upstream_record_id, 'hex') AS upstream_record_id, upstream_line, NULL::json AS bought
    FROM singles
    UNION ALL
    SELECT pile::int, extract(epoch FROM max(effective_at))::float8 * 1000, 1, ${runRecordId}, run,
      sum(grams_low)::float8, sum(grams_high)::float8, 'outflow', NULL, NULL, NULL, NULL, NULL
    FROM (
      -- Between which two bounds: those before it, and at its time, count.
      SELECT events.pile, effective_at, grams_low, grams_high, width_bucket(effective_at, cuts.at) AS run
      FROM events JOIN cuts USING (pile) WHERE ${isPlain} AND NOT ${isOf("apart", sql`pile, effective_at`)}
    ) AS runs GROUP BY pile, run
    UNION ALL
    SELECT pile::int, 0, 0, '', 0, coalesce(revision, ${noPile}::int), CASE WHEN last = 'infinity' THEN 1 ELSE 0 END, 'pile',
      NULL, NULL, NULL, NULL, NULL
    FROM wanted LEFT JOIN ${pileTable} ON id = pile_id
    UNION ALL
    SELECT pile::int, extract(epoch FROM since)::float8 * 1000, 0, '', 0, revisions, shortfalls, 'revised',
      NULL, NULL, NULL, NULL, NULL
    FROM wanted JOIN ${pileRevisions} USING (pile_id)
    UNION ALL
    SELECT 0, 0, 0, record_id, line, 0, 0, 'bought', NULL, NULL, NULL, NULL,
      json_build_object('origins', origins, 'suppliers', suppliers)
    FROM (${rememberedOf(sql`(
      SELECT upstream_pile_id AS pile_id, upstream_record_id AS record_id, upstream_line AS line
      FROM others JOIN wanted USING (pile) WHERE source = 'purchase' AND effective_at <= until) AS purchase`)}) AS known`)

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
  /** Which of those asked for, from 1. */
  readonly pile: number
  readonly at_ms: number
  readonly direction: number
  readonly record_id: string
  readonly line: number
  readonly grams_low: number
  readonly grams_high: number
  readonly source: PileRow["source"] | "pile" | "revised" | "bought"
  readonly lot_id: string | null
  readonly upstream_pile_id: string | null
  readonly upstream_record_id: string | null
  readonly upstream_line: number | null
  readonly bought: Pick<RememberedRow, "origins" | "suppliers"> | null
}

function pileRowOf(row: RawRow, pileId: string): PileRow {
  return {
    pileId,
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
