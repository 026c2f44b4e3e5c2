import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { packQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { quantityGrams } from "@suyuan/protocol/units/weight"
import { pileIdOf } from "../stock/pile-id"
import type { Slots } from "./read-snapshots"

/** What a line means once the stock snapshot says what its slot holds. */
export type LineGoods = {
  readonly commodity: number
  readonly lotId: string | null
  readonly pileId: string
  /** Pieces weigh what their pack declares; weighed goods have one weight. */
  readonly gramsLow: number
  readonly gramsHigh: number
  readonly declaredOrigin: string
}

/** Undefined while the snapshot is missing, or for a slot that it does not have. */
export function resolveLine(
  merchantId: string,
  line: Pick<SaleLine, "slot" | "quantity">,
  slots: Slots | undefined,
): LineGoods | undefined {
  const slot = slots?.get(line.slot)
  if (!slot) return undefined
  const grams = quantityGrams(line.quantity)
  const lotId = slot.lot ?? null
  return {
    commodity: slot.commodity,
    lotId,
    // Goods come into one pile: a lot that is kept apart is chosen in each sale from it (RG-25).
    pileId: pileIdOf(merchantId, slot.commodity, null),
    gramsLow: grams ?? slot.packLowGrams * line.quantity.count,
    gramsHigh: grams ?? slot.packHighGrams * line.quantity.count,
    declaredOrigin: slot.declaredOrigin,
  }
}

/** A stored line: as signed, and what it means as far as that is known. */
export function lineRow(merchantId: string, line: SaleLine, slots: Slots | undefined) {
  const goods = resolveLine(merchantId, line, slots)
  return {
    slot: line.slot,
    quantityPacked: packQuantity(line.quantity),
    unitPriceFen: line.unitPriceFen,
    amountFen: lineAmountFen(line),
    commodity: goods?.commodity ?? null,
    lotId: goods?.lotId ?? null,
    pileId: goods?.pileId ?? null,
    gramsLow: goods?.gramsLow ?? null,
    gramsHigh: goods?.gramsHigh ?? null,
  }
}
