/** What a change of a sale means to the seller who looks at its code. */
import type { PayerHint } from "../../src/link/down-messages"
import { standingOf } from "../../src/sale/sale-standing"
import type { SaleRow } from "../../src/store/rows"
import type { ShownSale } from "./state"

/** The sale on the screen, after what was heard of a sale; the same object when it was of another one. */
export function shownAfter(shown: ShownSale | undefined, sale: SaleRow, nowMs: number): ShownSale | undefined {
  if (shown === undefined || shown.sale.counter !== sale.counter) return shown
  const [before, after] = [standingOf(shown.sale), standingOf(sale)]
  const isPaying = after === "paying"
  return {
    ...shown,
    sale,
    wasRefused: isPaying ? false : shown.wasRefused || (before === "paying" && after === "waiting"),
    payingSinceMs: isPaying ? (shown.payingSinceMs ?? nowMs) : undefined,
  }
}

/** The sale on the screen, after what was heard of its payers. Hints are repeated and overtake each other. */
export function shownAfterHint(shown: ShownSale | undefined, hint: PayerHint, nowMs: number): ShownSale | undefined {
  if (shown === undefined || shown.sale.counter !== hint.counter) return shown
  if (shown.hint !== undefined && hint.atMs < shown.hint.atMs) return shown
  const begins = hint.hint === "came-back" && shown.payingSinceMs !== undefined
  return { ...shown, hint, ...(begins && { payingSinceMs: nowMs }) }
}
