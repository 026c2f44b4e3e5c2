/** Rows of the money tables, found by the numbers that platforms know, and locked in one order: sale, attempt, refund. */
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { and, asc, eq, gte, inArray } from "drizzle-orm"
import type { Reader, Transaction } from "../context"
import { utcDay } from "../day"
import { isSale, type SaleKey } from "../sales/sale-key"
import { dayOfNumber, parseRefundNo } from "./refund-number"

export type SaleRow = typeof sales.$inferSelect
export type AttemptRow = typeof attempts.$inferSelect
export type RefundRow = typeof refunds.$inferSelect
export type AttemptKey = Pick<AttemptRow, "outTradeNo" | "day">
export type RefundKey = Pick<RefundRow, "outRefundNo" | "day">

/** States in which the platform may still take money for an attempt, or will once it is sent. */
export const liveStates = ["prepared", "sent", "unknown", "open"] as const

export function isLive(attempt: Pick<AttemptRow, "state">): boolean {
  return (liveStates as readonly string[]).includes(attempt.state)
}

/** Undefined for a number that is not ours; its day says where to look. */
export function attemptKeyOf(outTradeNo: string): AttemptKey | undefined {
  const name = parseOutTradeNo(outTradeNo)
  return name.ok ? { outTradeNo, day: dayOfNumber(name.value) } : undefined
}

export function refundKeyOf(outRefundNo: string): RefundKey | undefined {
  const name = parseRefundNo(outRefundNo)
  return name.ok ? { outRefundNo, day: dayOfNumber(name.value) } : undefined
}

const isAttempt = (key: AttemptKey) => and(eq(attempts.outTradeNo, key.outTradeNo), eq(attempts.day, key.day))
const isRefund = (key: RefundKey) => and(eq(refunds.outRefundNo, key.outRefundNo), eq(refunds.day, key.day))

export async function findAttempt(reader: Reader, key: AttemptKey): Promise<AttemptRow | undefined> {
  const [row] = await reader.select().from(attempts).where(isAttempt(key))
  return row
}

export async function findRefund(reader: Reader, key: RefundKey): Promise<RefundRow | undefined> {
  const [row] = await reader.select().from(refunds).where(isRefund(key))
  return row
}

export async function lockSale(tx: Transaction, key: SaleKey): Promise<SaleRow | undefined> {
  const [row] = await tx.select().from(sales).where(isSale(key)).for("update")
  return row
}

export function saleKeyOf(row: { terminalId: number; counter: number; saleDay: string }): SaleKey {
  return { terminalId: row.terminalId, counter: row.counter, day: row.saleDay }
}

/** The sale's lock covers its attempts and refunds: whoever changes one of them holds it. */
export async function lockAttempt(
  tx: Transaction,
  key: AttemptKey,
): Promise<{ sale: SaleRow; attempt: AttemptRow } | undefined> {
  const unlocked = await findAttempt(tx, key)
  if (unlocked === undefined) return undefined
  const sale = await lockSale(tx, saleKeyOf(unlocked))
  const [attempt] = await tx.select().from(attempts).where(isAttempt(key)).for("update")
  if (sale === undefined || attempt === undefined) throw new Error(`attempt ${key.outTradeNo} has lost its sale`)
  return { sale, attempt }
}

export async function lockRefund(
  tx: Transaction,
  key: RefundKey,
): Promise<{ sale: SaleRow; refund: RefundRow } | undefined> {
  const unlocked = await findRefund(tx, key)
  if (unlocked === undefined) return undefined
  const sale = await lockSale(tx, saleKeyOf(unlocked))
  const [refund] = await tx.select().from(refunds).where(isRefund(key)).for("update")
  if (sale === undefined || refund === undefined) throw new Error(`refund ${key.outRefundNo} has lost its sale`)
  return { sale, refund }
}

/** A sale, and when the gateway first heard of it. */
export type KnownSale = SaleKey & Pick<SaleRow, "createdAt">

/** The clocks of two gateways differ by less. */
const gatewaysApartMsMax = 3_600_000

/**
 * No attempt and no refund of a sale lies before this day. Theirs are days of the gateway's clock, and their sale was
 * there first; the sale's own is by the terminal's, which may be ahead by anything.
 */
function firstMoneyDay({ createdAt }: KnownSale): string {
  return utcDay(new Date(createdAt.getTime() - gatewaysApartMsMax))
}

/** In the order in which they were made. */
export async function attemptsOf(reader: Reader, sale: KnownSale): Promise<AttemptRow[]> {
  return reader
    .select()
    .from(attempts)
    .where(
      and(
        eq(attempts.terminalId, sale.terminalId),
        eq(attempts.counter, sale.counter),
        gte(attempts.day, firstMoneyDay(sale)),
        eq(attempts.saleDay, sale.day),
      ),
    )
    .orderBy(asc(attempts.attempt))
}

export async function refundsOf(reader: Reader, sale: KnownSale): Promise<RefundRow[]> {
  return reader
    .select()
    .from(refunds)
    .where(
      and(
        eq(refunds.terminalId, sale.terminalId),
        eq(refunds.counter, sale.counter),
        gte(refunds.day, firstMoneyDay(sale)),
        eq(refunds.saleDay, sale.day),
      ),
    )
    .orderBy(asc(refunds.outRefundNo))
}

/** Compare and set: the row must still be the one that was read. */
export async function updateAttempt(
  tx: Transaction,
  attempt: AttemptRow,
  change: Partial<AttemptRow>,
): Promise<AttemptRow> {
  const [row] = await tx
    .update(attempts)
    .set({ ...change, version: attempt.version + 1 })
    .where(and(isAttempt(attempt), eq(attempts.version, attempt.version)))
    .returning()
  if (row === undefined) throw new Error(`attempt ${attempt.outTradeNo} changed under its lock`)
  return row
}

export async function updateRefund(tx: Transaction, refund: RefundRow, change: Partial<RefundRow>): Promise<RefundRow> {
  const [row] = await tx
    .update(refunds)
    .set({ ...change, version: refund.version + 1 })
    .where(and(isRefund(refund), eq(refunds.version, refund.version)))
    .returning()
  if (row === undefined) throw new Error(`refund ${refund.outRefundNo} changed under its lock`)
  return row
}

/** Live attempts of a sale that will take no more money: the job closes them at their platform at once. */
export async function hurryAttempts(tx: Transaction, sales: readonly KnownSale[], at: Date): Promise<void> {
  for (const sale of sales) {
    await tx
      .update(attempts)
      .set({ nextQueryAt: at })
      .where(
        and(
          eq(attempts.terminalId, sale.terminalId),
          eq(attempts.counter, sale.counter),
          gte(attempts.day, firstMoneyDay(sale)),
          inArray(attempts.state, [...liveStates]),
        ),
      )
  }
}
