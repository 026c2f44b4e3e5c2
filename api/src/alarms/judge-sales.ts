import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminals } from "@suyuan/drizzle/schema/terminals"
import { sql } from "drizzle-orm"
import type { SiteDayBounds } from "../balance/find-books"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { binomialTailExponent } from "./chance"
import { namedMax } from "./evidence"
import type { FoundAlarm } from "./raise-alarms"

/** A sale is paid so many days after it was signed at most. */
const paidWithinDays = 2

/** Stalls that their own wallets paid: trade that nobody need have made. By merchant and day; no wallet is named. One query. */
export async function judgeOwnWallets(
  ctx: Pick<Context, "config">,
  reader: Reader,
  { siteId, day, startsAt, endsAt }: SiteDayBounds,
): Promise<FoundAlarm[]> {
  const paymentsMin = ctx.config.ALARM_OWN_WALLET_PAYMENTS
  const firstDay = utcDay(new Date(startsAt.getTime() - paidWithinDays * 86_400_000))
  const rows = await reader.execute<OwnWalletRow>(sql`
    SELECT merchant_id, count(*)::int AS payments, sum(paid_fen)::float8 AS amount_fen, count(DISTINCT buyer_id)::int AS wallets,
      (array_agg(lpad(to_hex(terminal_id), 10, '0') || '/' || counter ORDER BY settled_at, terminal_id, counter))[1:${sql.raw(String(namedMax))}] AS named
    FROM ${sales} WHERE site_id = ${siteId}::uuid AND buyer_merchant_id = merchant_id AND state = 'paid'
      AND day BETWEEN ${firstDay}::date AND ${utcDay(endsAt)}::date
      AND settled_at >= ${startsAt.toISOString()}::timestamptz AND settled_at < ${endsAt.toISOString()}::timestamptz
    GROUP BY merchant_id HAVING count(*) >= ${paymentsMin}::int`)
  return rows.map(({ merchant_id: merchantId, payments, amount_fen: amountFen, wallets, named }) => ({
    kind: "own-wallet" as const,
    subject: merchantId,
    ...{ day, siteId, merchantId },
    evidence: { payments, amountFen, wallets, paymentsMin, sales: named },
  }))
}

type OwnWalletRow = {
  readonly merchant_id: string
  readonly payments: number
  readonly amount_fen: number
  readonly wallets: number
  readonly named: string[]
}

/** Whole yuan. */
const roundFen = 100
/** Fewer weighed sales of a day say nothing. */
const salesMin = 30
/** Scales that show 5 or 10 g and round prices make at most so many of honest totals whole yuan. */
const expectedMin = 0.1
/** As if so many sales of the others were known already, of which the least expected share is round. */
const priorSales = 10

/**
 * Stalls of whose weighed goods' totals more are whole yuan than chance gives: weights that were made up to fit. Before
 * what the seller let go (抹零), and without goods sold by the piece. What is usual is what the site's other stalls did
 * that day. One query; a row a stall. A terminal's days lie together: its sales are read one after the other, and not one
 * by one.
 */
export async function judgeRoundAmounts(
  ctx: Pick<Context, "config">,
  reader: Reader,
  { siteId, day, startsAt, endsAt }: SiteDayBounds,
): Promise<FoundAlarm[]> {
  const rows = await reader.execute<RoundRow>(sql`
    WITH here AS MATERIALIZED (
      SELECT id FROM ${terminals} WHERE site_id = ${siteId}::uuid
    ), totals AS (
      SELECT line.terminal_id, line.counter, line.day, sum(line.amount_fen) AS total,
        -- The two top bits: grams or hundreds of grams.
        bool_and(line.quantity_packed < 2147483648) AS is_weighed
      FROM here JOIN ${saleLines} AS line ON line.terminal_id = here.id
      WHERE line.day BETWEEN ${utcDay(startsAt)}::date AND ${utcDay(endsAt)}::date
      GROUP BY line.terminal_id, line.counter, line.day
    )
    SELECT sale.merchant_id, count(*)::int AS sales, count(*) FILTER (WHERE total % ${roundFen}::int = 0)::int AS round
    FROM here JOIN ${sales} AS sale ON sale.terminal_id = here.id
      JOIN totals ON totals.terminal_id = sale.terminal_id AND totals.counter = sale.counter AND totals.day = sale.day
    WHERE totals.is_weighed AND sale.site_id = ${siteId}::uuid AND sale.state = 'paid'
      AND sale.day BETWEEN ${utcDay(startsAt)}::date AND ${utcDay(endsAt)}::date
      AND sale.effective_at >= ${startsAt.toISOString()}::timestamptz AND sale.effective_at < ${endsAt.toISOString()}::timestamptz
    GROUP BY sale.merchant_id`)
  const all = rows.reduce(({ sales, round }, row) => ({ sales: sales + row.sales, round: round + row.round }), {
    sales: 0,
    round: 0,
  })
  return rows.flatMap(({ merchant_id: merchantId, sales, round }) => {
    if (sales < salesMin) return []
    const usual = (all.round - round + priorSales * expectedMin) / (all.sales - sales + priorSales)
    const expected = Math.max(expectedMin, usual)
    const exponent = binomialTailExponent(sales, round, expected)
    if (exponent < ctx.config.ALARM_ROUND_CHANCE_EXPONENT) return []
    return [
      {
        kind: "round-amounts" as const,
        subject: merchantId,
        ...{ day, siteId, merchantId },
        evidence: {
          ...{ sales, roundSales: round, roundFen },
          expectedPermille: Math.round(expected * 1000),
          chanceExponent: Math.round(Math.min(exponent, 300) * 10) / 10,
        },
      },
    ]
  })
}

type RoundRow = { readonly merchant_id: string; readonly sales: number; readonly round: number }
