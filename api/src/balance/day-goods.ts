import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { pileEvents, piles } from "@suyuan/drizzle/schema/trace"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { historyStart, startsBeforeSql } from "../trace/history-start"
import { type WalkStartRow, walkStart } from "../trace/pile-days"
import type { PileRow } from "../trace/read-pile-rows"
import { openOrderMs } from "../trace/resolve"
import { unnest } from "../unnest"
import { businessDayStart, type SiteDayBounds } from "./find-books"

/** A pile that sold on the day, and where a walk through it may begin. */
export type SellingPile = {
  readonly pile_id: string
  readonly commodity: number
  /** As the catalogue names it; its code where it does not. */
  readonly name_zh: string
  readonly name_en: string
  /** What is remembered of it from before the day. */
  readonly start: Omit<WalkStartRow, "pile_id"> | null
  /** Where nothing is: after when its history begins. */
  readonly after_ms: number | null
}

export type SellingSite = {
  readonly id: string
  readonly name: string
  readonly name_en: string
  readonly zone: string
  readonly day_starts_at_minutes: number
  readonly starts_at: string
  readonly ends_at: string
  readonly piles: readonly SellingPile[] | null
}

const dayMs = 86_400_000
const dayBefore = (day: string, days: number) => utcDay(new Date(Date.parse(day) - days * dayMs))

/** The site, its business day, and the piles that something left on it. One query. */
export async function readSellingSite(
  reader: Reader,
  {
    siteId,
    day,
    commodity,
  }: { readonly siteId: string; readonly day: string; readonly commodity?: number | undefined },
): Promise<SellingSite | undefined> {
  const ofCommodity = commodity === undefined ? sql`true` : sql`pile.commodity = ${commodity}::int`
  const [site] = await reader.execute<SellingSite>(sql`
    SELECT s.id, s.name, s.name_en, s.zone, s.day_starts_at_minutes, day.starts_at, day.ends_at,
      (SELECT json_agg(selling) FROM (
        SELECT encode(pile.id, 'hex') AS pile_id, pile.commodity, to_json(start) AS start,
          coalesce(known.name_zh, pile.commodity::text) AS name_zh, coalesce(known.name_en, pile.commodity::text) AS name_en,
          CASE WHEN start.at_ms IS NULL THEN
            extract(epoch FROM ${historyStart(sql`pile.id`, sql`day.starts_at`)})::float8 * 1000 END AS after_ms
        FROM ${piles} AS pile LEFT JOIN ${commodities} AS known ON known.code = pile.commodity
          LEFT JOIN LATERAL (${walkStart(sql`pile.id`, startsBeforeSql(sql`day.starts_at`))}) AS start ON true
        WHERE pile.site_id = s.id AND ${ofCommodity} AND pile.last_at >= day.starts_at AND EXISTS (
          SELECT FROM ${pileEvents} AS sold WHERE sold.pile_id = pile.id AND sold.direction = 1
            AND sold.day BETWEEN ${dayBefore(day, 1)}::date AND ${dayBefore(day, -2)}::date
            AND sold.effective_at >= day.starts_at AND sold.effective_at < day.ends_at)
      ) AS selling) AS piles
    FROM ${sites} AS s CROSS JOIN LATERAL (
      SELECT ${businessDayStart(day, 0)} AS starts_at, ${businessDayStart(day, 1)} AS ends_at
    ) AS day WHERE s.id = ${siteId}::uuid`)
  return site
}

export type DayRow = PileRow & {
  /** It left for a buyer on the day. */
  readonly isSold: boolean
}

/** Stands in a run of outflows where an outflow has its record; no record has it. */
const runRecordId = "00"
/** Nothing is dated later than this from now. */
const clocksAheadMs = dayMs
/** Waste and refunds may be dated so much before what they did to a pile. */
const answeredLateDays = 31

/**
 * What happened to these piles after their starts, to the present. Sales with nothing between them that could tell them
 * apart come as one of their sum, as `readPileRows` has them; and the day's apart from those of before and after. So a
 * market's day is some rows a stall, however much it sold. What went back or was thrown away stands alone, because it was
 * not sold; and so does a sale whose lot the seller chose (RG-25).
 */
