import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface OutsideGoods {
  readonly commodity: number
  readonly weightGrams: number
  /** What the supplier said; empty when nothing is known. It stays somebody's word: the origin counts as unknown. */
  readonly declaredOrigin: string
}

/** Goods that nobody in the system sold: written down by hand. */
export function enterOutsideGoods(terminal: Terminal, goods: OutsideGoods): Promise<string> {
  return terminal.inTurn(() =>
    queueUpload(terminal, "outside-goods", { ...goods, receivedAtSeconds: msToSeconds2024(terminal.clock.nowMs()) }),
  )
}
