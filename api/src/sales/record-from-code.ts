import { saleLines, sales } from "@suyuan/drizzle/schema/sales"
import { SALE_FLAGS } from "@suyuan/protocol/ledger/kinds/sale"
import { and, isNull, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { completeTrades } from "./complete-trades"
import { inSales, isSale, type SaleKey } from "./sale-key"

/**
 * Records a settled sale from its code alone, and flags what is missing: its terminal's upload, its lines or what they
 * mean. For whoever knows that nothing more comes. Returns how many records that made.
 */
export async function recordFromCode(ctx: Context, tx: Transaction, key: SaleKey): Promise<number> {
  const resolved = sql`(SELECT count(*) FROM ${saleLines} WHERE ${inSales(saleLines, [key])} AND ${saleLines.pileId} IS NOT NULL)`
  await tx
    .update(sales)
    .set({
      flags: sql`${sales.flags}
        | CASE WHEN ${sales.uploadedAt} IS NULL THEN ${SALE_FLAGS.uploadMissing}::int ELSE 0 END
        | CASE WHEN ${resolved} < ${sales.lineCount} THEN ${SALE_FLAGS.linesUnknown}::int ELSE 0 END`,
    })
    .where(and(isSale(key), isNull(sales.recordId)))
  return (await completeTrades(ctx, tx, [key])).length
}
