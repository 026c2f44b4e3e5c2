import { sites } from "@suyuan/drizzle/schema/participants"
import { originStatements, pileEvents, pileRevisions, piles, statedDays } from "@suyuan/drizzle/schema/trace"
import { type SQL, sql } from "drizzle-orm"
import type { Reader, Transaction } from "../context"
import { arrayOf } from "../unnest"
import { type Suppliers, suppliersAreUnchanged, suppliersAsStored } from "./suppliers"

/** A pile's business day, `yyyy-mm-dd`. */
export type PileDayName = { readonly pileId: string; readonly businessDay: string }

/** What was known of the pile when its day was looked at: read before the day is, so that it is never newer. */
export type DayMark = { readonly lastAt: string; readonly revisions: number }

/** Of the site `s`, for a date expression. */
const startsAt = (day: SQL) =>
  sql`((${day})::timestamp AT TIME ZONE s.zone + make_interval(mins => s.day_starts_at_minutes))`

/** Of the pile `pile` of the site `s`: as `DayMark`, in columns. */
function markOf(day: SQL): { readonly lastAt: SQL; readonly revisions: SQL } {
  const endsAt = startsAt(sql`${day} + 1`)
  return {
    lastAt: sql`least(pile.last_at, ${endsAt})`,
    // Revisions that say something of before the day's end; shortfalls are of ranges, and a statement has its suppliers'.
    revisions: sql`(SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
      WHERE now.pile_id = pile.id AND now.since <= ${endsAt})`,
  }
}

export async function readDayMark(reader: Reader, { pileId, businessDay }: PileDayName): Promise<DayMark> {
  const { lastAt, revisions } = markOf(sql`${businessDay}::date`)
  const [row] = await reader.execute<{ last_at: string; revisions: number }>(sql`
    SELECT ${lastAt}::text AS last_at, ${revisions}::float8 AS revisions
    FROM ${piles} AS pile JOIN ${sites} AS s ON s.id = pile.site_id WHERE pile.id = decode(${pileId}, 'hex')`)
  if (!row) throw new Error(`pile ${pileId} does not exist`)
  return { lastAt: row.last_at, revisions: row.revisions }
}

/**
 * The day was looked at, and its statement follows from these piles beside its own: however many, since to look at one
 * takes a few microseconds, and to state a day again takes its whole past.
 */
export async function keepDayMark(
  tx: Transaction,
  { pileId, businessDay }: PileDayName,
  mark: DayMark,
  suppliers: Suppliers,
): Promise<void> {
  const { lastAt, revisions } = mark
  const row = { pileId, businessDay, lastAt: new Date(lastAt), revisions, ...suppliersAsStored(suppliers) }
  await tx
    .insert(statedDays)
    .values(row)
    .onConflictDoUpdate({ target: [statedDays.pileId, statedDays.businessDay], set: row })
}

export type DueDays = {
  /** Those of one site, on one day; left out, those so many days ago. */
  readonly of?: { readonly siteId: string; readonly businessDay: string }
  readonly daysBack: readonly number[]
  readonly nowMs: number
  /** Looked at are the next piles after it. */
  readonly after: string
}

/** So many piles are looked at in a statement, which takes a few hundredths of a second: of most no day is due. */
const pilesLookedAt = 200

/**
 * Days of the next piles that took goods in, or that something was said of, and that nobody looked at since something
 * happened that their statement follows from. In order of pile and day; with the last pile that was looked at, if any.
 */
export async function findDueDays(
  reader: Reader,
  { of, daysBack, nowMs, after }: DueDays,
): Promise<{ readonly days: PileDayName[]; readonly last: string | undefined }> {
  const now = new Date(nowMs).toISOString()
  const firstDay = new Date(nowMs - (Math.max(...daysBack) + 2) * 86_400_000).toISOString()
  const today = sql`((${now}::timestamptz AT TIME ZONE s.zone) - make_interval(mins => s.day_starts_at_minutes))::date`
  const days = of
    ? sql`(SELECT ${of.businessDay}::date AS day) AS named`
    : sql`(SELECT ${today} - back AS day FROM unnest(${arrayOf("integer", daysBack)}) AS back) AS named`
  const within = of ? sql`s.id = ${of.siteId}::uuid` : sql`pile.last_at >= ${firstDay}::timestamptz`
  const mark = markOf(sql`named.day`)
  const rows = await reader.execute<{ pile_id: string; business_day: string | null }>(sql`
    WITH page AS MATERIALIZED (
      SELECT pile.id, pile.last_at, pile.site_id FROM ${piles} AS pile JOIN ${sites} AS s ON s.id = pile.site_id
      WHERE ${within} AND pile.id > decode(${after}, 'hex') ORDER BY pile.id LIMIT ${pilesLookedAt}::int
    )
    SELECT encode(page.id, 'hex') AS pile_id, due.day::text AS business_day
    FROM page LEFT JOIN LATERAL (
    SELECT named.day
    FROM ${sites} AS s CROSS JOIN (SELECT page.id, page.last_at, page.site_id) AS pile CROSS JOIN LATERAL ${days}
    WHERE s.id = page.site_id AND pile.last_at >= ${startsAt(sql`named.day`)}
      AND NOT EXISTS (SELECT FROM ${statedDays} AS kept WHERE kept.pile_id = pile.id AND kept.business_day = named.day
        AND kept.revisions = ${mark.revisions} AND NOT EXISTS (SELECT FROM ${pileEvents} AS newer
          WHERE newer.pile_id = pile.id AND newer.day BETWEEN named.day - 1 AND named.day + 2
            AND newer.effective_at > kept.last_at AND newer.effective_at < ${startsAt(sql`named.day + 1`)})
        AND kept.supplier_until IS NOT NULL AND ${suppliersAreUnchanged("kept")})
      AND (EXISTS (SELECT FROM ${pileEvents} AS came WHERE came.pile_id = pile.id AND came.direction = 0
          AND came.day BETWEEN named.day - 1 AND named.day + 2
          AND came.effective_at >= ${startsAt(sql`named.day`)} AND came.effective_at < ${startsAt(sql`named.day + 1`)})
        OR EXISTS (SELECT FROM ${originStatements} AS said
          WHERE said.pile_id = pile.id AND said.business_day = named.day))
    ) AS due ON true ORDER BY page.id, due.day`)
  return {
    days: rows.flatMap((row) =>
      row.business_day === null ? [] : [{ pileId: row.pile_id, businessDay: row.business_day }],
    ),
    last: rows.at(-1)?.pile_id,
  }
}
