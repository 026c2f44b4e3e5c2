import type { Context, Reader } from "../context"
import { findSale } from "../payments/attempts"
import { hasPaid } from "../payments/has-paid"
import { receiptDigitsOf } from "./receipt-digits"
import type { SaleKey } from "./sale-key"

/**
 * The money side of a sale, for whoever waits for it. The six digits that prove payment to an offline stall are for
 * the paying session alone, and never while the outcome is unknown or once the money has gone back.
 */
export async function readState(
  ctx: Context,
  reader: Reader,
  key: SaleKey,
  amountFen: number,
  buyerId: string | undefined,
) {
  const sale = await findSale(reader, key)
  const isPayer = sale?.state === "paid" && buyerId !== undefined && (await hasPaid(reader, sale, buyerId))
  return {
    state: sale?.state ?? ("presented" as const),
    paidFen: sale?.paidFen ?? 0,
    refundedFen: sale?.refundedFen ?? 0,
    platform: sale?.paidBy ?? null,
    version: sale?.version ?? 0,
    paidByMe: isPayer,
    // Opens the trace.
    recordId: isPayer ? sale.recordId : null,
    receiptDigits: isPayer ? receiptDigitsOf(ctx, key, { ...sale, amountFen }) : null,
  }
}
