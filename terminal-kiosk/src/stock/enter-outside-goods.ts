import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface OutsideGoods {
  /** Catalogue code; 0 with a name. */
  readonly commodity: number
  /** What the seller calls goods that the catalogue does not have: it waits for a person at the market. */
  readonly name?: string
  readonly weightGrams: number
  /** What the supplier said; empty when nothing is known. It stays somebody's word: the origin counts as unknown. */
  readonly declaredOrigin: string
}

/** Goods that nobody in the system sold: written down by hand. @param uploadId as for `queueUpload`. */
export function enterOutsideGoods(terminal: Terminal, goods: OutsideGoods, uploadId?: string): Promise<string> {
  return terminal.inTurn(() => {
    const receivedAtSeconds = terminal.time.stampSeconds()
    return queueUpload(terminal, "outside-goods", { ...goods, receivedAtSeconds }, uploadId)
  })
}