export async function readDayRows(
  reader: Reader,
  { startsAt, endsAt }: Pick<SiteDayBounds, "startsAt" | "endsAt">,
  after: ReadonlyMap<string, Date>,
  nowMs: number,
): Promise<DayRow[]> {
  if (after.size === 0) return []
  const firstDay = utcDay(new Date(Math.min(...[...after.values()].map((at) => at.getTime()))))
  const lastDay = utcDay(new Date(nowMs + clocksAheadMs))
  const [starts, ends] = [startsAt.toISOString(), endsAt.toISOString()]
  const rows = await reader.execute<RawRow>(sql`
    WITH wanted AS (
      SELECT * FROM ${unnest("wanted", {
        pile_id: ["bytea", [...after.keys()]],
        after: ["timestamptz", [...after.values()]],
      })}
    ), events AS MATERIALIZED (
      SELECT event.pile_id, effective_at, direction, record_id, line, grams_low, grams_high, source, lot_id,
        upstream_pile_id, upstream_record_id, upstream_line
      FROM wanted JOIN ${pileEvents} AS event ON event.pile_id = wanted.pile_id AND event.effective_at > wanted.after
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date
    ), not_sold AS MATERIALIZED (
      SELECT record_id FROM ${records} WHERE kind IN (${sql.raw(`${RECORD_KINDS.waste}, ${RECORD_KINDS.refund}`)})
        AND day BETWEEN ${dayBefore(utcDay(startsAt), 1 + answeredLateDays)}::date AND ${lastDay}::date
    ), named AS (
      SELECT DISTINCT pile_id, upstream_record_id AS record_id, coalesce(upstream_line, 0) AS line FROM events
        WHERE source IN ('void', 'return')
    ), apart AS (
      SELECT DISTINCT pile_id, effective_at FROM events JOIN named USING (pile_id, record_id, line) WHERE source = 'outflow'
    ), marked AS MATERIALIZED (
      SELECT events.*, events.record_id IN (SELECT record_id FROM not_sold) AS is_back,
        source <> 'outflow' OR apart.effective_at IS NOT NULL OR line >= ${discardedLineOffset}::int
          OR lot_id IS NOT NULL OR events.record_id IN (SELECT record_id FROM not_sold) AS is_single
      FROM events LEFT JOIN apart USING (pile_id, effective_at)
    ), bounds AS (
      SELECT pile_id, effective_at + CASE WHEN source = 'count' THEN 1 ELSE 0 END * interval '1 ms' AS at
        FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, effective_at - CASE WHEN source = 'outflow' THEN 1 ELSE 2 END * ${openOrderMs}::int * interval '1 ms'
        FROM marked WHERE is_single
      UNION ALL SELECT pile_id, ${starts}::timestamptz FROM wanted
      UNION ALL SELECT pile_id, ${ends}::timestamptz FROM wanted
    ), cuts AS MATERIALIZED (
      SELECT pile_id, array_agg(at ORDER BY at) AS at FROM bounds GROUP BY pile_id
    ), runs AS (
      SELECT pile_id, max(effective_at) AS effective_at, run, sum(grams_low) AS grams_low, sum(grams_high) AS grams_high
      FROM (
        SELECT marked.pile_id, effective_at, grams_low, grams_high, width_bucket(effective_at, cuts.at) AS run
        FROM marked JOIN cuts USING (pile_id) WHERE NOT is_single
      ) AS outflows GROUP BY pile_id, run
    ), found AS (
      SELECT pile_id, effective_at, direction, encode(record_id, 'hex') AS record_id, line, grams_low, grams_high, source,
        lot_id, upstream_pile_id, upstream_record_id, upstream_line,
        source = 'outflow' AND line < ${discardedLineOffset}::int AND NOT is_back AS is_sale
      FROM marked WHERE is_single
      UNION ALL
      SELECT pile_id, effective_at, 1, ${runRecordId}, run, grams_low, grams_high, 'outflow', NULL, NULL, NULL, NULL, true
      FROM runs
    )
    SELECT encode(pile_id, 'hex') AS "pileId", extract(epoch FROM effective_at)::float8 * 1000 AS at_ms, direction,
      record_id AS "recordId", line, grams_low::float8 AS "gramsLow", grams_high::float8 AS "gramsHigh", source,
      lot_id AS "lotId", encode(upstream_pile_id, 'hex') AS "upstreamPileId",
      encode(upstream_record_id, 'hex') AS "upstreamRecordId", upstream_line AS "upstreamLine",
      is_sale AND effective_at >= ${starts}::timestamptz AND effective_at < ${ends}::timestamptz AS "isSold"
    FROM found`)
  return rows.map(({ at_ms, ...row }) => ({ ...row, effectiveAt: new Date(Math.round(at_ms)) }))
}

type RawRow = Omit<DayRow, "effectiveAt"> & { readonly at_ms: number }
