import { sales } from "@suyuan/drizzle/schema/sales"
import { offlineReceiptDigits } from "@suyuan/protocol/terminal/offline-receipt"
import type { Context, Reader } from "../context"
import { hasPaid } from "../payments/has-paid"
import { isSale, type SaleKey } from "./sale-key"

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
  const [sale] = await reader.select().from(sales).where(isSale(key))
  const isPayer = sale?.state === "paid" && buyerId !== undefined && (await hasPaid(reader, sale, buyerId))
  const isRefunded = sale !== undefined && sale.refundedFen >= sale.paidFen
  return {
    state: sale?.state ?? ("presented" as const),
    paidFen: sale?.paidFen ?? 0,
    refundedFen: sale?.refundedFen ?? 0,
    platform: sale?.paidBy ?? null,
    version: sale?.version ?? 0,
    paidByMe: isPayer,
    // Opens the trace.
    recordId: isPayer ? sale.recordId : null,
    receiptDigits:
      isPayer && !isRefunded
        ? offlineReceiptDigits(ctx.keys.receiptKey(key.terminalId), {
            networkId: ctx.config.NETWORK_ID,
            terminal: key.terminalId,
            counter: key.counter,
            amountFen,
          })
        : null,
  }
}
