import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { and, eq, inArray } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"

/** `lines` empty: all lines of the sale. Grams left out: the whole line. */
export type VoidedGoods = {
  readonly saleRecordId: string
  /** The record that says so: a void, a refund, a refused purchase. */
  readonly byRecordId: string
  readonly lines: readonly { readonly line: number; readonly grams?: number }[]
}

/**
 * The goods of a sale, or some of them, never left: a row beside the outflow takes it back; a merchant who was offered
 * them loses the purchase. Rows are only added on the seller's side, so the pile can be recomputed from its records.
 */
export async function applyVoid(_ctx: Context, tx: Transaction, goods: VoidedGoods): Promise<void> {
  const outflows = await tx
    .select()
    .from(pileEvents)
    .where(
      and(
        eq(pileEvents.recordId, goods.saleRecordId),
        eq(pileEvents.source, "outflow"),
        ...(goods.lines.length > 0
          ? [
              inArray(
                pileEvents.line,
                goods.lines.map(({ line }) => line),
              ),
            ]
          : []),
      ),
    )
  if (outflows.length === 0) return
  await tx
    .insert(pileEvents)
    .values(
      outflows.map((outflow) => {
        const grams = goods.lines.find(({ line }) => line === outflow.line)?.grams
        return {
          ...outflow,
          day: utcDay(outflow.effectiveAt),
          direction: 0,
          recordId: goods.byRecordId,
          gramsLow: Math.min(grams ?? outflow.gramsLow, outflow.gramsLow),
          gramsHigh: Math.min(grams ?? outflow.gramsHigh, outflow.gramsHigh),
          source: "void" as const,
          upstreamPileId: outflow.pileId,
          upstreamRecordId: outflow.recordId,
          upstreamLine: outflow.line,
        }
      }),
    )
    .onConflictDoNothing()
  await withdrawPurchases(
    tx,
    goods.saleRecordId,
    outflows.map(({ line }) => line),
  )
}

/** An offered purchase whose goods were never handed over did not happen. */
async function withdrawPurchases(tx: Transaction, saleRecordId: string, lines: readonly number[]): Promise<void> {
  await tx
    .delete(pileEvents)
    .where(
      and(
        eq(pileEvents.upstreamRecordId, saleRecordId),
        eq(pileEvents.source, "purchase"),
        inArray(pileEvents.upstreamLine, [...lines]),
      ),
    )
  await tx
    .update(purchases)
    .set({ state: "refused" })
    .where(
      and(
        eq(purchases.saleRecordId, saleRecordId),
        inArray(purchases.line, [...lines]),
        eq(purchases.state, "offered"),
      ),
    )
}
