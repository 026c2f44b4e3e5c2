import { refunds } from "@suyuan/drizzle/schema/payments"
import { formatOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import { utcDayOf } from "@suyuan/protocol/units/instant"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { type AttemptRow, type RefundRow, refundsOf, type SaleRow } from "./attempts"
import { claimUntil } from "./due"
import { appendEvents } from "./payment-events"
import { cashAttempt, dayOfNumber, formatRefundNo, refundPartsMax } from "./refund-number"

export type RefundWish = Pick<RefundRow, "id" | "amountFen" | "reason" | "goods" | "lines" | "requestedBy">

/** What a refund is of: an attempt at a platform, or the cash that settled the sale. */
export type RefundedPayment = Pick<AttemptRow, "outTradeNo" | "day" | "attempt" | "platform"> | "cash"

/**
 * Stores a refund with its number, under the sale's lock and before anything is sent. A refund of cash is done by
 * being written down; one at a platform is sent by whoever holds its number next.
 */
export async function prepareRefund(
  ctx: Context,
  tx: Transaction,
  sale: SaleRow,
  payment: RefundedPayment,
  wish: RefundWish,
): Promise<RefundRow> {
  const nowMs = ctx.clock.nowMs()
  const name = { utcDay: utcDayOf(nowMs), terminal: sale.terminalId, counter: sale.counter }
  const of =
    payment === "cash"
      ? {
          outTradeNo: formatOutTradeNo({
            ...name,
            utcDay: utcDayOf(Date.parse(sale.day)),
            attempt: cashAttempt,
          }),
          day: sale.day,
          attempt: cashAttempt,
          platform: "cash" as const,
        }
      : payment
  const earlier = await refundsOf(tx, sale)
  const part = earlier.filter((refund) => refund.outTradeNo === of.outTradeNo).length + 1
  if (part > refundPartsMax) throw new ServiceError("refund/too-many-parts")
  const outRefundNo = formatRefundNo({ ...name, attempt: of.attempt, part })
  const [refund] = await tx
    .insert(refunds)
    .values({
      ...wish,
      outRefundNo,
      day: dayOfNumber(name),
      outTradeNo: of.outTradeNo,
      attemptDay: of.day,
      terminalId: sale.terminalId,
      counter: sale.counter,
      saleDay: sale.day,
      siteId: sale.siteId,
      merchantId: sale.merchantId,
      platform: of.platform,
      state: "prepared",
      // A seller's is tried at once by whoever stores it; not by the job as well.
      nextTryAt: wish.reason === "seller" ? claimUntil(ctx) : new Date(nowMs),
      createdAt: new Date(nowMs),
    })
    .returning()
  if (refund === undefined) throw new Error(`refund ${outRefundNo} was not stored`)
  const { amountFen, reason } = wish
  await appendEvents(ctx, tx, [
    {
      outTradeNo: of.outTradeNo,
      outRefundNo,
      siteId: sale.siteId,
      kind: "refund/prepared",
      detail: { amountFen, reason },
    },
  ])
  return refund
}

/** Of a payment's money what went back, or is on its way: not what a platform refused or ended. */
export function spokenForFen(refundsOfSale: readonly RefundRow[], payment: RefundedPayment): number {
  return refundsOfSale
    .filter((refund) => (payment === "cash" ? refund.platform === "cash" : refund.outTradeNo === payment.outTradeNo))
    .filter(({ state }) => state !== "failed" && state !== "closed")
    .reduce((sum, refund) => sum + refund.amountFen, 0)
}
