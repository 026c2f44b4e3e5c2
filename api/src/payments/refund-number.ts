/**
 * The number of a refund at a platform (docs/specs/payments.md, PY-2): the order's own name with the day on which the
 * refund was asked for, and which part it is. Legal on both platforms, known before it is sent, readable backwards.
 */
import { formatOutTradeNo, type OutTradeNo, parseOutTradeNo } from "@suyuan/protocol/payment/out-trade-no"
import type { Result } from "@suyuan/protocol/result"
import { err, ok } from "@suyuan/protocol/result"

/** WeChat Pay allows no more refunds of one order. */
export const refundPartsMax = 50

/** Attempt number of cash, which has no attempt at a platform. */
export const cashAttempt = 0

/** `utcDay` is the day of the refund, not of the payment: it finds the refund's partition. `part` counts from 1. */
export type RefundName = OutTradeNo & { readonly part: number }

/** 25 characters: `<out_trade_no>r<two digits>`. @throws RangeError for a part outside 1 to 50. */
export function formatRefundNo(name: RefundName): string {
  if (!Number.isInteger(name.part) || name.part < 1 || name.part > refundPartsMax) {
    throw new RangeError(`no refund has part ${name.part}`)
  }
  return `${formatOutTradeNo(name)}r${String(name.part).padStart(2, "0")}`
}

export function parseRefundNo(text: string): Result<RefundName, "refund-no/malformed"> {
  const match = /^(.{22})r([0-9]{2})$/.exec(text)
  const trade = match && parseOutTradeNo(match[1]!)
  const part = Number(match?.[2])
  if (!trade?.ok || part < 1 || part > refundPartsMax) return err("refund-no/malformed")
  return ok({ ...trade.value, part })
}

/** `yyyy-mm-dd`: the partition key that a number carries. */
export function dayOfNumber(name: Pick<OutTradeNo, "utcDay">): string {
  return new Date(name.utcDay * 86_400_000).toISOString().slice(0, 10)
}
