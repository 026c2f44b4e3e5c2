import { sales } from "@suyuan/drizzle/schema/sales"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { writeRecords } from "../ledger/write-records"
import { type AppliedSale, applySales } from "../trace/apply-sales"
import { arrayOf, unnest } from "../unnest"
import { draftSaleRecord } from "./draft-sale-record"
import { type LockedSale, lockSales, readLines, readSales, regulatorNumbers, type SaleToRecord } from "./read-trades"
import { resolveLateLines } from "./resolve-late-lines"
import { type SaleKey, saleName } from "./sale-key"

/** Flags that keep a sale's lines out of the piles until somebody has explained them. */
const unusedForTracing = SALE_FLAGS.reductionOverTolerance | SALE_FLAGS.linesUnknown | SALE_FLAGS.linesContradictCode

/**
 * A trade is a trade when a signed sale is settled (by a platform or in cash) or handed over on six digits, and the
 * terminal's upload has arrived with its stock snapshot, or was waited for long enough and is flagged missing.
 * Writes the record and the pile events of those among `keys` that have become trades; the others are left alone.
 * Idempotent; the sale rows are locked in key order. Returns the sales completed.
 * @param uploadedAt when the uploads of `keys` came, for whoever brings them: each row is then written once.
 */
export async function completeTrades(
  ctx: Context,
  tx: Transaction,
  keys: readonly SaleKey[],
  uploadedAt?: Date,
): Promise<SaleKey[]> {
  if (keys.length === 0) return []
  const locked = await lockSales(tx, keys)
  const drafts = await recordDue(
    ctx,
    tx,
    locked.filter((sale) => isDue(sale, uploadedAt)),
  )
  const recordIds = new Map(drafts.map(({ sale, draft }) => [saleName(sale), draft.recordId]))
  const changed = locked.filter(
    (sale) => recordIds.has(saleName(sale)) || (uploadedAt !== undefined && sale.uploadedAt === null),
  )
  await noteSales(tx, changed, recordIds, uploadedAt)
  return drafts.map(({ sale: { terminalId, counter, day } }) => ({ terminalId, counter, day }))
}

function isDue(sale: LockedSale, uploadedAt: Date | undefined): boolean {
  const isSettled = sale.state === "paid" || sale.handedOverAt !== null
  const isUploaded = uploadedAt !== undefined || sale.uploadedAt !== null
  return sale.recordId === null && isSettled && (isUploaded || (sale.flags & SALE_FLAGS.uploadMissing) !== 0)
}

/** Records and pile events of those that have all that a trade needs. */
async function recordDue(ctx: Context, tx: Transaction, due: readonly LockedSale[]) {
  if (due.length === 0) return []
  // One after another on the connection, without waiting for each answer.
  const [lines, read, regulators] = await Promise.all([readLines(tx, due), readSales(tx, due), regulatorNumbers(tx)])
  const rows = read.map(withoutOwnPurchase)
  await resolveLateLines(tx, due, lines)
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
  return drafts
}

async function noteSales(
  tx: Transaction,
  rows: readonly LockedSale[],
  recordIds: ReadonlyMap<string, string>,
  uploadedAt: Date | undefined,
): Promise<void> {
  if (rows.length === 0) return
  const days = [...new Set(rows.map(({ day }) => day))]
  await tx.execute(sql`
    UPDATE ${sales} AS s SET record_id = coalesce(s.record_id, v.record_id),
      uploaded_at = coalesce(s.uploaded_at, ${uploadedAt?.toISOString() ?? null}::timestamptz)
    FROM ${unnest("v", {
      terminal_id: ["bigint", rows.map((sale) => sale.terminalId)],
      counter: ["bigint", rows.map((sale) => sale.counter)],
      day: ["date", rows.map((sale) => sale.day)],
      record_id: ["bytea", rows.map((sale) => recordIds.get(saleName(sale)) ?? null)],
    })}
    WHERE s.terminal_id = v.terminal_id AND s.counter = v.counter AND s.day = v.day
      AND s.day = ANY (${arrayOf("date", days)})`)
}

/** A seller who pays at the own stall takes goods out of stock like any consumer: they do not come in again. */
function withoutOwnPurchase(row: SaleToRecord): SaleToRecord {
  if (row.sale.buyerMerchantId !== row.sale.merchantId) return row
  return { ...row, sale: { ...row.sale, buyerMerchantId: null }, buyerSiteId: null, buyerNumber: null }
}
