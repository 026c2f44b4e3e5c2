import { err, ok, type Result } from "@suyuan/protocol/result"
import {
  checkReceipt as judgeReceipt,
  offlineReceiptMessage,
  type ReceiptVerdict,
  receiptDigitsOfMac,
} from "@suyuan/protocol/terminal/offline-receipt"
import { draftUpload } from "../outbox/queue-upload"
import { saleUpload } from "../sale/close-sale"
import { linesOf } from "../sale/sale-lines"
import { standingOf } from "../sale/sale-standing"
import type { Change } from "../store/local-store"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type CheckReceiptError =
  | "sale/unknown"
  /** The gateway's own word is here, or the sale was settled by hand: digits have nothing to say any more. */
  | "sale/settled-already"
  | "sale/closed"

/**
 * The buyer's phone shows six digits because this stall is offline. Three tries, then only the gateway's word counts.
 * Tries and acceptance are on the disk before they are answered (OR-7), so a restart gives no new ones. Accepted
 * digits settle the sale as handed over, and the gateway is told.
 */
export function checkReceipt(
  terminal: Terminal,
  counter: number,
  entered: string,
): Promise<Result<ReceiptVerdict, CheckReceiptError>> {
  return terminal.inTurn(async () => {
    const sale = await terminal.store.get("sales", counterKey(counter))
    if (sale === undefined) return err("sale/unknown")
    const standing = standingOf(sale)
    if (standing === "paid" || standing === "cash") return err("sale/settled-already")
    if (standing === "closed" || standing === "voided") return err("sale/closed")
    const verdict = judgeReceipt(sale.receipt, entered, await expectedDigits(terminal, sale))
    if (verdict.check === sale.receipt) return ok(verdict)
    const changes: Change[] = []
    const isAccepted = verdict.verdict === "accepted"
    const row: SaleRow = { ...sale, receipt: verdict.check, ...(isAccepted && { settlement: "code-only" as const }) }
    changes.push({ table: "sales", change: "put", key: counterKey(counter), row })
    if (isAccepted) changes.push((await draftUpload(terminal, "sale", saleUpload(row, linesOf(row)))).change)
    await terminal.store.commit(changes)
    return ok(verdict)
  })
}

async function expectedDigits({ identity, receiptKey }: Terminal, sale: SaleRow): Promise<string> {
  const { networkId, terminal } = identity
  const { counter, amountFen } = sale
  return receiptDigitsOfMac(await receiptKey.mac(offlineReceiptMessage({ networkId, terminal, counter, amountFen })))
}
