import { pileEvents, pilePurchases, pileRevisions, pileSums, piles } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Context } from "../context"
import { utcDay } from "../day"
import { noRest, type Rest } from "../rest"
import { unnest } from "../unnest"
import { discardedLineOffset } from "./apply-refunded-goods"
import type { PileRow } from "./read-pile-rows"
import { openOrderMs } from "./resolve"
import { runCuts } from "./run-cuts"
import { saleMarkSql } from "./sale-mark"

/** So many piles' days in a statement: whoever asks meanwhile waits for one of them. */
const atOnce = 200
/** A day that is not over is summed again when its pile's newest event is so much later. */
const staleMs = 3_600_000
const dayMs = 86_400_000
/** Recalls read most of the last days. What a late record made void of before is read event by event. */
const daysSummed = 3
const daysKept = 60

/** The order of clocks this near is open: so far before its time an inflow may cut what left (RG-2). */
const nearMs = 2 * openOrderMs

/**
 * Sums the newest days of piles for `recalls/reached-rows`, as far as nothing can be added any more without a revision: until
 * shortly before a pile's newest event. Returns how many days were summed.
 */
export async function sumPileDays(
  ctx: Pick<Context, "db" | "clock">,
  { days = daysSummed, rest = noRest }: { readonly days?: number; readonly rest?: Rest } = {},
): Promise<number> {
  const nowMs = ctx.clock.nowMs()
  const [firstDay, lastDay] = [utcDay(new Date(nowMs - days * dayMs)), utcDay(new Date(nowMs))]
  let [summed, after] = [0, ""]
  for (;;) {
    const looked = await findDue(ctx, { firstDay, lastDay, after, pilesMax: Math.ceil(atOnce / (days + 1)) })
    const due = looked.filter((one): one is DueDay => one.day !== null)
    if (due.length > 0) await sumSome(ctx, due)
    summed += due.length
    const last = looked.at(-1)
    if (last === undefined || !(await rest())) return summed
    after = last.pileId
  }
}

export async function forgetPileSums(ctx: Pick<Context, "db" | "clock">): Promise<void> {
  const before = utcDay(new Date(ctx.clock.nowMs() - daysKept * dayMs))
  await ctx.db.execute(sql`DELETE FROM ${pileSums} WHERE day < ${before}::date`)
}

/** Of a run: how many sale lines, the heaviest of them, a weight that nine of ten do not exceed, and a mark of their names. */
export type RunSums = {
  readonly sales: number
  readonly mostLow: number
  readonly mostHigh: number
  readonly manyHigh: number
  readonly mark: string
}

/** As stored: times in ms since 1970, weights in grams, ids in hex. */
export type PileSums = {
  /** First and last outflow, their low and high weights together; then as `RunSums`. */
  readonly runs: readonly (readonly [number, number, number, number, number, number, number, number, string])[]
  /** Time, direction, record, line, low and high weight, source, lot; then the outflow that it names. */
  readonly singles: readonly (readonly [
    ...[number, number, string, number, number, number, PileRow["source"], string | null],
    ...[string | null, string | null, number | null],
  ])[]
}

type DueDay = { readonly pileId: string; readonly day: string; readonly until: string }
type LookedAt = DueDay | { readonly pileId: string; readonly day: null; readonly until: null }

