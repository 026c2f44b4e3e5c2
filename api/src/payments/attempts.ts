/** Rows of the money tables, found by the numbers that platforms know, and locked in one order: sale, attempt, refund. */
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { and, asc, eq, gte, inArray, type SQL, sql } from "drizzle-orm"
import { QueryBuilder } from "drizzle-orm/pg-core"
import type { Reader, Transaction } from "../context"
import { utcDay } from "../day"
import { assignments, fixedInsert, fixedRows, fixedText, placeholder } from "../fixed-text"
import type { SaleKey } from "../sales/sale-key"
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

const isAttempt = and(eq(attempts.outTradeNo, sql.placeholder("outTradeNo")), eq(attempts.day, sql.placeholder("day")))
const isRefund = and(eq(refunds.outRefundNo, sql.placeholder("outRefundNo")), eq(refunds.day, sql.placeholder("day")))
/** A sale by its key, as three values or as an attempt or a refund keeps it: that never changes, and needs no lock. */
const isSaleOf = (key: SQL) => sql`(${sales.terminalId}, ${sales.counter}, ${sales.day}) = (${key})`
const saleOfAttempt = sql`SELECT ${attempts.terminalId}, ${attempts.counter}, ${attempts.saleDay} FROM ${attempts} WHERE ${isAttempt}`
const saleOfRefund = sql`SELECT ${refunds.terminalId}, ${refunds.counter}, ${refunds.saleDay} FROM ${refunds} WHERE ${isRefund}`

const rows = new QueryBuilder()
const anAttempt = () => rows.select().from(attempts).where(isAttempt)
const aRefund = () => rows.select().from(refunds).where(isRefund)
const aSale = (key: SQL) => rows.select().from(sales).where(isSaleOf(key))
const lockedSaleBy = <Name extends string>(key: SQL) => fixedRows<typeof sales, Name>(sales, aSale(key).for("update"))
const saleKey = sql`${placeholder("terminalId")}, ${placeholder("counter")}, ${placeholder("day")}`

const foundAttempt = fixedRows<typeof attempts, keyof AttemptKey>(attempts, anAttempt())
const foundRefund = fixedRows<typeof refunds, keyof RefundKey>(refunds, aRefund())
const foundSale = fixedRows<typeof sales, keyof SaleKey>(sales, aSale(saleKey))
const lockedSale = lockedSaleBy<keyof SaleKey>(saleKey)
const lockedSaleOfAttempt = lockedSaleBy<keyof AttemptKey>(saleOfAttempt)
const lockedSaleOfRefund = lockedSaleBy<keyof RefundKey>(saleOfRefund)
const lockedAttempt = fixedRows<typeof attempts, keyof AttemptKey>(attempts, anAttempt().for("update"))
const lockedRefund = fixedRows<typeof refunds, keyof RefundKey>(refunds, aRefund().for("update"))

export async function findAttempt(reader: Reader, key: AttemptKey): Promise<AttemptRow | undefined> {
  const [row] = await foundAttempt(reader, key)
  return row
}

export async function findRefund(reader: Reader, key: RefundKey): Promise<RefundRow | undefined> {
  const [row] = await foundRefund(reader, key)
  return row
}

export async function findSale(reader: Reader, key: SaleKey): Promise<SaleRow | undefined> {
  const [row] = await foundSale(reader, key)
  return row
}

export async function lockSale(tx: Transaction, key: SaleKey): Promise<SaleRow | undefined> {
  const [row] = await lockedSale(tx, key)
  return row
}

export function saleKeyOf(row: { terminalId: number; counter: number; saleDay: string }): SaleKey {
  return { terminalId: row.terminalId, counter: row.counter, day: row.saleDay }
}
export type LockedAttempt = { readonly sale: SaleRow; readonly attempt: AttemptRow }
export type LockedRefund = { readonly sale: SaleRow; readonly refund: RefundRow }

/** The sale's lock covers its attempts and refunds: whoever changes one of them holds it. */
export async function lockAttempt(tx: Transaction, key: AttemptKey): Promise<LockedAttempt | undefined> {
  // One after another on the connection, without waiting for the first answer: the second sees what held the sale before.
  const [[sale], [attempt]] = await Promise.all([lockedSaleOfAttempt(tx, key), lockedAttempt(tx, key)])
  if (attempt === undefined) return undefined
  if (sale === undefined) throw new Error(`attempt ${key.outTradeNo} has lost its sale`)
  return { sale, attempt }
}

