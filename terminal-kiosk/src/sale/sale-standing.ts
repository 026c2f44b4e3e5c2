/** How a sale stands, for the seller's screen. Only the gateway's word says that a platform's money has come. */
import type { SaleRow } from "../store/rows"

export type SaleStanding =
  /** The code is shown, nobody has begun to pay as far as is known. */
  | "waiting"
  | "paying"
  | "paid"
  | "cash"
  /** Handed over on six digits; the gateway's word is still to come. */
  | "handed-over"
  /** The buyer was given up on; whether the payment came first, the gateway says. */
  | "cancelling"
  /** The gateway will not cancel it: a person has to say how it ended. */
  | "not-cancelled"
  | "closed"
  | "voided"

export function standingOf(sale: SaleRow): SaleStanding {
  if (sale.voided !== undefined) return "voided"
  if (sale.payment?.state === "paid") return sale.payment.platform === "cash" ? "cash" : "paid"
  if (sale.settlement === "cash") return "cash"
  if (sale.settlement === "code-only") return "handed-over"
  if (sale.payment?.state === "closed") return "closed"
  if (sale.cancelRefused !== undefined) return sale.countsAsCancelled ? "closed" : "not-cancelled"
  if (sale.cancelRequested === true) return "cancelling"
  return sale.payment?.state === "paying" ? "paying" : "waiting"
}