/** The days that are due of the next piles; a pile of which none is due comes without a day. */
async function findDue(
  { db }: Pick<Context, "db">,
  { firstDay, lastDay, after, pilesMax }: { firstDay: string; lastDay: string; after: string; pilesMax: number },
): Promise<LookedAt[]> {
  return await db.execute<LookedAt>(sql`
    WITH pile AS MATERIALIZED (
      SELECT id, last_at FROM ${piles}
      WHERE id > decode(${after}, 'hex') AND last_at >= ${firstDay}::timestamp AT TIME ZONE 'UTC' ORDER BY id LIMIT ${pilesMax}
    ), due AS (
      SELECT pile.id, wanted.day, wanted.until
      FROM pile CROSS JOIN LATERAL (
        SELECT day::date AS day, least((day::date + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms',
          pile.last_at - ${nearMs + 1}::int * interval '1 ms') AS until
        FROM generate_series(${firstDay}::timestamp, ${lastDay}::timestamp, interval '1 day') AS day
      ) AS wanted LEFT JOIN ${pileSums} AS kept ON kept.pile_id = pile.id AND kept.day = wanted.day
      WHERE wanted.until > wanted.day::timestamp AT TIME ZONE 'UTC'
        AND (kept.until IS NULL OR kept.until < wanted.until - ${staleMs}::int * interval '1 ms'
          OR kept.until < wanted.until AND wanted.until = (wanted.day + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 ms'
          OR kept.revisions <> (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
            WHERE now.pile_id = pile.id AND now.since <= kept.until))
        -- Looked up a day, never joined: partitions are large.
        AND (SELECT true FROM ${pileEvents} AS event WHERE event.pile_id = pile.id AND event.day = wanted.day
          AND event.effective_at <= wanted.until LIMIT 1)
    )
    SELECT encode(pile.id, 'hex') AS "pileId", due.day::text AS day, due.until::text AS until
    FROM pile LEFT JOIN due USING (id) ORDER BY pile.id, due.day`)
}

