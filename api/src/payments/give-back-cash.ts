import { applyRefund } from "@suyuan/protocol/payment/payment-state"
import type { Context, Transaction } from "../context"
import { refundsOf, type SaleRow, updateRefund } from "./attempts"
import { changeSale, settlementOf } from "./change-sale"
import { appendEvents } from "./payment-events"
import { prepareRefund, spokenForFen } from "./prepare-refund"
import { refundPartsMax } from "./refund-number"

/**
 * A cash sale was taken back at the stall, under the sale's lock: what is left of its cash goes back by hand, and stands
 * in the books as a refund of the day on which that became known. The void's record tells of it. Idempotent.
 */
export async function giveBackCash(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  by: { readonly requestedBy: string; readonly recordId: string },
): Promise<void> {
  if (sale.paidBy !== "cash") return
  const made = await refundsOf(tx, sale)
  const inCash = made.filter((refund) => refund.platform === "cash")
  const amountFen = sale.amountFen - spokenForFen(made, "cash")
  if (amountFen < 1 || inCash.length >= refundPartsMax) return
  const refund = await prepareRefund(ctx, tx, sale, "cash", {
    id: ctx.random.uuid(),
    amountFen,
    reason: "seller",
    goods: "not-handed-over",
    lines: [],
    requestedBy: by.requestedBy,
  })
  const { outTradeNo, outRefundNo, siteId } = refund
  const done = { state: "succeeded", succeededAt: new Date(ctx.clock.nowMs()), nextTryAt: null } as const
  await updateRefund(tx, refund, { ...done, recordId: by.recordId })
  const detail = { reason: "void", amountFen }
  await appendEvents(ctx, tx, [{ outTradeNo, outRefundNo, siteId, kind: "refund/succeeded", detail }])
  await changeSale(ctx, tx, sale, applyRefund(settlementOf(sale), "prepared", amountFen).settlement)
}
