import { judgedDays } from "@suyuan/drizzle/schema/alarms"
import { bindings } from "@suyuan/drizzle/schema/buyers"
import { sites } from "@suyuan/drizzle/schema/participants"
import { pileEvents, pileRevisions, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Context } from "../context"
import { utcDay } from "../day"

export type SiteDayName = { readonly siteId: string; readonly day: string }

const dayMs = 86_400_000

/** What is in no mark, a threshold that was set anew or a payment that was noticed late, is seen after so long. */
const judgedAnewMs = 6 * 3_600_000
/** Longer than any day is judged. */
const keptMs = 60 * dayMs

/**
 * What a site's day is judged by, as far as it changes: whether it is over, what happened in each of its piles until its
 * end, in order (the newest event) or late (revisions), and whose wallets belong to whom. Undefined where nothing of it
 * changed since it was judged.
 */
export async function markToJudge(
  { questions, clock }: Pick<Context, "questions" | "clock">,
  { siteId, day }: SiteDayName,
): Promise<string | undefined> {
  const now = new Date(clock.nowMs()).toISOString()
  const since = new Date(clock.nowMs() - judgedAnewMs).toISOString()
  // A business day of any zone begins and ends beside its name's.
  const [firstDay, lastDay] = [-dayMs, 2 * dayMs].map((ms) => utcDay(new Date(Date.parse(day) + ms)))
  const [row] = await questions.execute<{ mark: string; is_judged: boolean }>(sql`
    WITH about AS (
      SELECT id AS site_id, (${day}::date + 1)::timestamp AT TIME ZONE zone + make_interval(mins => day_starts_at_minutes)
        AS ends_at FROM ${sites} WHERE id = ${siteId}::uuid
    ), as_is AS (
      SELECT site_id, concat_ws('/', ends_at <= ${now}::timestamptz, books.piles, books.newest, books.revised, wallets.bound) AS mark
      FROM about
      CROSS JOIN LATERAL (
        SELECT count(own.at) AS piles, sum(extract(epoch FROM own.at)) AS newest, sum(late.revised) AS revised
        FROM ${piles} AS pile CROSS JOIN LATERAL (
          SELECT coalesce(sum(revisions + shortfalls), 0) AS revised FROM ${pileRevisions} AS noted
          WHERE noted.pile_id = pile.id AND noted.since <= ends_at
        ) AS late LEFT JOIN LATERAL (
          SELECT event.effective_at AS at FROM ${pileEvents} AS event
          WHERE event.pile_id = pile.id AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date AND event.effective_at < ends_at
          ORDER BY event.day DESC, event.effective_at DESC LIMIT 1
        ) AS own ON true
        WHERE pile.site_id = about.site_id AND pile.last_at >= ${firstDay}::date
      ) AS books
      CROSS JOIN LATERAL (
        SELECT concat_ws(' ', count(*), max(valid_from), max(valid_to)) AS bound FROM ${bindings} AS bound
        WHERE bound.site_id = about.site_id
      ) AS wallets
    )
    SELECT as_is.mark, coalesce(judged.mark = as_is.mark AND judged.judged_at BETWEEN ${since}::timestamptz AND ${now}::timestamptz, false)
      AS is_judged
    FROM as_is LEFT JOIN ${judgedDays} AS judged ON judged.site_id = as_is.site_id AND judged.day = ${day}::date`)
  return row === undefined || row.is_judged ? undefined : row.mark
}

/** It was judged as of this mark, which was read before. */
export async function noteJudged(
  { db, clock }: Pick<Context, "db" | "clock">,
  about: SiteDayName,
  mark: string,
): Promise<void> {
  const judged = { mark, judgedAt: new Date(clock.nowMs()) }
  await db
    .insert(judgedDays)
    .values({ ...about, ...judged })
    .onConflictDoUpdate({ target: [judgedDays.siteId, judgedDays.day], set: judged })
}

export async function forgetJudgedDays({ db, clock }: Pick<Context, "db" | "clock">): Promise<void> {
  await db.execute(sql`DELETE FROM ${judgedDays} WHERE day < ${utcDay(new Date(clock.nowMs() - keptMs))}::date`)
}