/** In one statement, and so of one moment: the revisions are those of the events. */
async function sumSome({ db }: Pick<Context, "db">, due: readonly DueDay[]): Promise<void> {
  const days = due.map(({ day }) => day).sort()
  const [firstDay, lastDay] = [days[0] ?? "", days.at(-1) ?? ""]
  const order = sql`${openOrderMs}::int * interval '1 ms'`
  await db.execute(sql`
    WITH wanted AS MATERIALIZED (
      SELECT asked.*, (SELECT coalesce(sum(now.revisions), 0) FROM ${pileRevisions} AS now
        WHERE now.pile_id = asked.pile_id AND now.since <= asked.until) AS revisions
      FROM ${unnest("asked", {
        pile_id: ["bytea", due.map(({ pileId }) => pileId)],
        day: ["date", due.map(({ day }) => day)],
        until: ["timestamptz", due.map(({ until }) => new Date(until))],
      })}
    ), events AS MATERIALIZED (
      -- With those shortly after, which cut what was before them.
      SELECT wanted.pile_id, wanted.day, event.effective_at, event.effective_at > wanted.until AS is_after, direction,
        record_id, line, grams_low, grams_high, source, lot_id, upstream_pile_id, upstream_record_id, upstream_line
      FROM wanted JOIN ${pileEvents} AS event ON event.pile_id = wanted.pile_id
        AND event.day BETWEEN wanted.day AND wanted.day + 1 AND event.effective_at <= wanted.until + 2 * ${order}
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date + 1
    ), named AS (
      SELECT wanted.pile_id, wanted.day, bought.upstream_record_id AS record_id, bought.upstream_line AS line
        FROM wanted JOIN ${pilePurchases} AS bought ON bought.upstream_pile_id = wanted.pile_id
        AND bought.left_at BETWEEN (wanted.day::timestamp AT TIME ZONE 'UTC') AND wanted.until + 2 * ${order}
      UNION
      -- Nothing came back to a pile that was never revised.
      SELECT wanted.pile_id, wanted.day, back.upstream_record_id, coalesce(back.upstream_line, 0)
        FROM wanted JOIN ${pileEvents} AS back ON wanted.revisions > 0 AND back.pile_id = wanted.pile_id
        AND back.source IN ('void', 'return') AND back.day >= ${firstDay}::date - 1
    ), apart AS (
      -- Those of the same instant too: their order is by record. So beside a chosen lot (RG-25), which takes what is there then.
      SELECT pile_id, day, effective_at FROM events JOIN named USING (pile_id, day, record_id, line) WHERE source = 'outflow'
      UNION
      SELECT pile_id, day, effective_at FROM events WHERE source = 'outflow' AND lot_id IS NOT NULL
    ), marked AS MATERIALIZED (
      -- What came so soon after the day began stands beside what is not looked at here.
      SELECT events.*, source <> 'outflow' OR apart.effective_at IS NOT NULL OR line >= ${discardedLineOffset}::int
        OR effective_at <= day::timestamp AT TIME ZONE 'UTC' + ${order} AS is_single
      FROM events LEFT JOIN apart USING (pile_id, day, effective_at)
    ), cuts AS MATERIALIZED (
      SELECT pile_id, day, array_agg(at ORDER BY at) AS at FROM (
        ${runCuts(sql`pile_id, day`)}
        UNION ALL
        SELECT pile_id, day, until + interval '1 ms' FROM wanted
      ) AS bounds GROUP BY pile_id, day
    ), runs AS (
      SELECT pile_id, day, json_agg(json_build_array(first_ms, last_ms, grams_low, grams_high, sales, most_low, most_high,
        many_high, mark) ORDER BY first_ms) AS runs
      FROM (
        SELECT pile_id, day, extract(epoch FROM min(effective_at))::float8 * 1000 AS first_ms,
          extract(epoch FROM max(effective_at))::float8 * 1000 AS last_ms, sum(grams_low)::float8 AS grams_low,
          sum(grams_high)::float8 AS grams_high, count(*) AS sales, max(grams_low) AS most_low, max(grams_high) AS most_high,
          percentile_disc(0.9) WITHIN GROUP (ORDER BY grams_high) AS many_high,
          bit_xor(${saleMarkSql(sql`record_id`, sql`line`)})::text AS mark
        FROM (
          SELECT marked.*, width_bucket(effective_at, cuts.at) AS run
          FROM marked JOIN cuts USING (pile_id, day) WHERE NOT is_single AND NOT is_after
        ) AS apart GROUP BY pile_id, day, run
      ) AS summed GROUP BY pile_id, day
    ), lasts AS (
      SELECT pile_id, day, max(effective_at) AS last_at,
        max(effective_at) FILTER (WHERE source = 'count' AND grams_high = 0) AS cleared_at
      FROM events WHERE NOT is_after GROUP BY pile_id, day
    ), singles AS (
      SELECT pile_id, day, json_agg(json_build_array(extract(epoch FROM effective_at)::float8 * 1000, direction,
          encode(record_id, 'hex'), line, grams_low, grams_high, source, lot_id, encode(upstream_pile_id, 'hex'),
          encode(upstream_record_id, 'hex'), upstream_line)) AS singles,
        array_agg(CASE WHEN source = 'purchase' THEN upstream_pile_id ELSE pile_id END) FILTER (WHERE upstream_record_id IS NOT NULL) AS named_pile,
        array_agg(upstream_record_id) FILTER (WHERE upstream_record_id IS NOT NULL) AS named_record,
        array_agg(coalesce(upstream_line, 0)) FILTER (WHERE upstream_record_id IS NOT NULL) AS named_line
      FROM marked WHERE is_single AND NOT is_after GROUP BY pile_id, day
    )
    INSERT INTO ${pileSums} AS known
      (pile_id, day, until, revisions, events, named_pile, named_record, named_line, last_at, cleared_at)
    SELECT pile_id, day, until, revisions,
      json_build_object('runs', coalesce(runs, '[]'::json), 'singles', coalesce(singles, '[]'::json)),
      coalesce(named_pile, '{}'), coalesce(named_record, '{}'), coalesce(named_line, '{}'), last_at, cleared_at
    FROM wanted LEFT JOIN runs USING (pile_id, day) LEFT JOIN singles USING (pile_id, day) LEFT JOIN lasts USING (pile_id, day)
    ORDER BY pile_id, day
    ON CONFLICT (pile_id, day) DO UPDATE SET until = excluded.until, revisions = excluded.revisions,
      events = excluded.events, named_pile = excluded.named_pile, named_record = excluded.named_record,
      named_line = excluded.named_line, last_at = excluded.last_at, cleared_at = excluded.cleared_at
    -- Another gateway may have summed more of it meanwhile; after a revision what is newer is not known by its time.
    WHERE known.until <= excluded.until OR known.revisions <> excluded.revisions`)
}
