import type { Ack } from "../link/down-messages"
import { refusedRequest } from "../sale/refused-requests"
import type { Change } from "../store/local-store"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

/**
 * The gateway's application acknowledgements, sent after its commit: the only thing that takes a row out of the
 * outbox. What it refused is kept apart for a person, with the reason. Returns the sales that stand otherwise by it.
 */
export function takeAcks(terminal: Terminal, acks: readonly Ack[]): Promise<readonly SaleRow[]> {
  return terminal.inTurn(async () => {
    const { store, clock } = terminal
    const changes: Change[] = []
    const changed: SaleRow[] = []
    const rows = await Promise.all(acks.map(({ id }) => store.get("outbox", id)))
    for (const [index, { id, result, code = "unknown" }] of acks.entries()) {
      const row = rows[index]
      if (row === undefined) continue
      changes.push({ table: "outbox", change: "delete", key: id })
      if (result !== "refused") continue
      changes.push({ table: "refused", change: "put", key: id, row: { ...row, code, refusedAtMs: clock.nowMs() } })
      const sale = await refusedRequest(terminal, row, code)
      if (sale === undefined) continue
      changes.push({ table: "sales", change: "put", key: counterKey(sale.counter), row: sale })
      changed.push(sale)
    }
    await store.commit(changes)
    return changed
  })
}
