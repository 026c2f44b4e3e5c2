import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { WasteReason } from "@suyuan/protocol/ledger/kinds/stock"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface Waste {
  readonly commodity: number
  readonly weightGrams: number
  readonly reason: Exclude<WasteReason, "sent-back">
  /** Only where the seller says of which lot it was. */
  readonly lot?: string
}

/** Goods that left the stall without a payment. Returns the upload's id. @param uploadId as for `queueUpload`. */
export function recordWaste(terminal: Terminal, waste: Waste, uploadId?: string): Promise<string> {
  const { commodity, weightGrams, reason, lot } = waste
  return terminal.inTurn(() => {
    const wastedAtSeconds = terminal.time.stampSeconds()
    return queueUpload(terminal, "waste", { commodity, weightGrams, reason, lot, wastedAtSeconds }, uploadId)
  })
}

export type SendBackError = "purchase/unknown" | "purchase/more-than-bought"

/**
 * Goods go back to whoever had sold them: they are offered to that merchant as goods of this stall, who answers as for
 * any purchase. What is paid back for them is that merchant's refund, of money only.
 * @param key of the purchase that had brought them (`purchaseKey`).
 */
export function sendBack(terminal: Terminal, key: string, weightGrams: number): Promise<Result<string, SendBackError>> {
  return terminal.inTurn(async () => {
    const row = await terminal.store.get("purchases", key)
    const saleRecordId = row && fromHex(row.saleRecordId)
    if (row === undefined || saleRecordId === undefined) return err("purchase/unknown")
    if (weightGrams > row.grams) return err("purchase/more-than-bought")
    const uploadId = await queueUpload(terminal, "waste", {
      ...{ commodity: row.commodity, lot: undefined, weightGrams, reason: "sent-back" },
      wastedAtSeconds: terminal.time.stampSeconds(),
      sentBackOf: { saleRecordId, lineIndex: row.lineIndex },
    })
    return ok(uploadId)
  })
}
