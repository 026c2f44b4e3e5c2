import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import { queueUpload } from "../outbox/queue-upload"
import type { Terminal } from "../terminal"

export interface Harvest {
  /** Catalogue code. */
  readonly commodity: number
  readonly weightGrams: number
  /** `河北张北`; at most 64 characters. */
  readonly declaredOrigin: string
  /** 承诺达标合格证 for this much of it (农业农村部令 2025 第4号), and what the promise rests on: `自检合格`. */
  readonly certificate?: { readonly weightGrams: number; readonly promiseBasis: string }
}

/** A base's goods begin here. Returns the lot's id, which a snapshot's slot may name. */
export function declareHarvest(terminal: Terminal, harvest: Harvest): Promise<string> {
  return terminal.inTurn(async () => {
    const lot = terminal.newId()
    const { commodity, weightGrams, declaredOrigin, certificate } = harvest
    const harvestedAtSeconds = msToSeconds2024(terminal.clock.nowMs())
    await queueUpload(terminal, "harvest", {
      ...{ lot, commodity, weightGrams, harvestedAtSeconds, declaredOrigin },
      certificate,
    })
    return lot
  })
}
