import { sales } from "@suyuan/drizzle/schema/sales"
import { pileEvents, purchases } from "@suyuan/drizzle/schema/trace"
import { and, eq, inArray } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { utcDay } from "../day"
import { recordDay } from "../ledger/record-day"
import { noteEvents } from "./note-events"
import { lockPurchases, projectPurchase, voidOf } from "./project-purchase"

/** `lines` empty: all lines of the sale. Grams left out: the whole line. */
export type VoidedGoods = {
  readonly saleRecordId: string
  /** The record that says so: a void or a refund. */
  readonly byRecordId: string
  readonly lines: readonly { readonly line: number; readonly grams?: number }[]
}

/**
 * The goods of a sale, or some of them, never left: a row beside the outflow takes it back, and a merchant who was
 * offered them, or had taken them in already, has so much less. Repeating it changes nothing.
 */
export async function applyVoid(_ctx: Context, tx: Transaction, goods: VoidedGoods): Promise<void> {
  const gramsOf = new Map(goods.lines.map(({ line, grams }) => [line, grams]))
  const named = gramsOf.size > 0 ? [inArray(pileEvents.line, [...gramsOf.keys()])] : []
  const [sale] = await tx
    .select({ effectiveAt: sales.effectiveAt })
    .from(sales)
    .where(and(eq(sales.recordId, goods.saleRecordId), eq(sales.day, recordDay(goods.saleRecordId))))
  if (!sale) return
  const ofSale = [eq(pileEvents.recordId, goods.saleRecordId), eq(pileEvents.day, utcDay(sale.effectiveAt))]
  const outflows = await tx
    .select()
    .from(pileEvents)
    .where(and(...ofSale, eq(pileEvents.source, "outflow"), ...named))
  if (outflows.length === 0) return
  const rows = outflows.map((outflow) => voidOf(outflow, goods.byRecordId, gramsOf.get(outflow.line)))
  await noteEvents(tx, await tx.insert(pileEvents).values(rows).onConflictDoNothing().returning())
  const bought = await lockPurchases(
    tx,
    goods.saleRecordId,
    outflows.map(({ line }) => line),
  )
  for (const purchase of bought) {
    await projectPurchase(tx, purchase)
    const voided = rows.find(({ line }) => line === purchase.line)
    const isGone = voided !== undefined && voided.gramsHigh >= purchase.grams
    if (isGone && purchase.state === "offered") {
      await tx.update(purchases).set({ state: "refused" }).where(eq(purchases.id, purchase.id))
    }
  }
}