export async function lockRefund(tx: Transaction, key: RefundKey): Promise<LockedRefund | undefined> {
  const [[sale], [refund]] = await Promise.all([lockedSaleOfRefund(tx, key), lockedRefund(tx, key)])
  if (refund === undefined) return undefined
  if (sale === undefined) throw new Error(`refund ${key.outRefundNo} has lost its sale`)
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

const moneyOf = (table: typeof attempts | typeof refunds) =>
  and(
    eq(table.terminalId, sql.placeholder("terminalId")),
    eq(table.counter, sql.placeholder("counter")),
    gte(table.day, sql.placeholder("firstDay")),
    eq(table.saleDay, sql.placeholder("saleDay")),
  )
type MoneyOfSale = keyof ReturnType<typeof moneyKeyOf>
const moneyKeyOf = (sale: KnownSale) => ({
  ...{ terminalId: sale.terminalId, counter: sale.counter, saleDay: sale.day },
  firstDay: firstMoneyDay(sale),
})
const attemptsMade = fixedRows<typeof attempts, MoneyOfSale>(
  attempts,
  rows.select().from(attempts).where(moneyOf(attempts)).orderBy(asc(attempts.attempt)),
)
const refundsMade = fixedRows<typeof refunds, MoneyOfSale>(
  refunds,
  rows.select().from(refunds).where(moneyOf(refunds)).orderBy(asc(refunds.outRefundNo)),
)

/** In the order in which they were made. */
export async function attemptsOf(reader: Reader, sale: KnownSale): Promise<AttemptRow[]> {
  return attemptsMade(reader, moneyKeyOf(sale))
}

export async function refundsOf(reader: Reader, sale: KnownSale): Promise<RefundRow[]> {
  return refundsMade(reader, moneyKeyOf(sale))
}

const nothingKnown = {
  ...{ walletBuyerId: null, platformHandle: null, platformTransactionId: null, receivedFen: null, failureCode: null },
  ...{ succeededAt: null, billedDay: null, feeFen: null, queries: 0, version: 0 },
} as const
const attemptInserted = fixedInsert(attempts)

/** A new one, of which nothing is known but what was asked. */
export async function insertAttempt(
  tx: Transaction,
  asked: Omit<AttemptRow, keyof typeof nothingKnown>,
): Promise<AttemptRow> {
  const row = { ...nothingKnown, ...asked }
  await tx.execute(attemptInserted(row))
  return row
}

/** What becomes of an attempt; the rest of its row is as it was made. */
const attemptChanges = [
  "state",
  "platformHandle",
  "platformTransactionId",
  "receivedFen",
  "failureCode",
  "clientIp",
  "walletBuyerId",
  "nextQueryAt",
  "succeededAt",
] as const
type AttemptChange = Pick<AttemptRow, (typeof attemptChanges)[number]>

const attemptChanged = fixedText<keyof AttemptKey | keyof AttemptChange | "version">(sql`
  UPDATE ${attempts} SET ${assignments(attempts, attemptChanges)}, version = version + 1
  WHERE ${isAttempt} AND ${attempts.version} = ${placeholder("version")} RETURNING 1`)

/** Compare and set: the locked row must still be the one that was read. */
export async function updateAttempt(
  tx: Transaction,
  attempt: AttemptRow,
  change: Partial<AttemptChange>,
): Promise<AttemptRow> {
  const changed = { ...attempt, ...change }
  const [isChanged] = await tx.execute(attemptChanged(changed))
  if (isChanged === undefined) throw new Error(`attempt ${attempt.outTradeNo} changed under its lock`)
  return { ...changed, version: attempt.version + 1 }
}

export async function updateRefund(tx: Transaction, refund: RefundRow, change: Partial<RefundRow>): Promise<RefundRow> {
  const isSame = and(
    eq(refunds.outRefundNo, refund.outRefundNo),
    eq(refunds.day, refund.day),
    eq(refunds.version, refund.version),
  )
  const [row] = await tx
    .update(refunds)
    .set({ ...change, version: refund.version + 1 })
    .where(isSame)
    .returning()
  if (row === undefined) throw new Error(`refund ${refund.outRefundNo} changed under its lock`)
  return row
}

const attemptsHurried = fixedText<"terminalId" | "counter" | "firstDay" | "lastDay" | "at">(sql`
  UPDATE ${attempts} SET next_query_at = ${placeholder("at")}::timestamptz
  WHERE ${and(
    eq(attempts.terminalId, sql.placeholder("terminalId")),
    eq(attempts.counter, sql.placeholder("counter")),
    sql`${attempts.day} BETWEEN ${placeholder("firstDay")} AND ${placeholder("lastDay")}`,
    inArray(attempts.state, [...liveStates]),
  )}`)

/** Live attempts of a sale that will take no more money: the job closes them at their platform at once. */
export async function hurryAttempts(tx: Transaction, sales: readonly KnownSale[], now: Date): Promise<void> {
  const [lastDay, at] = [utcDay(new Date(now.getTime() + gatewaysApartMsMax)), now.toISOString()]
  for (const sale of sales) {
    const { terminalId, counter } = sale
    await tx.execute(attemptsHurried({ terminalId, counter, firstDay: firstMoneyDay(sale), lastDay, at }))
  }
}
