import { type DraftedSale, draftSale, isStillSo } from "../../src/sale/close-sale"
import { prepareCode } from "../parts/code-image"
import type { Kiosk } from "./kiosk"
import { stoppedBy } from "./stopped-by"

/** A draft grows old, and what it stands on changes beside the screen. */
const LOOK_MS = 5_000

/** While a basket stands and the tablet is idle, the sale that it would become is signed and its code drawn: neither is kept or shown. */
export function keepDrafted(kiosk: Kiosk): () => void {
  const { state, terminal } = kiosk
  let idle: number | undefined
  const wanted = () => {
    const { basket, shown, standing } = state.get()
    const isForSale = shown === undefined && basket.lines.length > 0 && stoppedBy(standing) === undefined
    return isForSale && !isStillSo(terminal, kiosk.drafted, basket, LOOK_MS) ? basket : undefined
  }
  const draft = async () => {
    const basket = wanted()
    if (basket === undefined) {
      idle = undefined
      return
    }
    // Before a tap that waits for its turn has it. A memory that fails says so at the next tap that needs it.
    const keep = (drafted: DraftedSale | undefined) => {
      kiosk.drafted = drafted
      return drafted
    }
    const drafted = await draftSale(terminal, basket).then(keep, () => keep(undefined))
    if (drafted !== undefined) requestIdleCallback(() => prepareCode(drafted.url))
    // Another line was weighed meanwhile. What may not be sold is looked at again when something changes.
    idle = undefined
    if (state.get().basket !== basket) look()
  }
  const look = () => {
    if (idle !== undefined || wanted() === undefined) return
    idle = requestIdleCallback(() => {
      void draft()
    })
  }
  const stop = state.watch(look)
  const timer = setInterval(look, LOOK_MS)
  look()
  return () => {
    stop()
    clearInterval(timer)
    if (idle !== undefined) cancelIdleCallback(idle)
  }
}
