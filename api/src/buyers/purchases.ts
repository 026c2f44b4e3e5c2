import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, desc, eq, gte, lt, or, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { utcDay } from "../day"
import { ServiceError } from "../errors"
import { receiptDigitsOf } from "../sales/receipt-digits"
import { inSales, type SaleKey, saleName } from "../sales/sale-key"
import { arrayOf } from "../unnest"
import { ownIdentities } from "./own-identities"

export type Purchase = {
  readonly terminal: string
  readonly counter: number
  readonly settledAt: Date
  readonly paidFen: number
  readonly refundedFen: number
  readonly stall: {
    readonly number: string
    readonly name: string
    readonly site: string
    readonly siteEn: string
    readonly zone: string
  }
  readonly lines: readonly PurchaseLine[]
  /** Opens the trace; absent until the trade record is made. */
  readonly recordId: string | undefined
  /** As on the page after paying; null once the money has gone back. */
  readonly receiptDigits: string | null
}

export type PurchaseLine = {
  readonly line: number
  readonly amountFen: number
  /** Absent while the stall's stock list has not arrived. */
  readonly name: string | undefined
  readonly nameEn: string | undefined
}

const dayMs = 86_400_000

export type PurchasesPage = {
  readonly limit: number
  readonly before?: Date | undefined
  /** The last one of the page before. */
  readonly after?: { readonly terminalId: number; readonly counter: number } | undefined
}

/** Days that are looked through first; more where they do not fill the page. */
const windowDaysFirst = 32
/** Nothing is older. */
const windowDaysMax = 4 * 366
/** A payment that a platform named late settles a sale of so much before at most. */
const settledLateDaysMax = 35

/**
 * What the buyer has paid for, by any of their joined identities, newest first.
 * @param before settled before this instant, or at it and listed behind `after`: the next page
 */
export async function listPurchases(ctx: Context, actor: Actor, page: PurchasesPage): Promise<Purchase[]> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  const rows = await newestOf(ctx, await ownIdentities(ctx.db, actor.id), page)
  const lines = await linesOf(
    ctx,
    rows.map(({ sale }) => sale),
  )
  return rows.map(({ sale, merchant, site }) => ({
    terminal: terminalToHex(sale.terminalId),
    counter: sale.counter,
    settledAt: sale.settledAt ?? sale.createdAt,
    paidFen: sale.paidFen,
    refundedFen: sale.refundedFen,
    stall: {
      ...{ number: merchant.stallNumber, name: merchant.name, site: site.name, siteEn: site.nameEn },
      zone: site.zone,
    },
    lines: lines.get(saleName(sale)) ?? [],
    recordId: sale.recordId ?? undefined,
    receiptDigits: receiptDigitsOf(ctx, sale, sale),
  }))
}

/** A page of a few weeks' purchases reads a few weeks' partitions: the further back, the fewer bother to look. */
async function newestOf(ctx: Context, buyerIds: readonly string[], { limit, before, after }: PurchasesPage) {
  const untilMs = Math.min(before?.getTime() ?? Number.POSITIVE_INFINITY, ctx.clock.nowMs() + dayMs)
  for (let days = windowDaysFirst; ; days *= 4) {
    const since = new Date(untilMs - days * dayMs)
    const rows = await ctx.db
      .select({ sale: sales, merchant: merchants, site: sites })
      .from(sales)
      .innerJoin(merchants, eq(merchants.id, sales.merchantId))
      .innerJoin(sites, eq(sites.id, sales.siteId))
      .where(
        and(
          isPaidBy(buyerIds, utcDay(new Date(since.getTime() - settledLateDaysMax * dayMs)), utcDay(new Date(untilMs))),
          gte(sales.settledAt, since),
          before && or(lt(sales.settledAt, before), after && and(eq(sales.settledAt, before), isBehind(after))),
        ),
      )
      .orderBy(desc(sales.settledAt), asc(sales.terminalId), asc(sales.counter))
      .limit(limit)
    if (rows.length === limit || days >= windowDaysMax) return rows
  }
}

function isBehind({ terminalId, counter }: NonNullable<PurchasesPage["after"]>) {
  return sql`(${sales.terminalId}, ${sales.counter}) > (${terminalId}::bigint, ${counter}::bigint)`
}

/** In the session, or by the wallet from outside; of sales of these days. */
function isPaidBy(buyerIds: readonly string[], firstDay: string, lastDay: string) {
  const own = arrayOf("uuid", buyerIds)
  const during = sql`BETWEEN ${firstDay}::date AND ${lastDay}::date`
  return sql`${sales.day} ${during} AND (${sales.terminalId}, ${sales.counter}, ${sales.day}) IN (
    SELECT own.terminal_id, own.counter, own.day FROM ${sales} AS own WHERE own.buyer_id = ANY (${own}) AND own.day ${during}
    UNION ALL
    SELECT own.terminal_id, own.counter, own.day FROM ${attempts} AS attempt
      JOIN ${sales} AS own ON own.terminal_id = attempt.terminal_id AND own.counter = attempt.counter
        AND own.day = attempt.sale_day AND own.settled_by = attempt.out_trade_no
      WHERE attempt.wallet_buyer_id = ANY (${own}) AND attempt.sale_day ${during} AND own.day ${during}
        AND attempt.day BETWEEN ${firstDay}::date - 1 AND ${lastDay}::date + 1)`
}

async function linesOf(ctx: Context, keys: readonly SaleKey[]): Promise<Map<string, PurchaseLine[]>> {
  const bySale = new Map<string, PurchaseLine[]>()
  if (keys.length === 0) return bySale
  const rows = await ctx.db
    .select({ line: saleLines, name: commodities.nameZh, nameEn: commodities.nameEn })
    .from(saleLines)
    .leftJoin(commodities, eq(commodities.code, saleLines.commodity))
    .where(inSales(saleLines, keys))
    .orderBy(asc(saleLines.line))
  for (const { line, name, nameEn } of rows) {
    const one = { line: line.line, amountFen: line.amountFen, name: name ?? undefined, nameEn: nameEn ?? undefined }
    bySale.set(saleName(line), [...(bySale.get(saleName(line)) ?? []), one])
  }
  return bySale
}
