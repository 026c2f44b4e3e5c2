import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { and, asc, eq, gt, gte, isNotNull, isNull, lt, lte, type SQL, sql } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { arrayOf } from "../unnest"
import { type Difference, missingThere } from "./compare-bill"
import { billPageLines } from "./daily-bill"
import type { Payee } from "./payment-provider"
import type { BillDay } from "./take-bill-page"

export const chinaDayMs = 86_400_000

/** China midnight, which begins the day of a bill. */
export function chinaDayStart(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

/** Partitions of so many days before are read for a payment that took that long, and for a refund. */
const daysPaying = 3
const daysRefunding = 400

/** Instants of a bill's day, and the partitions in which a payment of it and a refund of it may lie. */
export function dayBounds(day: string) {
  const from = new Date(chinaDayStart(day))
  const to = new Date(from.getTime() + chinaDayMs)
  const before = (days: number) => utcDay(new Date(from.getTime() - days * chinaDayMs))
  return { from, to, earliest: before(daysPaying), earliestRefund: before(daysRefunding), latest: utcDay(to) }
}

function isUnbilledPayment({ platform, day }: BillDay) {
  const { from, to, earliest, latest } = dayBounds(day)
  return and(
    eq(attempts.platform, platform),
    eq(attempts.state, "succeeded"),
    isNull(attempts.billedDay),
    gte(attempts.succeededAt, from),
    lt(attempts.succeededAt, to),
    gte(attempts.day, earliest),
    lte(attempts.day, latest),
  )
}

function isUnbilledRefund({ platform, day }: BillDay) {
  const { from, to, earliestRefund, latest } = dayBounds(day)
  return and(
    eq(refunds.platform, platform),
    eq(refunds.state, "succeeded"),
    isNull(refunds.billedDay),
    gte(refunds.succeededAt, from),
    lt(refunds.succeededAt, to),
    gte(refunds.day, earliestRefund),
    lte(refunds.day, latest),
  )
}

/** The payment that a refund is of. */
export const ofAttempt = and(eq(attempts.outTradeNo, refunds.outTradeNo), eq(attempts.day, refunds.attemptDay))

/**
 * Of whom our books have business of that day that no bill lists: read once for all payees of the day.
 * @param payee undefined: any of the service provider's
 */
export async function findUnbilledPayees(
  reader: Reader,
  about: BillDay,
): Promise<(payee: Payee | undefined) => boolean> {
  const payee = { account: attempts.payeeAccount, directAccount: attempts.payeeDirectAccount }
  const paid = await reader.selectDistinct(payee).from(attempts).where(isUnbilledPayment(about))
  const returned = await reader
    .selectDistinct(payee)
    .from(refunds)
    .innerJoin(attempts, ofAttempt)
    .where(isUnbilledRefund(about))
  const found = [...paid, ...returned]
  return (payee) =>
    found.some(({ account, directAccount }) =>
      payee === undefined
        ? directAccount === null
        : directAccount === (payee.directAccount ?? null) && (directAccount !== null || account === payee.account),
    )
}

/** Payments of others than these payees, whose bill nobody has seen. */
function isOfOthers(missing: readonly (Payee | undefined)[]): SQL | undefined {
  if (missing.length === 0) return undefined
  const named = missing.filter((payee) => payee !== undefined)
  const direct = named.flatMap(({ directAccount }) => directAccount ?? [])
  const provided = named.flatMap(({ account, directAccount }) => (directAccount === undefined ? account : []))
  const { payeeAccount: account, payeeDirectAccount: directAccount } = attempts
  return and(
    sql`(${directAccount} IS NULL OR ${directAccount} <> ALL (${arrayOf("text", direct)}))`,
    missing.length > named.length
      ? isNotNull(directAccount)
      : sql`(${directAccount} IS NOT NULL OR ${account} <> ALL (${arrayOf("text", provided)}))`,
  )
}

/**
 * Done that day by our clock and in no bill so far, a page at a time.
 * @param missing payees whose bill is not there: nothing is concluded of them
 */
export async function* unbilledPages(
  reader: Reader,
  about: BillDay,
  missing: readonly (Payee | undefined)[],
): AsyncGenerator<readonly Difference[]> {
  const ofOthers = isOfOthers(missing)
  for (let after = ""; ; ) {
    const rows = await reader
      .select()
      .from(attempts)
      .where(and(isUnbilledPayment(about), ofOthers, gt(attempts.outTradeNo, after)))
      .orderBy(asc(attempts.outTradeNo))
      .limit(billPageLines)
    if (rows.length > 0) yield rows.map((row) => missingThere(row, row.payeeAccount))
    if (rows.length < billPageLines) break
    after = rows.at(-1)?.outTradeNo ?? after
  }
  for (let after = ""; ; ) {
    const rows = await reader
      .select({ refund: refunds, account: attempts.payeeAccount })
      .from(refunds)
      .innerJoin(attempts, ofAttempt)
      .where(and(isUnbilledRefund(about), ofOthers, gt(refunds.outRefundNo, after)))
      .orderBy(asc(refunds.outRefundNo))
      .limit(billPageLines)
    if (rows.length > 0) yield rows.map(({ refund, account }) => missingThere(refund, account))
    if (rows.length < billPageLines) break
    after = rows.at(-1)?.refund.outRefundNo ?? after
  }
}
