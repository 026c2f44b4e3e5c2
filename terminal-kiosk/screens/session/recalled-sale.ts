/** A code on the screens whose goods were recalled after it was signed. */
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesOf } from "../../src/sale/sale-lines"
import { takeBackCode } from "../../src/sale/take-back-code"
import type { SaleRow } from "../../src/store/rows"
import type { Kiosk } from "./kiosk"
import { keepShown, putAside } from "./selling"
import type { KioskState } from "./state"

/** However it came to the screens: they show it no longer, and say why. */
export async function takeBackShown(kiosk: Kiosk): Promise<void> {
  const { shown, recalled } = kiosk.state.get()
  if (shown === undefined || recalled.size === 0) return
  const sale = await kiosk.attempt(() => takeBackCode(kiosk.terminal, shown.sale.counter))
  if (sale === undefined) return
  kiosk.awaited.delete(sale.counter)
  keepShown(kiosk, sale)
}

/** What of it may still be sold. */
export function restOf(sale: SaleRow, recalled: KioskState["recalled"]): readonly SaleLine[] {
  return linesOf(sale).filter(({ slot }) => !recalled.has(slot))
}

/** The rest comes back into the hand; what was in it is put aside first. */
export function sellRest(kiosk: Kiosk): Promise<void> {
  return kiosk.selling(async () => {
    const { shown, recalled } = kiosk.state.get()
    if (shown === undefined) return
    await putAside(kiosk)
    // The memory failed: what is in the hand stays there.
    if (kiosk.state.get().basket.lines.length > 0) return
    const basket = { id: kiosk.terminal.newId(), lines: restOf(shown.sale, recalled), askedFen: undefined }
    kiosk.state.set({ basket, cleared: undefined, shown: undefined })
  })
}
