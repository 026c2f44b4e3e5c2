import { pileEvents } from "@suyuan/drizzle/schema/trace"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import type { RefundedGoods } from "../payments/payment-deps"
import { applyVoid } from "./apply-void"
import { noteEvents } from "./note-events"
import { lockPurchases, projectPurchase } from "./project-purchase"

/**
 * What a refund says of its goods: never handed over, then the outflow is taken back; returned, then they come in again
 * with the origin range of that sale, and out of the pile of a merchant who had bought them; thrown away, then they
 * leave once more at the same moment.
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
  const rows = returned.map((outflow) => {
    const grams = Math.min(gramsOf.get(outflow.line) ?? outflow.gramsHigh, outflow.gramsHigh)
    return {
      ...outflow,
      day: utcDay(goods.effectiveAt),
      effectiveAt: goods.effectiveAt,
      direction: 0,
      recordId: goods.refundRecordId,
      gramsLow: Math.min(grams, outflow.gramsLow),
      gramsHigh: grams,
      source: "return" as const,
      upstreamPileId: outflow.pileId,
      upstreamRecordId: outflow.recordId,
      upstreamLine: outflow.line,
    }
  })
  await noteEvents(tx, await tx.insert(pileEvents).values(rows).onConflictDoNothing().returning())
  const bought = await lockPurchases(
    tx,
    goods.saleRecordId,
    rows.map(({ line }) => line),
  )
  for (const purchase of bought) await projectPurchase(tx, purchase)
  if (goods.goods !== "discarded") return
  const discarded = await tx
    .insert(pileEvents)
    .values(
      rows.map((row) => ({
        ...row,
        direction: 1,
        // The return and the waste are two events of one record line in one pile at one instant.
        line: row.line + discardedLineOffset,
        source: "outflow" as const,
        upstreamPileId: null,
        upstreamRecordId: null,
        upstreamLine: null,
      })),
    )
    .onConflictDoNothing()
    .returning()
  await noteEvents(tx, discarded)
}

/** Above every line that a sale can have (255). */
export const discardedLineOffset = 1000
