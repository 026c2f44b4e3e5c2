/**
 * A payment that was there before the cancellation of its sale (UP-15): the seller gives the money back, or hands the
 * goods over. Kept until one of both is done, also when another buyer's code stands on the screen, and over days.
 */
import { err, ok, type Result } from "@suyuan/protocol/result"
import type { Change } from "../store/local-store"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

/** The buyer had paid before: handed over on six digits or taken in cash it is nobody's surprise. */
export function cameTooLate({ cancelRequested, payment, settlement }: SaleRow): boolean {
  return cancelRequested === true && payment?.state === "paid" && settlement === "platform"
}

/** Nobody has given it back or handed the goods over. */
export function isLateOpen(sale: SaleRow): boolean {
  const { payment, lateKept } = sale
  if (!cameTooLate(sale) || payment === undefined) return false
  return lateKept !== true && payment.refundedFen < payment.paidFen
}

/** For the commit of a sale's row: what is open is found without its sale. */
export function lateChanges(sale: SaleRow): readonly Change[] {
  if (!cameTooLate(sale)) return []
  const { counter } = sale
  const key = counterKey(counter)
  return isLateOpen(sale)
    ? [{ table: "latePayments", change: "put", key, row: { counter } }]
    : [{ table: "latePayments", change: "delete", key }]
}

/** The goods went to the buyer all the same. */
export function keepLatePayment(terminal: Terminal, counter: number): Promise<Result<SaleRow, "sale/unknown">> {
  return terminal.inTurn(async () => {
    const key = counterKey(counter)
    const sale = await terminal.store.get("sales", key)
    if (sale === undefined) return err("sale/unknown")
    const row: SaleRow = { ...sale, lateKept: true }
    await terminal.store.commit([{ table: "sales", change: "put", key, row }, ...lateChanges(row)])
    return ok(row)
  })
}
