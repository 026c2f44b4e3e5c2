import { buyers } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { and, asc, eq, isNull, or, sql } from "drizzle-orm"
import { alias } from "drizzle-orm/pg-core"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import { type AppliedSale, applySales } from "../trace/apply-sales"
import { arrayOf, unnest } from "../unnest"
import { draftSaleRecord } from "./draft-sale-record"
import { resolveLateLines } from "./resolve-late-lines"
import { inSales, type SaleKey, saleName } from "./sale-key"

/** Flags that keep a sale's lines out of the piles until somebody has explained them. */
const unusedForTracing = SALE_FLAGS.reductionOverTolerance | SALE_FLAGS.linesUnknown | SALE_FLAGS.linesContradictCode

const sellerParticipant = alias(participants, "seller_participant")
const buyerParticipant = alias(participants, "buyer_participant")
const buyerSite = alias(sites, "buyer_site")
const buyerMerchant = alias(merchants, "buyer_merchant")

/**
 * A trade is a trade when a signed sale is settled (by a platform or in cash) or handed over on six digits, and the
 * terminal's upload has arrived with its stock snapshot, or was waited for long enough and is flagged missing.
 * Writes the record and the pile events of those among `keys` that have become trades; the others are left alone.
 * Idempotent; the sale rows are locked in key order. Returns the sales completed.
 */
export async function completeTrades(ctx: Context, tx: Transaction, keys: readonly SaleKey[]): Promise<SaleKey[]> {
  if (keys.length === 0) return []
  const due = await tx
    .select({ terminalId: sales.terminalId, counter: sales.counter, day: sales.day })
    .from(sales)
    .where(
      and(
        inSales(sales, keys),
        isNull(sales.recordId),
        or(eq(sales.state, "paid"), sql`${sales.handedOverAt} IS NOT NULL`),
        or(sql`${sales.uploadedAt} IS NOT NULL`, sql`${sales.flags} & ${SALE_FLAGS.uploadMissing} <> 0`),
      ),
    )
    .orderBy(asc(sales.terminalId), asc(sales.counter))
    .for("update")
  if (due.length === 0) return []
  const lines = await readLines(tx, due)
  const rows = (await readSales(tx, due)).map(withoutOwnPurchase)
  await resolveLateLines(
    tx,
    rows.map(({ sale }) => sale),
    lines,
  )
  const regulators = await regulatorNumbers(tx)
  const drafts = []
  const applied: AppliedSale[] = []
  for (const row of rows) {
    const ofSale = lines.get(saleName(row.sale)) ?? []
    const unresolved = ofSale.length !== row.sale.lineCount || ofSale.some((line) => line.pileId === null)
    // Lines or their meaning are still on their way: the sale waits, until it is flagged.
    const givenUp = (row.sale.flags & (unusedForTracing | SALE_FLAGS.uploadMissing)) !== 0
    if (unresolved && !givenUp) continue
    const { draft, appliedLines } = draftSaleRecord(ctx, { ...row, regulators }, ofSale)
    drafts.push({ sale: row.sale, draft })
    if ((row.sale.flags & unusedForTracing) === 0 && appliedLines.length === row.sale.lineCount) {
      applied.push({
        recordId: draft.recordId,
        siteId: row.sale.siteId,
        merchantId: row.sale.merchantId,
        buyerMerchantId: row.sale.buyerMerchantId,
        buyerSiteId: row.buyerSiteId,
        effectiveAt: row.sale.effectiveAt,
        lines: appliedLines,
      })
    }
  }
  if (drafts.length === 0) return []
  await writeRecords(
    ctx,
    tx,
    drafts.map(({ draft }) => draft),
  )
  await applySales(ctx, tx, applied)
  const days = [...new Set(drafts.map(({ sale }) => sale.day))]
  await tx.execute(sql`
    UPDATE ${sales} AS s SET record_id = v.record_id
    FROM ${unnest("v", {
      terminal_id: ["bigint", drafts.map(({ sale }) => sale.terminalId)],
      counter: ["bigint", drafts.map(({ sale }) => sale.counter)],
      day: ["date", drafts.map(({ sale }) => sale.day)],
      record_id: ["bytea", drafts.map(({ draft }) => draft.recordId)],
    })}
    WHERE s.terminal_id = v.terminal_id AND s.counter = v.counter AND s.day = v.day
      AND s.day = ANY (${arrayOf("date", days)})`)
  return drafts.map(({ sale }) => ({ terminalId: sale.terminalId, counter: sale.counter, day: sale.day }))
}

export type StoredLine = typeof saleLines.$inferSelect

async function readLines(tx: Transaction, keys: readonly SaleKey[]): Promise<Map<string, StoredLine[]>> {
  const rows = await tx.select().from(saleLines).where(inSales(saleLines, keys)).orderBy(asc(saleLines.line))
  const bySale = new Map<string, StoredLine[]>()
  for (const row of rows) {
    const name = saleName(row)
    const lines = bySale.get(name)
    if (lines) lines.push(row)
    else bySale.set(name, [row])
  }
  return bySale
}

/** The day in an out_trade_no (`yymmdd…`) finds the attempt's partition. */
const settledByDay = sql`CASE WHEN ${sales.settledBy} ~ '^[0-9]{6}' THEN to_date(left(${sales.settledBy}, 6), 'YYMMDD') END`

export type SaleToRecord = Awaited<ReturnType<typeof readSales>>[number]

async function readSales(tx: Transaction, keys: readonly SaleKey[]) {
  return tx
    .select({
      sale: sales,
      siteNumber: sites.number,
      stallAlias: merchants.alias,
      sellerNumber: sellerParticipant.number,
      buyerNumber: buyerParticipant.number,
      buyerSiteId: buyerMerchant.siteId,
      transactionId: attempts.platformTransactionId,
      payerPlatform: buyers.platform,
      payerAppId: buyers.appId,
      payerOpenId: buyers.openId,
    })
    .from(sales)
    .innerJoin(sites, eq(sites.id, sales.siteId))
    .innerJoin(merchants, eq(merchants.id, sales.merchantId))
    .innerJoin(sellerParticipant, eq(sellerParticipant.id, sites.participantId))
    .leftJoin(buyerMerchant, eq(buyerMerchant.id, sales.buyerMerchantId))
    .leftJoin(buyerSite, eq(buyerSite.id, buyerMerchant.siteId))
    .leftJoin(buyerParticipant, eq(buyerParticipant.id, buyerSite.participantId))
    .leftJoin(attempts, and(eq(attempts.outTradeNo, sales.settledBy), eq(attempts.day, settledByDay)))
    .leftJoin(buyers, eq(buyers.id, sales.buyerId))
    .where(inSales(sales, keys))
    .orderBy(asc(sales.terminalId), asc(sales.counter))
}

/** A seller who pays at the own stall takes goods out of stock like any consumer: they do not come in again. */
function withoutOwnPurchase(row: SaleToRecord): SaleToRecord {
  if (row.sale.buyerMerchantId !== row.sale.merchantId) return row
  return { ...row, sale: { ...row.sale, buyerMerchantId: null }, buyerSiteId: null, buyerNumber: null }
}

/** Numbers of the regulators: every trade concerns them. */
async function regulatorNumbers(tx: Transaction): Promise<number[]> {
  const rows = await tx
    .select({ number: participants.number })
    .from(participants)
    .where(eq(participants.role, "regulator"))
  return rows.map((row) => row.number)
}
