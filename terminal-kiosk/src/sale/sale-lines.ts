import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import type { SaleRow } from "../store/rows"

/** Lines of a kept sale as they were signed. */
export function linesOf(sale: SaleRow): SaleLine[] {
  return sale.lines.map(([slot, packed, unitPriceFen]) => {
    const quantity = unpackQuantity(packed)
    if (!quantity.ok) throw new Error(`a kept line of sale ${sale.counter} is malformed`)
    return { slot, quantity: quantity.value, unitPriceFen }
  })
}
