import type { Ack } from "../link/down-messages"
import type { Change } from "../store/local-store"
import type { Terminal } from "../terminal"

/**
 * The gateway's application acknowledgements, sent after its commit: the only thing that takes a row out of the
 * outbox. What it refused is kept apart for a person, with the reason.
 */
export function takeAcks(terminal: Terminal, acks: readonly Ack[]): Promise<void> {
  return terminal.inTurn(async () => {
    const { store, clock } = terminal
    const changes: Change[] = []
    const rows = await Promise.all(acks.map(({ id }) => store.get("outbox", id)))
    for (const [index, { id, result, code }] of acks.entries()) {
      const row = rows[index]
      if (row === undefined) continue
      changes.push({ table: "outbox", change: "delete", key: id })
      if (result === "refused") {
        const refused = { ...row, code: code ?? "unknown", refusedAtMs: clock.nowMs() }
        changes.push({ table: "refused", change: "put", key: id, row: refused })
      }
    }
    await store.commit(changes)
  })
}
