/**
 * What the gateway will not cancel or void (UP-22: after 72 hours it waits no more for a sale that it does not know). The
 * sale is not left between two states for ever: it says so, and there is a way on.
 */
import { err, ok, type Result } from "@suyuan/protocol/result"
import { counterKey, type OutboxRow, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"

/** The sale as it stands once its cancellation or voiding is refused; `undefined` where that changes nothing. */
export async function refusedRequest(
  { store }: Pick<Terminal, "store">,
  { kind, counter }: OutboxRow,
  code: string,
): Promise<SaleRow | undefined> {
  if (counter === undefined) return undefined
  const sale = await store.get("sales", counterKey(counter))
  if (sale === undefined) return undefined
  if (kind === "cancel") return { ...sale, cancelRefused: code }
  if (kind !== "void" || sale.voided === undefined) return undefined
  const { voided: _, ...counts } = sale
  return { ...counts, voidRefused: code }
}

/** Neither goods nor money changed hands, says a person. Money that the gateway hears of all the same still counts. */
export function countAsCancelled(terminal: Terminal, counter: number): Promise<Result<SaleRow, "sale/unknown">> {
  return terminal.inTurn(async () => {
    const sale = await terminal.store.get("sales", counterKey(counter))
    if (sale === undefined) return err("sale/unknown")
    const row: SaleRow = { ...sale, countsAsCancelled: true }
    await terminal.store.commit([{ table: "sales", change: "put", key: counterKey(counter), row }])
    return ok(row)
  })
}
