import { bindings } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { ServiceError } from "../errors"
import { chinaDayMs } from "./find-unbilled"

/** Partitions of so many days before are read for a payment that is found late, or a refund that took that long. */
const daysFoundLate = 400

export const ways = ["wechat-pay", "alipay", "cash"] as const
export type Way = (typeof ways)[number]

export type StatementRow = {
  readonly payments: number
  readonly receivedFen: number
  readonly refunds: number
  readonly refundedFen: number
  /** The platform's own, from its bills: null until every movement of the row is in one. Negative where it gave back. */
  readonly feesFen: number | null
  /** Received − refunded − fees; null as long as the fees are. */
  readonly netFen: number | null
}

export type DailyStatement = {
  readonly merchant: { readonly id: string; readonly name: string; readonly stallNumber: string }
  readonly site: { readonly name: string; readonly nameEn: string; readonly zone: string }
  /** Business day of the site, by the local date on which it starts. */
  readonly day: string
  readonly startsAt: Date
  readonly endsAt: Date
  /** Whether the day has ended: what entered the books in it does not change any more, only fees become known. */
  readonly isOver: boolean
  readonly rows: readonly (StatementRow & { readonly way: Way })[]
  readonly total: StatementRow
}

/**
 * What a merchant took and gave back on one business day of its site, by platform and in cash. Money counts when it
 * entered our books: a payment when the platform said so, cash when the terminal's upload came, a refund when it was
 * done, on whatever day its sale was. So Σ of all statements = Σ paid − Σ refunded of the books. Two statements to the
 * database.
 * @throws ServiceError merchant/unknown; statement/day-not-begun; request/forbidden for anybody but the merchant itself,
 *   a wallet bound to it, and an actor with `payments:read` at its site.
 */
export async function dailyStatement(
  ctx: Pick<Context, "db" | "clock">,
  actor: Actor,
  { merchantId, day }: { readonly merchantId: string; readonly day: string },
): Promise<DailyStatement> {
  const nowMs = ctx.clock.nowMs()
  const found = await findBounds(ctx.db, actor, merchantId, day, new Date(nowMs))
  requireReader(actor, merchantId, found)
  if (found === undefined) throw new ServiceError("merchant/unknown")
  if (nowMs < found.startsAt.getTime()) throw new ServiceError("statement/day-not-begun", { field: "day" })
  const { startsAt, endsAt } = found
  const moved = await readMovements(ctx.db, merchantId, startsAt, endsAt)
  const rows = ways.map((way) => ({ way, ...rowOf(moved.filter((row) => row.way === way)) }))
  return {
    merchant: { id: merchantId, name: found.name, stallNumber: found.stallNumber },
    site: { name: found.siteName, nameEn: found.siteNameEn, zone: found.zone },
    ...{ day, startsAt, endsAt, isOver: nowMs >= endsAt.getTime(), rows, total: totalOf(rows) },
  }
}

type Bounds = {
  siteId: string
  isOwn: boolean
  name: string
  stallNumber: string
  siteName: string
  siteNameEn: string
  zone: string
  startsAt: Date
  endsAt: Date
}

function requireReader(actor: Actor, merchantId: string, found: Bounds | undefined): void {
  if (actor.kind === "buyer") {
    if (found?.isOwn !== true) throw new ServiceError("request/forbidden")
  } else if (actor.kind === "merchant") {
    if (actor.id !== merchantId) throw new ServiceError("request/forbidden")
  } else requireScope(actor, "payments:read", found?.siteId)
}

/** The merchant, where its business day begins and ends (as `businessDayOf` cuts days), and whether it is the buyer's. */
async function findBounds(
  reader: Reader,
  actor: Actor,
  merchantId: string,
  day: string,
  now: Date,
): Promise<Bounds | undefined> {
  const at = now.toISOString()
  const startOf = (days: number) =>
    sql`(${day}::date + ${days}::int)::timestamp AT TIME ZONE s.zone + make_interval(mins => s.day_starts_at_minutes)`
  const own = sql`EXISTS (SELECT FROM ${bindings} b WHERE b.buyer_id = ${actor.id}::uuid AND b.merchant_id = m.id
    AND b.valid_from <= ${at}::timestamptz AND (b.valid_to IS NULL OR b.valid_to > ${at}::timestamptz))`
  const [row] = (await reader.execute(sql`
    SELECT m.site_id, m.name, m.stall_number, s.name AS site_name, s.name_en, s.zone,
      ${startOf(0)} AS starts_at, ${startOf(1)} AS ends_at, ${actor.kind === "buyer" ? own : sql`false`} AS is_own
    FROM ${merchants} m JOIN ${sites} s ON s.id = m.site_id WHERE m.id = ${merchantId}`)) as unknown as Record<
    string,
    string | boolean
  >[]
  if (row === undefined) return undefined
  return {
    siteId: String(row.site_id),
    isOwn: row.is_own === true,
    name: String(row.name),
    stallNumber: String(row.stall_number),
    siteName: String(row.site_name),
    siteNameEn: String(row.name_en),
    zone: String(row.zone),
    startsAt: new Date(String(row.starts_at)),
    endsAt: new Date(String(row.ends_at)),
  }
}

