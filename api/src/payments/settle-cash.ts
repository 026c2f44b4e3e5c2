import { sales } from "@suyuan/drizzle/schema/sales"
import { and, asc, inArray, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { enqueue } from "../outbox"
import { inSales, type SaleKey, saleName } from "../sales/sale-key"
import { hurryAttempts } from "./attempts"
import { saleNumber } from "./cancel-sale"
import { tellOf } from "./change-sale"
import { appendEvents } from "./payment-events"

/** What `sales.settled_by` says of a sale that no platform settled. */
export const settledByCash = "cash"

export type CashOutcome = "settled" | "settled-before" | "paid-before" | "unknown-sale"

/**
 * The seller took cash. A set of sales in a few round trips, each settled once; a platform's payment that was
 * committed first stays, and one that comes later goes back as a second payment. A sale that expired meanwhile is
 * settled all the same: the buyer gave up on the phone and paid by hand. Outcomes by `saleName`.
 * The caller completes the trades: the terminal's upload is what brought the news.
 */
export async function settleCash(
  ctx: Context,
  tx: Transaction,
  keys: readonly SaleKey[],
): Promise<Map<string, CashOutcome>> {
  const outcomes = new Map<string, CashOutcome>(keys.map((key) => [saleName(key), "unknown-sale"]))
  if (keys.length === 0) return outcomes
  const found = await tx
    .select()
    .from(sales)
    .where(inSales(sales, keys))
    .orderBy(asc(sales.terminalId), asc(sales.counter))
    .for("update")
  for (const sale of found) outcomes.set(saleName(sale), outcomeOf(sale))
  const due = found.filter((sale) => outcomeOf(sale) === "settled")
  if (due.length === 0) return outcomes
  const now = new Date(ctx.clock.nowMs())
  const settled = await tx
    .update(sales)
    .set({
      state: "paid",
      paidFen: sql`${sales.paidFen} + ${sales.amountFen}`,
      paidBy: "cash",
      settledBy: settledByCash,
      settledAt: now,
      version: sql`${sales.version} + 1`,
    })
    .where(and(inSales(sales, due), inArray(sales.state, ["presented", "paying", "closed"])))
    .returning()
  const beingPaid = due.filter((sale) => sale.state === "paying")
  await hurryAttempts(tx, beingPaid, now)
  const watched = new Set(beingPaid.map(saleName))
  // A page can only be open where somebody has begun to pay; the terminal took the cash itself.
  await enqueue(ctx, tx, settled.filter((sale) => watched.has(saleName(sale))).flatMap(tellOf))
  await appendEvents(
    ctx,
    tx,
    settled.map((sale) => ({
      outTradeNo: saleNumber(sale),
      siteId: sale.siteId,
      kind: "sale/settled" as const,
      detail: { reason: "cash", amountFen: sale.amountFen },
    })),
  )
  return outcomes
}

function outcomeOf(sale: Pick<typeof sales.$inferSelect, "state" | "paidBy">): CashOutcome {
  if (sale.state !== "paid") return "settled"
  return sale.paidBy === "cash" ? "settled-before" : "paid-before"
}
