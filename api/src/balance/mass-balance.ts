import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { type SQL, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { discardedLineOffset } from "../trace/apply-refunded-goods"
import { openOrderMs } from "../trace/resolve"
import { unnest } from "../unnest"
import { type Books, type BooksAsked, findBooks, type SiteDayBounds } from "./find-books"

/** What came in. `surplus` was found by a stock-take; `shortfall` must have come, because it was sold; `other` has no name here yet. */
export const inflowKinds = ["purchase", "harvest", "outside", "return", "surplus", "shortfall", "other"] as const
/** What left. `loss` was missing at a stock-take; `returned` went back to whom it was bought from. */
export const outflowKinds = ["sale", "waste", "loss", "returned", "other"] as const

/** One commodity of one stall on one business day: `openingGrams` + Σ `in` − Σ `out` = `closingGrams`, to the gram. */
export type BalanceLine = {
  readonly merchantId: string
  readonly stallNumber: string
  readonly name: string
  readonly commodity: number
  /** As the catalogue names it; its code where it does not. */
  readonly nameZh: string
  readonly nameEn: string
  readonly openingGrams: number
  readonly in: Readonly<Record<(typeof inflowKinds)[number], number>>
  readonly out: Readonly<Record<(typeof outflowKinds)[number], number>>
  readonly closingGrams: number
  /** By the newest stock-take of the day; of every pile of the commodity that was counted. */
  readonly countedGrams: number | null
  /** How much more may have come, or left, by declared weights (boxes and pieces): inflows count at their most, outflows at their least. */
  readonly openGrams: number
}

export type MassBalance = SiteDayBounds & { readonly lines: readonly BalanceLine[] }

/**
 * What the books say of a day, by stall and commodity. The book never falls below nothing: what was sold beyond it is
 * `shortfall` of the day on which it showed (RG-6, RG-8), and a stock-take sets it (RG-7); both weigh what the pure engine
 * says of the same events, with the clocks' error allowed for (RG-2). Piles of one commodity are added up. Two round trips.
 * @throws ServiceError as `findBooks`.
 */
export async function readMassBalance(
  ctx: Pick<Context, "db" | "clock">,
  actor: Actor,
  asked: BooksAsked,
): Promise<MassBalance> {
  const books = await findBooks(ctx, actor, asked)
  return { ...books.at, lines: await readLines(ctx.db, books) }
}

async function readLines(reader: Reader, { at, piles }: Books): Promise<BalanceLine[]> {
  if (piles.length === 0) return []
  const firstDay = utcDay(new Date(Math.min(...piles.map(({ after }) => after.getTime()))))
  const ofDay = sql`business_day = ${at.day}::date`
  const rows = await reader.execute<LineRow>(sql`
    WITH wanted AS MATERIALIZED (
      SELECT * FROM ${unnest("wanted", {
        pile: ["integer", piles.map((_, index) => index)],
        pile_id: ["bytea", piles.map(({ pileId }) => pileId)],
        merchant_id: ["uuid", piles.map(({ merchantId }) => merchantId)],
        commodity: ["integer", piles.map(({ commodity }) => commodity)],
        after: ["timestamptz", piles.map(({ after }) => after)],
        grams: ["bigint", piles.map(({ grams }) => grams)],
      })} ORDER BY pile
    ), ${walkedBooks(at, firstDay)}, days AS (
      SELECT wanted.merchant_id, wanted.commodity,
        (array_agg(opening ORDER BY segment DESC) FILTER (WHERE segment = 0 OR business_day < ${at.day}::date))[1] AS opening,
        (array_agg(closing ORDER BY segment DESC))[1] AS closing,
        (array_agg(base ORDER BY segment DESC) FILTER (WHERE ${ofDay}))[1] AS counted,
        ${sql.join(
          summed.map(([name]) => sql`sum(${sql.identifier(name)}) AS ${sql.identifier(name)}`),
          sql`, `,
        )},
        coalesce(sum(greatest(base - closing_before, 0)) FILTER (WHERE ${ofDay}), 0) AS surplus,
        coalesce(sum(greatest(closing_before - base, 0)) FILTER (WHERE ${ofDay}), 0) AS loss,
        sum(shortfall) AS shortfall
      FROM books JOIN wanted USING (pile) GROUP BY pile, wanted.merchant_id, wanted.commodity
    )
    SELECT days.merchant_id, merchant.stall_number, merchant.name, days.commodity,
      coalesce(known.name_zh, days.commodity::text) AS name_zh, coalesce(known.name_en, days.commodity::text) AS name_en,
      ${sql.join(
        columns.map((name) => sql`sum(${sql.identifier(name)})::float8 AS ${sql.identifier(name)}`),
        sql`, `,
      )}
    FROM days JOIN ${merchants} AS merchant ON merchant.id = days.merchant_id
      LEFT JOIN ${commodities} AS known ON known.code = days.commodity
    GROUP BY days.merchant_id, merchant.stall_number, merchant.name, days.commodity, known.name_zh, known.name_en
    HAVING sum(opening) <> 0 OR sum(closing) <> 0 OR count(counted) > 0
      OR sum(purchase + harvest + outside + "return" + other_in + surplus + loss + shortfall + sale + waste + returned + other_out) <> 0
    ORDER BY merchant.stall_number, days.merchant_id, days.commodity`)
  return rows.map(lineOf)
}

/** Waste and refunds may be dated so much before what they did to a pile. */
const answeredLateDays = 31

/** What is added up of a day's events, and of which. */
const summed = [
  ["purchase", "grams_high"],
  ["harvest", "grams_high"],
  ["outside", "grams_high"],
  ["return", "grams_high"],
  ["other_in", "grams_high"],
  ["sale", "leaving"],
  ["waste", "leaving"],
  ["returned", "leaving"],
  ["other_out", "leaving"],
  ["open", "open_grams"],
] as const

/**
 * The wanted piles' books since they were opened, cut into segments: one that begins as the book was opened, and one at each
 * stock-take. In a segment the book is a sum that is lifted, for good, by the least that closes every gap so far: what it
 * comes to needs the sum and its lowest level alone. An inflow counts from its earliest time and an outflow from its
 * latest, within its own day, so that a day's closing is the next one's opening. Sums are `float8`, which is exact below
 * 2^53 g, and a fraction of the work of `numeric`.
 */
function walkedBooks(at: SiteDayBounds, firstDay: string) {
  const lastDay = utcDay(at.endsAt)
  const isOfDay = sql`business_day = ${at.day}::date`
  const isBefore = sql`business_day < ${at.day}::date`
  const businessDay = (time: SQL) =>
    sql`((${time} - make_interval(mins => ${at.dayStartsAtMinutes}::int)) AT TIME ZONE ${at.zone})::date`
  const ofWanted = sql`event.pile_id = wanted.pile_id AND event.effective_at > wanted.after
        AND event.effective_at < ${at.endsAt.toISOString()}::timestamptz
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date`
  return sql`
    not_sold AS MATERIALIZED (
      SELECT record_id, kind FROM ${records} WHERE kind IN (${sql.raw(`${RECORD_KINDS.waste}, ${RECORD_KINDS.refund}`)})
        AND day BETWEEN ${at.day}::date - ${answeredLateDays}::int AND ${lastDay}::date
    ), counts AS MATERIALIZED (
      SELECT wanted.pile, event.effective_at, event.grams_high::float8 AS base, ${businessDay(sql`event.effective_at`)} AS business_day,
        row_number() OVER (PARTITION BY wanted.pile ORDER BY event.effective_at, event.record_id, event.line)::int AS segment
      FROM wanted JOIN ${pileEvents} AS event ON ${ofWanted} WHERE event.source = 'count'
    ), counted AS MATERIALIZED (
      -- A stock-take comes after what happened at its instant.
      SELECT pile, array_agg(effective_at + interval '1 microsecond' ORDER BY segment) AS ends FROM counts GROUP BY pile
    ), events AS (
      SELECT wanted.pile, coalesce(width_bucket(event.effective_at, counted.ends), 0) AS segment,
        ${businessDay(sql`event.effective_at`)} AS business_day,
        event.effective_at + CASE event.direction WHEN 0 THEN -1 ELSE 1 END * ${openOrderMs}::int * interval '1 ms' AS at,
        event.direction, event.record_id, event.line, event.grams_high::float8 AS grams_high,
        CASE WHEN source = 'void' THEN grams_low WHEN direction = 0 THEN grams_high ELSE -grams_low END::float8 AS moved,
        CASE WHEN source = 'void' THEN -grams_low WHEN direction = 1 THEN grams_low END::float8 AS leaving,
        (CASE source WHEN 'void' THEN -1 ELSE 1 END * (grams_high - grams_low))::float8 AS open_grams,
        -- What a merchant gave back on a refund comes as a purchase from their pile (RG-24).
        CASE WHEN direction = 0 AND source <> 'void' AND record_id IN (SELECT record_id FROM not_sold WHERE kind = ${RECORD_KINDS.refund}::int)
            THEN 'return'
          WHEN source = 'purchase' THEN 'purchase' WHEN source = 'lot' THEN 'harvest' WHEN source = 'unknown' THEN 'outside'
          WHEN source = 'return' THEN 'return'
          WHEN source NOT IN ('outflow', 'void') THEN CASE direction WHEN 0 THEN 'other_in' ELSE 'other_out' END
          WHEN line >= ${discardedLineOffset}::int THEN 'waste'
          WHEN CASE source WHEN 'void' THEN upstream_record_id ELSE record_id END IN (SELECT record_id FROM not_sold)
            THEN 'returned'
          ELSE 'sale' END AS what
      FROM wanted JOIN ${pileEvents} AS event ON ${ofWanted} LEFT JOIN counted ON counted.pile = wanted.pile
      WHERE event.direction <> 2
    ), levels AS (
      SELECT events.*, sum(moved) OVER (
        PARTITION BY pile, segment ORDER BY business_day, at, direction, record_id, line ROWS UNBOUNDED PRECEDING) AS level
      FROM events
    ), segments AS (
      SELECT pile, segment, sum(moved) AS moved, min(level) AS low, count(*) FILTER (WHERE ${isOfDay}) AS of_day,
        sum(moved) FILTER (WHERE ${isBefore}) AS moved_before, min(level) FILTER (WHERE ${isBefore}) AS low_before,
        ${sql.join(
          summed.map(([name, grams]) => {
            const which = name === "open" ? sql`true` : sql`what = ${sql.raw(`'${name}'`)}`
            return sql`sum(${sql.identifier(grams)}) FILTER (WHERE ${isOfDay} AND ${which}) AS ${sql.identifier(name)}`
          }),
          sql`, `,
        )}
      FROM levels GROUP BY pile, segment
    ), begun AS (
      SELECT pile, 0 AS segment, grams::float8 AS base, NULL::date AS business_day FROM wanted
      UNION ALL SELECT pile, segment, base, business_day FROM counts
    ), closed AS (
      SELECT begun.*, base + coalesce(moved_before, 0) + greatest(0, -(base + low_before)) AS opening,
        base + coalesce(moved, 0) + greatest(0, -(base + low)) AS closing,
        CASE WHEN of_day > 0 THEN greatest(0, -(base + low)) - greatest(0, -(base + low_before)) ELSE 0 END AS shortfall,
        ${sql.join(
          summed.map(([name]) => sql`coalesce(${sql.identifier(name)}, 0) AS ${sql.identifier(name)}`),
          sql`, `,
        )}
      FROM begun LEFT JOIN segments USING (pile, segment)
    ), books AS (
      SELECT closed.*, lag(closing) OVER (PARTITION BY pile ORDER BY segment) AS closing_before FROM closed
    )`
}

const columns = [
  ...["opening", "closing", "counted", "purchase", "harvest", "outside", "return", "other_in", "surplus", "loss"],
  ...["shortfall", "sale", "waste", "returned", "other_out", "open"],
] as const

type LineRow = {
  readonly merchant_id: string
  readonly stall_number: string
  readonly name: string
  readonly commodity: number
  readonly name_zh: string
  readonly name_en: string
} & Readonly<Record<Exclude<(typeof columns)[number], "counted">, number>> & { readonly counted: number | null }

function lineOf(row: LineRow): BalanceLine {
  const { merchant_id, stall_number, name, commodity, name_zh, name_en } = row
  const { purchase, harvest, outside, surplus, shortfall, sale, waste, loss, returned } = row
  return {
    ...{ merchantId: merchant_id, stallNumber: stall_number, name, commodity, nameZh: name_zh, nameEn: name_en },
    openingGrams: row.opening,
    in: { purchase, harvest, outside, return: row.return, surplus, shortfall, other: row.other_in },
    out: { sale, waste, loss, returned, other: row.other_out },
    closingGrams: row.closing,
    countedGrams: row.counted,
    openGrams: row.open,
  }
}