type Movements = Omit<StatementRow, "feesFen" | "netFen"> & {
  readonly way: string
  readonly feesFen: number
  /** Movements that no bill lists yet. */
  readonly unbilled: number
}

async function readMovements(reader: Reader, merchantId: string, from: Date, to: Date): Promise<Movements[]> {
  const [starts, ends] = [from.toISOString(), to.toISOString()]
  const isIn = (column: "succeeded_at" | "settled_at") => {
    const at = sql.identifier(column)
    return sql`merchant_id = ${merchantId} AND ${at} >= ${starts}::timestamptz AND ${at} < ${ends}::timestamptz`
  }
  // A payment may be found long after it was made, and a refund take long; nothing older than a year can be given back.
  // Cash waits for a terminal, whose clock named the day.
  const earliest = utcDay(new Date(from.getTime() - daysFoundLate * chinaDayMs))
  const rows = await reader.execute(sql`
    SELECT platform AS way, count(*) AS payments, sum(received_fen) AS received, 0 AS refunds, 0 AS refunded,
      coalesce(sum(fee_fen), 0) AS fees, count(*) FILTER (WHERE fee_fen IS NULL) AS unbilled
    FROM ${attempts} WHERE ${isIn("succeeded_at")} AND state = 'succeeded'
      AND day >= ${earliest}::date AND day <= ${utcDay(to)}::date
    GROUP BY platform
    UNION ALL
    SELECT platform, 0, 0, count(*), sum(amount_fen), coalesce(sum(fee_fen), 0),
      count(*) FILTER (WHERE fee_fen IS NULL AND platform <> 'cash')
    FROM ${refunds} WHERE ${isIn("succeeded_at")} AND state = 'succeeded'
      AND day >= ${earliest}::date AND day <= ${utcDay(to)}::date
    GROUP BY platform
    UNION ALL
    SELECT 'cash', count(*), coalesce(sum(amount_fen), 0), 0, 0, 0, 0
    FROM ${sales} WHERE ${isIn("settled_at")} AND paid_by = 'cash'`)
  return (rows as unknown as Record<string, string>[]).map((row) => ({
    way: String(row.way),
    payments: Number(row.payments),
    receivedFen: Number(row.received),
    refunds: Number(row.refunds),
    refundedFen: Number(row.refunded),
    feesFen: Number(row.fees),
    unbilled: Number(row.unbilled),
  }))
}

function rowOf(moved: readonly Movements[]): StatementRow {
  const sum = (of: (one: Movements) => number) => moved.reduce((total, one) => total + of(one), 0)
  const receivedFen = sum((one) => one.receivedFen)
  const refundedFen = sum((one) => one.refundedFen)
  const feesFen = sum((one) => one.unbilled) > 0 ? null : sum((one) => one.feesFen)
  return {
    payments: sum((one) => one.payments),
    receivedFen,
    refunds: sum((one) => one.refunds),
    refundedFen,
    feesFen,
    netFen: feesFen === null ? null : receivedFen - refundedFen - feesFen,
  }
}

function totalOf(rows: readonly StatementRow[]): StatementRow {
  const sum = (of: (row: StatementRow) => number) => rows.reduce((total, row) => total + of(row), 0)
  const isKnown = rows.every(({ feesFen }) => feesFen !== null)
  return {
    payments: sum((row) => row.payments),
    receivedFen: sum((row) => row.receivedFen),
    refunds: sum((row) => row.refunds),
    refundedFen: sum((row) => row.refundedFen),
    feesFen: isKnown ? sum((row) => row.feesFen ?? 0) : null,
    netFen: isKnown ? sum((row) => row.netFen ?? 0) : null,
  }
}
