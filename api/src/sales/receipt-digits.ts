import type { sales } from "@suyuan/drizzle/schema/sales"
import { offlineReceiptDigits } from "@suyuan/protocol/terminal/offline-receipt"
import type { Context } from "../context"
import type { SaleKey } from "./sale-key"

type PaidSale = Pick<typeof sales.$inferSelect, "state" | "paidFen" | "refundedFen" | "amountFen">

/**
 * The six digits that prove a payment to an offline stall (OR-4): for whoever paid alone, which the caller has made sure
 * of; never while the outcome is unknown or once the money has gone back.
 */
export function receiptDigitsOf(
  ctx: Pick<Context, "config" | "keys">,
  { terminalId, counter }: Pick<SaleKey, "terminalId" | "counter">,
  { state, paidFen, refundedFen, amountFen }: PaidSale,
): string | null {
  if (state !== "paid" || refundedFen >= paidFen) return null
  const networkId = ctx.config.NETWORK_ID
  return offlineReceiptDigits(ctx.keys.receiptKey(terminalId), { networkId, terminal: terminalId, counter, amountFen })
}
