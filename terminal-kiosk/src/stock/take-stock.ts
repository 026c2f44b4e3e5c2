import { queueUpload } from "../outbox/queue-upload"
import type { Tables } from "../store/rows"
import type { Terminal } from "../terminal"

export interface StockTake {
  readonly commodity: number
  /** 0: sold out. */
  readonly countedGrams: number
}

/** What the gateway's book had when the stall counted; it knows what the stall's other terminals sold. */
export interface StockDiscrepancy extends StockTake {
  readonly bookGrams: number
  /** Above 0: more was found than the books explain. Below: goods are missing. */
  readonly differenceGrams: number
}

/** Where the notice about a stock-take is kept. */
export function stockTakeKey(uploadId: string): string {
  return `stock/${uploadId}`
}

/** From now on the stall has this much of it, whatever the book says. Returns the upload's id, for the discrepancy. */
export function takeStock(terminal: Terminal, { commodity, countedGrams }: StockTake): Promise<string> {
  return terminal.inTurn(() => {
    const countedAtSeconds = terminal.time.stampSeconds()
    return queueUpload(terminal, "stock-take", { commodity, countedGrams, countedAtSeconds })
  })
}

/** "Sold out?" in one tap: nothing of what was there before can be in what is sold later. */
export function saySoldOut(terminal: Terminal, commodity: number): Promise<string> {
  return takeStock(terminal, { commodity, countedGrams: 0 })
}

/** `undefined` until the gateway has answered: the count itself stands at once. */
export async function readDiscrepancy(terminal: Terminal, uploadId: string): Promise<StockDiscrepancy | undefined> {
  const row = await terminal.store.get("notices", stockTakeKey(uploadId))
  return row && discrepancyOf(row)
}

/**
 * Of each commodity that was counted since then the newest count that the gateway has answered: also one that was made
 * without a line, and looked at by nobody since.
 */
export async function discrepanciesSince(
  { store }: Pick<Terminal, "store">,
  fromMs: number,
): Promise<ReadonlyMap<number, StockDiscrepancy>> {
  // An upload's id begins with its milliseconds (`rising-ids`).
  const hex = fromMs.toString(16).padStart(12, "0")
  const rows = await store.list("notices", { after: stockTakeKey(`${hex.slice(0, 8)}-${hex.slice(8)}`) })
  const counts = rows.filter(([key]) => key.startsWith(stockTakeKey(""))).map(([, row]) => discrepancyOf(row))
  return new Map(counts.map((count) => [count.commodity, count]))
}

function discrepancyOf({ text }: Tables["notices"]): StockDiscrepancy {
  // Parsed when it came.
  const { commodity, countedGrams, bookGrams } = JSON.parse(text) as Omit<StockDiscrepancy, "differenceGrams">
  return { commodity, countedGrams, bookGrams, differenceGrams: countedGrams - bookGrams }
}
