import { attempts, billReadings, reconciliationItems, reconciliations, refunds } from "@suyuan/drizzle/schema/payments"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, count, desc, eq, gt, inArray, lt, type SQL, sql } from "drizzle-orm"
import { type Actor, requireScope, type Scope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { inSales, saleName } from "../sales/sale-key"
import { unnest } from "../unnest"
import { attemptKeyOf, refundKeyOf, saleKeyOf } from "./attempts"
import { platforms } from "./payment-provider"
import { type ItemBooks, type Proposal, proposeRepair, type ReconciliationItem } from "./propose-repair"
import type { BillDay } from "./take-bill-page"

/** An item of no site is for whoever acts at every one. */
export function requireItemSite(actor: Actor, scope: Scope, { siteId }: ReconciliationItem): void {
  if (siteId !== null) requireScope(actor, scope, siteId)
  else if (actor.siteIds.length > 0) throw new ServiceError("request/forbidden")
}

function visibleTo(actor: Actor): SQL | undefined {
  return actor.siteIds.length > 0 ? inArray(reconciliationItems.siteId, [...actor.siteIds]) : undefined
}

export type ReconciledDay = BillDay & {
  readonly reading: typeof billReadings.$inferSelect
  /** Of the whole bill, every site's money: for an actor of every site only. */
  readonly totals: typeof reconciliations.$inferSelect | undefined
  /** Items that the actor may see. */
  readonly items: number
  readonly openItems: number
}

type DaysQuery = {
  readonly platform?: BillDay["platform"] | undefined
  /** This day alone. */
  readonly day?: string | undefined
  /** Days before this one. */
  readonly before?: string | undefined
  /** Of days, each with all its platforms. */
  readonly limit: number
}

/**
 * Days whose bill was asked for, newest first.
 * @throws ServiceError request/forbidden without `payments:read`.
 */
export async function listReconciliations(reader: Reader, actor: Actor, query: DaysQuery): Promise<ReconciledDay[]> {
  requireScope(actor, "payments:read")
  const { platform, day, before, limit } = query
  const rows = await readDays(
    reader,
    actor,
    and(
      platform === undefined ? undefined : eq(billReadings.platform, platform),
      day === undefined ? undefined : eq(billReadings.day, day),
      before === undefined ? undefined : lt(billReadings.day, before),
    ),
    limit * platforms.length,
  )
  const days = [...new Set(rows.map((row) => row.day))].slice(0, limit)
  return rows.filter((row) => days.includes(row.day))
}

async function readDays(reader: Reader, actor: Actor, which: SQL | undefined, limit: number): Promise<ReconciledDay[]> {
  const rows = await reader
    .select({ reading: billReadings, totals: reconciliations })
    .from(billReadings)
    .leftJoin(
      reconciliations,
      and(eq(reconciliations.platform, billReadings.platform), eq(reconciliations.day, billReadings.day)),
    )
    .where(which)
    .orderBy(desc(billReadings.day), asc(billReadings.platform))
    .limit(limit)
  const days = [...new Set(rows.map(({ reading }) => reading.day))]
  const { platform, day, state } = reconciliationItems
  const counted = await reader
    .select({ platform, day, state, items: count() })
    .from(reconciliationItems)
    .where(and(inArray(day, days), visibleTo(actor)))
    .groupBy(platform, day, state)
  return rows.map(({ reading, totals }) => {
    const own = counted.filter((row) => row.platform === reading.platform && row.day === reading.day)
    return {
      platform: reading.platform,
      day: reading.day,
      reading,
      totals: actor.siteIds.length > 0 ? undefined : (totals ?? undefined),
      items: own.reduce((sum, { items }) => sum + items, 0),
      openItems: own.find((row) => row.state === "open")?.items ?? 0,
    }
  })
}

export type ProposedItem = {
  readonly item: ReconciliationItem
  readonly books: ItemBooks
  /** Undefined once it is done. */
  readonly proposal: Proposal | undefined
}

/** Of the refund where the item is about one, else of the payment; undefined for a number that is not ours. */
export function booksNow({ item, books }: ProposedItem): { state: string; amountFen: number } | undefined {
  const { attempt, refund } = books
  if (item.outRefundNo !== "") return refund && { state: refund.state, amountFen: refund.amountFen }
  return attempt && { state: attempt.state, amountFen: attempt.receivedFen ?? attempt.amountFen }
}

type ItemsQuery = BillDay & {
  readonly kind?: ReconciliationItem["kind"] | undefined
  readonly state?: ReconciliationItem["state"] | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/**
 * One day and a page of its items, each with the repair that it would get now. Six statements, however many items.
 * @throws ServiceError reconciliation/unknown; request/forbidden without `payments:read`.
 */
export async function readReconciliation(
  reader: Reader,
  actor: Actor,
  { platform, day, kind, state, after, limit }: ItemsQuery,
): Promise<{ readonly about: ReconciledDay; readonly items: readonly ProposedItem[] }> {
  requireScope(actor, "payments:read")
  const isDay = and(eq(billReadings.platform, platform), eq(billReadings.day, day))
  const [about] = await readDays(reader, actor, isDay, 1)
  if (about === undefined) throw new ServiceError("reconciliation/unknown")
  const items = await reader
    .select()
    .from(reconciliationItems)
    .where(
      and(
        eq(reconciliationItems.platform, platform),
        eq(reconciliationItems.day, day),
        kind === undefined ? undefined : eq(reconciliationItems.kind, kind),
        state === undefined ? undefined : eq(reconciliationItems.state, state),
        after === undefined ? undefined : gt(reconciliationItems.id, after),
        visibleTo(actor),
      ),
    )
    .orderBy(asc(reconciliationItems.id))
    .limit(limit)
  return { about, items: await withProposals(reader, items) }
}

/** @throws ServiceError reconciliation/item-unknown; request/forbidden without `payments:read` at its site. */
export async function readItem(reader: Reader, actor: Actor, about: BillDay, id: string): Promise<ProposedItem> {
  requireScope(actor, "payments:read")
  const { platform, day } = reconciliationItems
  const isIt = and(eq(reconciliationItems.id, id), eq(platform, about.platform), eq(day, about.day))
  const [item] = await reader.select().from(reconciliationItems).where(isIt)
  if (item === undefined) throw new ServiceError("reconciliation/item-unknown")
  requireItemSite(actor, "payments:read", item)
  const [proposed] = await withProposals(reader, [item])
  if (proposed === undefined) throw new Error("an item has lost itself")
  return proposed
}

async function withProposals(reader: Reader, items: readonly ReconciliationItem[]): Promise<ProposedItem[]> {
  const books = await booksOfItems(reader, items)
  return items.map((item, place) => {
    const own = books[place] ?? { attempt: undefined, refund: undefined, sale: undefined }
    return { item, books: own, proposal: item.state === "open" ? proposeRepair(item, own) : undefined }
  })
}

/**
 * Our own rows behind each item, in three statements. A row of another platform or account than the bill's is not what
 * the bill speaks of.
 */
export async function booksOfItems(reader: Reader, items: readonly ReconciliationItem[]): Promise<ItemBooks[]> {
  const attemptKeys = items.flatMap((item) => attemptKeyOf(item.outTradeNo) ?? [])
  const refundKeys = items.flatMap((item) => refundKeyOf(item.outRefundNo) ?? [])
  const payments =
    attemptKeys.length === 0 ? [] : await reader.select().from(attempts).where(amongAttempts(attemptKeys))
  const returned = refundKeys.length === 0 ? [] : await reader.select().from(refunds).where(amongRefunds(refundKeys))
  const attemptOf = new Map(payments.map((row) => [row.outTradeNo, row]))
  const refundOf = new Map(returned.map((row) => [row.outRefundNo, row]))
  const keys = payments.map(saleKeyOf)
  const sold = keys.length === 0 ? [] : await reader.select().from(sales).where(inSales(sales, keys))
  const saleOf = new Map(sold.map((row) => [saleName(row), row]))
  return items.map((item) => {
    const found = attemptOf.get(item.outTradeNo)
    const isOurs = found?.platform === item.platform && found.payeeAccount === item.payeeAccount
    const attempt = isOurs ? found : undefined
    const refund = refundOf.get(item.outRefundNo)
    return {
      attempt,
      refund: refund?.outTradeNo === item.outTradeNo ? refund : undefined,
      sale: attempt && saleOf.get(saleName(attempt)),
    }
  })
}

const amongAttempts = (keys: readonly { outTradeNo: string; day: string }[]) =>
  sql`(${attempts.outTradeNo}, ${attempts.day}) IN (SELECT * FROM ${unnest("named", {
    out_trade_no: ["text", keys.map((key) => key.outTradeNo)],
    day: ["date", keys.map((key) => key.day)],
  })})`

const amongRefunds = (keys: readonly { outRefundNo: string; day: string }[]) =>
  sql`(${refunds.outRefundNo}, ${refunds.day}) IN (SELECT * FROM ${unnest("named", {
    out_refund_no: ["text", keys.map((key) => key.outRefundNo)],
    day: ["date", keys.map((key) => key.day)],
  })})`
