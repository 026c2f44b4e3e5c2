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

export interface HarvestIds {
  readonly lot: string
  readonly uploadId: string
}

/**
 * A base's goods begin here. Returns the lot's id, which a snapshot's slot may name.
 * @param ids made when the form was opened: confirmed twice, it is one harvest and one certificate.
 */
export function declareHarvest(terminal: Terminal, harvest: Harvest, ids = newHarvestIds(terminal)): Promise<string> {
  const { lot, uploadId } = ids
  return terminal.inTurn(async () => {
    const { commodity, weightGrams, declaredOrigin, certificate } = harvest
    const harvestedAtSeconds = terminal.time.stampSeconds()
    const body = { lot, commodity, weightGrams, harvestedAtSeconds, declaredOrigin, certificate }
    await queueUpload(terminal, "harvest", body, uploadId)
    return lot
  })
}

export function newHarvestIds({ newId }: Pick<Terminal, "newId">): HarvestIds {
  return { lot: newId(), uploadId: newId() }
}
