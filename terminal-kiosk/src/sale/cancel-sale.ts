import { err, ok, type Result } from "@suyuan/protocol/result"
import { draftUpload } from "../outbox/queue-upload"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { standingOf } from "./sale-standing"

export type CancelSaleError = "sale/unknown" | "sale/paid-already" | "sale/settled-by-hand"

/**
 * The buyer left without paying, or must not pay any more. A signed request, also offline: when the payment came first the gateway says so, and
 * the seller refunds it or keeps the sale (UP-15).
 * @param recallReason where its goods were recalled meanwhile
 */
export function cancelSale(
  terminal: Terminal,
  counter: number,
  recallReason?: string,
): Promise<Result<SaleRow, CancelSaleError>> {
  return terminal.inTurn(async () => {
    const sale = await terminal.store.get("sales", counterKey(counter))
    if (sale === undefined) return err("sale/unknown")
    const standing = standingOf(sale)
    if (standing === "cancelling" || standing === "closed") return ok(sale)
    if (standing === "paid") return err("sale/paid-already")
    if (standing !== "waiting" && standing !== "paying" && standing !== "not-cancelled") {
      return err("sale/settled-by-hand")
    }
    const { cancelRefused: _, ...asked } = sale
    const row: SaleRow = { ...asked, cancelRequested: true, ...(recallReason === undefined ? {} : { recallReason }) }
    const upload = await draftUpload(terminal, "cancel", { counter })
    await terminal.store.commit([{ table: "sales", change: "put", key: counterKey(counter), row }, upload.change])
    return ok(row)
  })
}
