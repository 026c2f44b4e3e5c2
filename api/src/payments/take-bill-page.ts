import { reconciliationItems } from "@suyuan/drizzle/schema/payments"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { arrayOf, unnest } from "../unnest"
import { type AttemptRow, attemptKeyOf, type RefundRow, refundKeyOf } from "./attempts"
import { comparePayment, compareRefund, type Difference } from "./compare-bill"
import type { BillLine, BillPayment, BillRefund } from "./daily-bill"
import { chinaDayMs, chinaDayStart } from "./find-unbilled"
import type { Platform } from "./payment-provider"

export type BillDay = { readonly platform: Platform; readonly day: string }

/**
 * Holds one page of a bill against our books: notes on each payment and refund that is ours the bill and the fee, and
 * keeps each difference as an item. Three statements, however many lines. Returns how many lines match.
 */
export async function takeBillPage(
  ctx: Context,
  tx: Transaction,
  about: BillDay,
  page: readonly BillLine[],
): Promise<number> {
  const payments = page.filter((line) => line.about === "payment")
  const refunds = page.filter((line) => line.about === "refund")
  const ofPayments = await takePayments(tx, about, payments)
  const ofRefunds = await takeRefunds(tx, about, refunds)
  const differences = [...ofPayments, ...ofRefunds].filter((difference) => difference !== undefined)
  await keepDifferences(ctx, tx, about, differences)
  return page.length - differences.length
}

/** Keeps each once: a number that has an item of that day keeps the one it has. */
export async function keepDifferences(
  ctx: Context,
  tx: Transaction,
  { platform, day }: BillDay,
  differences: readonly Difference[],
): Promise<void> {
  if (differences.length === 0) return
  const of = <K extends keyof Difference>(name: K) => differences.map((difference) => difference[name])
  await tx.execute(sql`
    INSERT INTO ${reconciliationItems} (id, platform, day, out_trade_no, out_refund_no, site_id, payee_account, kind,
      here_state, here_fen, there_state, there_fen, repair, state, created_at)
    SELECT id, ${platform}, ${day}::date, out_trade_no, out_refund_no, site_id, payee_account, kind,
      here_state, here_fen, there_state, there_fen, repair, 'open', ${new Date(ctx.clock.nowMs()).toISOString()}::timestamptz
    FROM ${unnest("found", {
      id: ["uuid", differences.map(() => ctx.random.uuid())],
      out_trade_no: ["text", of("outTradeNo")],
      out_refund_no: ["text", of("outRefundNo")],
      site_id: ["uuid", of("siteId")],
      payee_account: ["text", of("payeeAccount")],
      kind: ["text", of("kind")],
      here_state: ["text", of("hereState")],
      here_fen: ["bigint", of("hereFen")],
      there_state: ["text", of("thereState")],
      there_fen: ["bigint", of("thereFen")],
      repair: ["text", of("repair")],
    })}
    ON CONFLICT DO NOTHING`)
}

/** What a comparison needs of our own row; the statement finds only those of the platform and account that billed it. */
type Found = {
  readonly place: number
  readonly site_id: string
  readonly state: string
  readonly amount_fen: string
  readonly received_fen?: string | null
  readonly succeeded_at_ms: number | null
}

async function takePayments(
  tx: Transaction,
  { platform, day }: BillDay,
  lines: readonly BillPayment[],
): Promise<(Difference | undefined)[]> {
  const known = lines.flatMap((line, place) => {
    const key = attemptKeyOf(line.outTradeNo)
    return key === undefined ? [] : [{ ...line, place, keyDay: key.day }]
  })
  const rows = await noteBilled(tx, "attempts", { platform, day }, known, [
    "out_trade_no",
    known.map((line) => line.outTradeNo),
    "payee_account",
    known.map((line) => line.payeeAccount),
  ])
  return lines.map((line, place) => {
    const row = rows.get(place)
    if (row === undefined) return comparePayment(platform, line, undefined)
    const { payeeAccount } = line
    const receivedFen = row.received_fen == null ? null : Number(row.received_fen)
    const ours = { platform, payeeAccount, siteId: row.site_id, state: row.state as AttemptRow["state"], receivedFen }
    return comparePayment(platform, line, { ...ours, amountFen: Number(row.amount_fen) })
  })
}

async function takeRefunds(
  tx: Transaction,
  { platform, day }: BillDay,
  lines: readonly BillRefund[],
): Promise<(Difference | undefined)[]> {
  const known = lines.flatMap((line, place) => {
    const key = refundKeyOf(line.outRefundNo)
    return key === undefined ? [] : [{ ...line, place, keyDay: key.day }]
  })
  const rows = await noteBilled(tx, "refunds", { platform, day }, known, [
    "out_refund_no",
    known.map((line) => line.outRefundNo),
    "out_trade_no",
    known.map((line) => line.outTradeNo),
  ])
  const dayEndMs = chinaDayStart(day) + chinaDayMs
  return lines.map((line, place) => {
    const row = rows.get(place)
    if (row === undefined) return compareRefund(platform, line, undefined, dayEndMs)
    const ours = { platform, outTradeNo: line.outTradeNo, siteId: row.site_id, state: row.state as RefundRow["state"] }
    const { amount_fen, succeeded_at_ms: succeededAtMs } = row
    return compareRefund(platform, line, { ...ours, amountFen: Number(amount_fen), succeededAtMs }, dayEndMs)
  })
}

/** Rows of ours by the place of their line. Noting what is noted already writes nothing. */
async function noteBilled(
  tx: Transaction,
  table: "attempts" | "refunds",
  { platform, day }: BillDay,
  lines: readonly { readonly place: number; readonly keyDay: string; readonly feeFen: number }[],
  [key, keys, other, others]: readonly [string, readonly string[], string, readonly string[]],
): Promise<Map<number, Found>> {
  if (lines.length === 0) return new Map()
  const named = sql.identifier(table)
  const days = lines.map((line) => line.keyDay)
  // The days by themselves let the database leave out other days' partitions before it looks for any number.
  const isIt = sql`o.${sql.identifier(key)} = bill.key AND o.day = bill.day AND o.day = ANY (${arrayOf("date", [...new Set(days)])})
    AND o.platform = ${platform} AND o.${sql.identifier(other)} = bill.other`
  const received = table === "attempts" ? sql`, o.received_fen` : sql``
  const found = await tx.execute(sql`
    WITH bill AS (SELECT * FROM ${unnest("lines", {
      place: ["integer", lines.map((line) => line.place)],
      key: ["text", keys],
      day: ["date", days],
      other: ["text", others],
      fee_fen: ["bigint", lines.map((line) => line.feeFen)],
    })}),
    noted AS (
      UPDATE ${named} o SET billed_day = ${day}::date, fee_fen = bill.fee_fen FROM bill
      WHERE ${isIt} AND (o.billed_day IS DISTINCT FROM ${day}::date OR o.fee_fen IS DISTINCT FROM bill.fee_fen)
    )
    SELECT bill.place, o.site_id, o.state, o.amount_fen${received},
      extract(epoch FROM o.succeeded_at)::float8 * 1000 AS succeeded_at_ms
    FROM bill JOIN ${named} o ON ${isIt}`)
  return new Map((found as unknown as Found[]).map((row) => [row.place, row]))
}
