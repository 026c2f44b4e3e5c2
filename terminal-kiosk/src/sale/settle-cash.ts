import { err, ok, type Result } from "@suyuan/protocol/result"
import { draftUpload } from "../outbox/queue-upload"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { saleUpload } from "./close-sale"
import { linesOf } from "./sale-lines"
import { standingOf } from "./sale-standing"

export type SettleCashError =
  | "sale/unknown"
  /** A platform's money came first: give the cash back, or refund the payment. */
  | "sale/paid-already"
  | "sale/voided"

/**
 * 收现金: the buyer pays by hand. Told to the gateway by another upload of the same signed code. Money that a platform
 * still brings goes back by itself. Taking cash twice is taking it once.
 */
export function settleCash(terminal: Terminal, counter: number): Promise<Result<SaleRow, SettleCashError>> {
  return terminal.inTurn(async () => {
    const sale = await terminal.store.get("sales", counterKey(counter))
    if (sale === undefined) return err("sale/unknown")
    const standing = standingOf(sale)
    if (standing === "cash") return ok(sale)
    if (standing === "voided") return err("sale/voided")
    if (standing === "paid" || standing === "handed-over") return err("sale/paid-already")
    const settled: SaleRow = { ...sale, settlement: "cash" }
    const upload = await draftUpload(terminal, "sale", saleUpload(settled, linesOf(sale)))
    await terminal.store.commit([
      { table: "sales", change: "put", key: counterKey(counter), row: settled },
      upload.change,
    ])
    return ok(settled)
  })
}
