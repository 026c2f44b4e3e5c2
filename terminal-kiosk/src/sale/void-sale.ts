import { err, ok, type Result } from "@suyuan/protocol/result"
import type { VOID_REASONS } from "@suyuan/protocol/sale/sale"
import { draftUpload } from "../outbox/queue-upload"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { standingOf } from "./sale-standing"

export type VoidSaleError =
  | "sale/unknown"
  /** A platform holds the money: refund it, and say what became of the goods. */
  | "sale/refund-instead"
  /** Not a trade yet: cancel it. */
  | "sale/cancel-instead"

/** Takes a cash sale or a hand-over back: a record of its own that names the one it voids. */
export function voidSale(
  terminal: Terminal,
  counter: number,
  reason: keyof typeof VOID_REASONS,
): Promise<Result<SaleRow, VoidSaleError>> {
  return terminal.inTurn(async () => {
    const sale = await terminal.store.get("sales", counterKey(counter))
    if (sale === undefined) return err("sale/unknown")
    const standing = standingOf(sale)
    if (standing === "voided") return ok(sale)
    if (standing === "paid") return err("sale/refund-instead")
    if (standing !== "cash" && standing !== "handed-over") return err("sale/cancel-instead")
    const { voidRefused: _, ...asked } = sale
    const row: SaleRow = { ...asked, voided: reason }
    const upload = await draftUpload(terminal, "void", { counter, reason })
    await terminal.store.commit([{ table: "sales", change: "put", key: counterKey(counter), row }, upload.change])
    return ok(row)
  })
}
