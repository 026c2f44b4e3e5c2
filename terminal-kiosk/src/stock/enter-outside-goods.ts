import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface OutsideGoods {
  readonly commodity: number
  readonly weightGrams: number
  /** What the supplier said; empty when nothing is known. It stays somebody's word: the origin counts as unknown. */
  readonly declaredOrigin: string
}

/** Goods that nobody in the system sold: written down by hand. @param uploadId as for `queueUpload`. */
export function enterOutsideGoods(terminal: Terminal, goods: OutsideGoods, uploadId?: string): Promise<string> {
  return terminal.inTurn(() => {
    const receivedAtSeconds = msToSeconds2024(terminal.clock.nowMs())
    return queueUpload(terminal, "outside-goods", { ...goods, receivedAtSeconds }, uploadId)
  })
}
