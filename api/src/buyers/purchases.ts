import { commodities, merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, asc, desc, eq, lt, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { inSales, type SaleKey, saleName } from "../sales/sale-key"
import { arrayOf } from "../unnest"
import { ownIdentities } from "./own-identities"

export type Purchase = {
  readonly terminal: string
  readonly counter: number
  readonly settledAt: Date
  readonly paidFen: number
  readonly refundedFen: number
  readonly stall: { readonly number: string; readonly name: string; readonly site: string; readonly siteEn: string }
  readonly lines: readonly PurchaseLine[]
  /** Opens the trace; absent until the trade record is made. */
  readonly recordId: string | undefined
}

export type PurchaseLine = {
  readonly line: number
  readonly amountFen: number
  /** Absent while the stall's stock list has not arrived. */
  readonly name: string | undefined
  readonly nameEn: string | undefined
}

/** What the buyer has paid for, by any of their joined identities, newest first. @param before settled before this instant: the next page */
export async function listPurchases(
  ctx: Context,
  actor: Actor,
  page: { readonly limit: number; readonly before?: Date | undefined },
): Promise<Purchase[]> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  const rows = await ctx.db
    .select({ sale: sales, merchant: merchants, site: sites })
    .from(sales)
    .innerJoin(merchants, eq(merchants.id, sales.merchantId))
    .innerJoin(sites, eq(sites.id, sales.siteId))
    .where(and(isPaidBy(await ownIdentities(ctx.db, actor.id)), page.before && lt(sales.settledAt, page.before)))
    .orderBy(desc(sales.settledAt), asc(sales.terminalId), asc(sales.counter))
    .limit(page.limit)
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
    stall: { number: merchant.stallNumber, name: merchant.name, site: site.name, siteEn: site.nameEn },
    lines: lines.get(saleName(sale)) ?? [],
    recordId: sale.recordId ?? undefined,
  }))
}

/** In the session, or by the wallet from outside. */
function isPaidBy(buyerIds: readonly string[]) {
  const own = arrayOf("uuid", buyerIds)
  return sql`(${sales.terminalId}, ${sales.counter}, ${sales.day}) IN (
    SELECT own.terminal_id, own.counter, own.day FROM ${sales} AS own WHERE own.buyer_id = ANY (${own})
    UNION ALL
    SELECT own.terminal_id, own.counter, own.day FROM ${attempts} AS attempt
      JOIN ${sales} AS own ON own.terminal_id = attempt.terminal_id AND own.counter = attempt.counter
        AND own.settled_by = attempt.out_trade_no
      WHERE attempt.wallet_buyer_id = ANY (${own}))`
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
