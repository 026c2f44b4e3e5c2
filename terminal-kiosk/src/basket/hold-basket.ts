import { packQuantity, unpackQuantity } from "@suyuan/protocol/terminal/packed-quantity"
import { type HeldBasketRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import type { Basket } from "./basket"

export type HeldBasket = { readonly basket: Basket; readonly heldAtMs: number }

/** 挂单: puts a basket aside for a buyer who comes back; it survives a restart. */
export function holdBasket(terminal: Terminal, basket: Basket): Promise<void> {
  const row = heldRowOf(basket, terminal.clock.nowMs())
  return terminal.inTurn(() => terminal.store.commit([{ table: "held", change: "put", key: basket.id, row }]))
}

export function heldRowOf({ lines, askedFen, soldAtSeconds, lostName }: Basket, heldAtMs: number): HeldBasketRow {
  return {
    lines: lines.map(({ slot, quantity, unitPriceFen }) => [slot, packQuantity(quantity), unitPriceFen] as const),
    ...(askedFen !== undefined && { askedFen }),
    ...(soldAtSeconds !== undefined && { soldAtSeconds }),
    ...(lostName !== undefined && { lostName }),
    heldAtMs,
  }
}

/** Takes it up again: held no longer, and in the hand from then on. `undefined` when it is not there. */
export function recallBasket(terminal: Terminal, id: string): Promise<Basket | undefined> {
  return terminal.inTurn(async () => {
    const row = await terminal.store.get("held", id)
    if (row === undefined) return undefined
    await terminal.store.commit([
      { table: "held", change: "delete", key: id },
      { table: "current", change: "put", key: THE_ONE, row: { ...row, id } },
    ])
    return basketOf(id, row)
  })
}

export async function listHeld({ store }: Pick<Terminal, "store">): Promise<HeldBasket[]> {
  return (await store.list("held")).map(([id, row]) => ({ basket: basketOf(id, row), heldAtMs: row.heldAtMs }))
}

export function basketOf(id: string, row: HeldBasketRow): Basket {
  const lines = row.lines.flatMap(([slot, packed, unitPriceFen]) => {
    const quantity = unpackQuantity(packed)
    return quantity.ok ? [{ slot, quantity: quantity.value, unitPriceFen }] : []
  })
  const { askedFen, soldAtSeconds, lostName } = row
  return { id, lines, askedFen, soldAtSeconds, lostName }
}
