import { pileEvents, returnedGoods } from "@suyuan/drizzle/schema/trace"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { RefundedGoods } from "../payments/payment-deps"
import { applyVoid } from "./apply-void"
import { noteEvents } from "./note-events"
import { lockPurchases, projectPurchase } from "./project-purchase"
import { cameBack, discardedLineOffset } from "./returned-goods"

/**
 * What a refund says of its goods: never handed over, then the outflow is taken back; returned, then they come in again:
 * from a consumer with the origin range of that sale, from a merchant out of their pile and with its range (RG-24);
 * thrown away, then they leave once more at the same moment. Repeating it changes nothing.
 */
export async function applyRefundedGoods(ctx: Context, tx: Transaction, goods: RefundedGoods): Promise<void> {
  if (goods.goods === "not-handed-over") {
    const lines = goods.lines.map(([line, grams]) => ({ line, grams }))
    await applyVoid(ctx, tx, { saleRecordId: goods.saleRecordId, byRecordId: goods.refundRecordId, lines })
    return
  }
  const outflows = await tx
    .select()
    .from(pileEvents)
    .where(and(eq(pileEvents.recordId, goods.saleRecordId), eq(pileEvents.source, "outflow")))
  const gramsOf = new Map(goods.lines)
  const returned = outflows.filter(({ line }) => gramsOf.size === 0 || gramsOf.has(line))
  if (returned.length === 0) return
  const said = returned.map(({ line, pileId, gramsLow, gramsHigh }) => {
    const grams = Math.min(gramsOf.get(line) ?? gramsHigh, gramsHigh)
    return {
      ...{ refundRecordId: goods.refundRecordId, line, saleRecordId: goods.saleRecordId, pileId },
      ...{ effectiveAt: goods.effectiveAt, gramsLow: Math.min(grams, gramsLow), gramsHigh: grams },
      isDiscarded: goods.goods === "discarded",
    }
  })
  const lines = said.map(({ line }) => line)
  const bought = await lockPurchases(tx, goods.saleRecordId, lines)
  const kept = await tx.insert(returnedGoods).values(said).onConflictDoNothing().returning()
  for (const purchase of bought) await projectPurchase(tx, purchase)
  const byMerchants = new Set(bought.map(({ line }) => line))
  const rows = kept.flatMap((back) => {
    const outflow = returned.find(({ line }) => line === back.line)
    return outflow && !byMerchants.has(back.line) ? cameBack(outflow, back) : []
  })
  if (rows.length > 0) await noteEvents(tx, await tx.insert(pileEvents).values(rows).onConflictDoNothing().returning())
}

export { discardedLineOffset }
