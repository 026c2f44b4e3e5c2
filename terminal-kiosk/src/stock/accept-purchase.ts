import { fromHex } from "@suyuan/protocol/codec/bytes"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { draftUpload } from "../outbox/queue-upload"
import type { PurchaseRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type PurchaseAnswer =
  /** Into the stock. Less than was bought may have arrived; more would be goods of unknown origin. */
  | { readonly outcome: "accepted"; readonly grams: number }
  /** For the owner's own kitchen. */
  | { readonly outcome: "private" }
  /** The goods never came. */
  | { readonly outcome: "refused" }

export type AcceptPurchaseError = "purchase/unknown" | "purchase/more-than-bought"

export function purchaseKey(purchase: Pick<PurchaseRow, "saleRecordId" | "lineIndex">): string {
  return `${purchase.saleRecordId}/${String(purchase.lineIndex).padStart(3, "0")}`
}

/**
 * Answers a purchase that this stall's own wallet made. Another answer later is a correction, and another record. Returns
 * the upload's id.
 */
export function acceptPurchase(
  terminal: Terminal,
  key: string,
  answer: PurchaseAnswer,
): Promise<Result<string, AcceptPurchaseError>> {
  return terminal.inTurn(async () => {
    const row = await terminal.store.get("purchases", key)
    const saleRecordId = row && fromHex(row.saleRecordId)
    if (row === undefined || saleRecordId === undefined) return err("purchase/unknown")
    const acceptedGrams = answer.outcome === "accepted" ? answer.grams : 0
    if (acceptedGrams > row.grams) return err("purchase/more-than-bought")
    const { uploadId, change } = await draftUpload(terminal, "arrival", {
      saleRecordId,
      lineIndex: row.lineIndex,
      acceptedGrams,
      acceptedAtSeconds: terminal.time.stampSeconds(),
      outcome: answer.outcome,
    })
    const answered = { ...row, answer: answer.outcome, acceptedGrams, answeredBy: uploadId }
    await terminal.store.commit([
      change,
      { table: "purchases", change: "put", key, row: answered },
      { table: "openPurchases", change: "delete", key },
    ])
    return ok(uploadId)
  })
}
