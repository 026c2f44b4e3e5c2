import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { and, asc, eq, gt, gte, isNull, lt } from "drizzle-orm"
import type { Reader } from "../context"
import { utcDay } from "../day"
import { type Difference, missingThere } from "./compare-bill"
import { billPageLines } from "./daily-bill"
import type { BillDay } from "./take-bill-page"

export const chinaDayMs = 86_400_000

/** China midnight, which begins the day of a bill. */
export function chinaDayStart(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

/** Partitions of so many days before are read for a payment that took that long. */
const daysPaying = 3

/** Instants of a bill's day, and the first partition in which a payment of it may lie. */
export function dayBounds(day: string) {
  const from = new Date(chinaDayStart(day))
  const to = new Date(from.getTime() + chinaDayMs)
  return { from, to, earliest: utcDay(new Date(from.getTime() - daysPaying * chinaDayMs)) }
}

function isUnbilledPayment({ platform, day }: BillDay) {
  const { from, to, earliest } = dayBounds(day)
  return and(
    eq(attempts.platform, platform),
    eq(attempts.state, "succeeded"),
    isNull(attempts.billedDay),
    gte(attempts.succeededAt, from),
    lt(attempts.succeededAt, to),
    gte(attempts.day, earliest),
  )
}

function isUnbilledRefund({ platform, day }: BillDay) {
  const { from, to } = dayBounds(day)
  return and(
    eq(refunds.platform, platform),
    eq(refunds.state, "succeeded"),
    isNull(refunds.billedDay),
    gte(refunds.succeededAt, from),
    lt(refunds.succeededAt, to),
  )
}

/** The payment that a refund is of. */
export const ofAttempt = and(eq(attempts.outTradeNo, refunds.outTradeNo), eq(attempts.day, refunds.attemptDay))

/** Whether our books have business of that day that no bill lists; of one payee, or of all of the service provider's. */
export async function hasUnbilled(reader: Reader, about: BillDay, payeeAccount: string | undefined): Promise<boolean> {
  const ofPayee =
    payeeAccount === undefined ? isNull(attempts.payeeDirectAccount) : eq(attempts.payeeAccount, payeeAccount)
  const paid = reader
    .select({ number: attempts.outTradeNo })
    .from(attempts)
    .where(and(isUnbilledPayment(about), ofPayee))
    .limit(1)
  if ((await paid).length > 0) return true
  const returned = await reader
    .select({ number: refunds.outRefundNo })
    .from(refunds)
    .innerJoin(attempts, ofAttempt)
    .where(and(isUnbilledRefund(about), ofPayee))
    .limit(1)
  return returned.length > 0
}

/** Done that day by our clock and in no bill so far, a page at a time. */
export async function* unbilledPages(reader: Reader, about: BillDay): AsyncGenerator<readonly Difference[]> {
  for (let after = ""; ; ) {
    const rows = await reader
      .select()
      .from(attempts)
      .where(and(isUnbilledPayment(about), gt(attempts.outTradeNo, after)))
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
      .where(and(isUnbilledRefund(about), gt(refunds.outRefundNo, after)))
      .orderBy(asc(refunds.outRefundNo))
      .limit(billPageLines)
    if (rows.length > 0) yield rows.map(({ refund, account }) => missingThere(refund, account))
    if (rows.length < billPageLines) break
    after = rows.at(-1)?.refund.outRefundNo ?? after
  }
}
