import type { PaymentNews } from "../link/down-messages"
import { lateChanges } from "../sale/late-payments"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

/**
 * Takes the gateway's word on a sale's money. Only a newer version counts: messages are repeated and overtake each
 * other. Returns the sale as it stands then; `undefined` for one that this terminal does not have.
 */
export function followPayment(terminal: Terminal, news: PaymentNews): Promise<SaleRow | undefined> {
  return terminal.inTurn(async () => {
    const key = counterKey(news.counter)
    const sale = await terminal.store.get("sales", key)
    if (sale === undefined || (sale.payment?.version ?? -1) >= news.version) return sale
    const { state, paidFen, refundedFen, platform, version } = news
    const row: SaleRow = { ...sale, payment: { state, paidFen, refundedFen, platform, version } }
    await terminal.store.commit([{ table: "sales", change: "put", key, row }, ...lateChanges(row)])
    return row
  })
}
