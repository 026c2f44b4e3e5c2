import { records } from "@suyuan/drizzle/schema/ledger"
import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { RECORD_KINDS } from "@suyuan/protocol/ledger/record-kind"
import { sql } from "drizzle-orm"
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
  const rows = await reader.execute<LineRow>(sql`
    WITH wanted AS (
      SELECT * FROM ${unnest("wanted", {
        pile_id: ["bytea", piles.map(({ pileId }) => pileId)],
        merchant_id: ["uuid", piles.map(({ merchantId }) => merchantId)],
        commodity: ["integer", piles.map(({ commodity }) => commodity)],
        after: ["timestamptz", piles.map(({ after }) => after)],
        grams: ["bigint", piles.map(({ grams }) => grams)],
      })}
    ), ${walkedBooks(at, firstDay)}, days AS (
      SELECT wanted.merchant_id, wanted.commodity,
        coalesce((array_agg(book ORDER BY place DESC) FILTER (WHERE business_day < ${at.day}::date))[1], wanted.grams) AS opening,
        coalesce((array_agg(book ORDER BY place DESC) FILTER (WHERE pile_id IS NOT NULL))[1], wanted.grams) AS closing,
        (array_agg(grams_high ORDER BY place DESC) FILTER (WHERE direction = 2 AND business_day = ${at.day}::date))[1] AS counted,
        ${sum(sql`what = 'purchase'`, sql`grams_high`)} AS purchase,
        ${sum(sql`what = 'harvest'`, sql`grams_high`)} AS harvest,
        ${sum(sql`what = 'outside'`, sql`grams_high`)} AS outside,
        ${sum(sql`what = 'return'`, sql`grams_high`)} AS "return",
        ${sum(sql`what = 'other-in'`, sql`grams_high`)} AS other_in,
        ${sum(sql`direction = 2`, sql`greatest(grams_high - book_before, 0)`)} AS surplus,
        ${sum(sql`direction = 2`, sql`greatest(book_before - grams_high, 0)`)} AS loss,
        ${sum(sql`direction <> 2`, sql`short - short_before`)} AS shortfall,
        ${sum(sql`what = 'sale'`, sql`leaving`)} AS sale,
        ${sum(sql`what = 'waste'`, sql`leaving`)} AS waste,
        ${sum(sql`what = 'returned'`, sql`leaving`)} AS returned,
        ${sum(sql`what = 'other-out'`, sql`leaving`)} AS other_out,
        ${sum(sql`direction <> 2`, sql`CASE source WHEN 'void' THEN -1 ELSE 1 END * (grams_high - grams_low)`)} AS open
      FROM wanted LEFT JOIN walked USING (pile_id) GROUP BY wanted.pile_id, wanted.merchant_id, wanted.commodity, wanted.grams
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

  function sum(which: ReturnType<typeof sql>, what: ReturnType<typeof sql>) {
    return sql`coalesce(sum(${what}) FILTER (WHERE business_day = ${at.day}::date AND ${which}), 0)`
  }
}

/** Waste and refunds may be dated so much before what they did to a pile. */
const answeredLateDays = 31

/**
 * Every event of the wanted piles since their books were opened, with the book after it. Between two stock-takes the
 * book is a sum that is lifted, for good, by the least that closes every gap so far; an inflow counts from its earliest
 * time and an outflow from its latest, within its own day, so that a day's closing is the next one's opening.
 */
function walkedBooks(at: SiteDayBounds, firstDay: string) {
  const lastDay = utcDay(at.endsAt)
  const inOrder = sql`(PARTITION BY pile_id, segment ORDER BY direction <> 2, business_day, at, direction, record_id, line)`
  return sql`
    not_sold AS MATERIALIZED (
      SELECT record_id, kind FROM ${records} WHERE kind IN (${sql.raw(`${RECORD_KINDS.waste}, ${RECORD_KINDS.refund}`)})
        AND day BETWEEN ${at.day}::date - ${answeredLateDays}::int AND ${lastDay}::date
    ), events AS (
      SELECT event.pile_id, event.effective_at, event.direction, event.source, event.line, event.record_id,
        event.upstream_record_id, event.grams_low, event.grams_high, wanted.grams::numeric AS opened,
        ((event.effective_at - make_interval(mins => ${at.dayStartsAtMinutes}::int)) AT TIME ZONE ${at.zone})::date AS business_day,
        count(*) FILTER (WHERE event.direction = 2) OVER (
          PARTITION BY event.pile_id ORDER BY event.effective_at, event.direction, event.record_id, event.line) AS segment
      FROM wanted JOIN ${pileEvents} AS event ON event.pile_id = wanted.pile_id AND event.effective_at > wanted.after
        AND event.effective_at < ${at.endsAt.toISOString()}::timestamptz
        AND event.day BETWEEN ${firstDay}::date AND ${lastDay}::date
    ), named AS (
      SELECT events.*,
        effective_at + CASE direction WHEN 0 THEN -1 WHEN 1 THEN 1 ELSE 0 END * ${openOrderMs}::int * interval '1 ms' AS at,
        CASE WHEN direction = 2 THEN grams_high WHEN source = 'void' THEN grams_low
          WHEN direction = 0 THEN grams_high ELSE -grams_low END AS moved,
        CASE WHEN source = 'void' THEN -grams_low WHEN direction = 1 THEN grams_low END AS leaving,
        CASE WHEN direction = 2 THEN 'counted'
          -- What a merchant gave back on a refund comes as a purchase from their pile (RG-24).
          WHEN direction = 0 AND source <> 'void' AND record_id IN (SELECT record_id FROM not_sold WHERE kind = ${RECORD_KINDS.refund}::int)
            THEN 'return'
          WHEN source = 'purchase' THEN 'purchase' WHEN source = 'lot' THEN 'harvest' WHEN source = 'unknown' THEN 'outside'
          WHEN source = 'return' THEN 'return'
          WHEN source NOT IN ('outflow', 'void') THEN CASE direction WHEN 0 THEN 'other-in' ELSE 'other-out' END
          WHEN line >= ${discardedLineOffset}::int THEN 'waste'
          WHEN CASE source WHEN 'void' THEN upstream_record_id ELSE record_id END IN (SELECT record_id FROM not_sold)
            THEN 'returned'
          ELSE 'sale' END AS what
      FROM events
    ), summed AS (
      SELECT named.*, CASE segment WHEN 0 THEN opened ELSE 0 END + sum(moved) OVER ${inOrder} AS level FROM named
    ), lifted AS (
      SELECT summed.*, greatest(0, -min(level) OVER ${inOrder}) AS short FROM summed
    ), placed AS (
      SELECT lifted.*, level + short AS book, lag(short, 1, 0) OVER ${inOrder} AS short_before,
        row_number() OVER (PARTITION BY pile_id ORDER BY segment, direction <> 2, business_day, at, direction, record_id, line)
          AS place
      FROM lifted
    ), walked AS (
      SELECT placed.*, lag(book, 1, opened) OVER (PARTITION BY pile_id ORDER BY place) AS book_before FROM placed
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
