/** The basket in the seller's hand: six weighed lines outlive a reload, an update, a crash. */
import { THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import { type Basket, isBlank } from "./basket"
import { basketOf, heldRowOf } from "./hold-basket"

/** Not in turn, since it reads nothing: no tap waits behind it. */
export function keepBasket({ store, clock }: Pick<Terminal, "store" | "clock">, basket: Basket): Promise<void> {
  if (isBlank(basket)) return store.commit([{ table: "current", change: "delete", key: THE_ONE }])
  const row = { ...heldRowOf(basket, clock.nowMs()), id: basket.id }
  return store.commit([{ table: "current", change: "put", key: THE_ONE, row }])
}

/** As it was in the hand; nothing when it became a sale or was put aside before that was written down. */
export async function takeUpBasket({ store }: Pick<Terminal, "store">): Promise<Basket | undefined> {
  const row = await store.get("current", THE_ONE)
  if (row === undefined) return undefined
  const [sold, held] = await Promise.all([store.get("baskets", row.id), store.get("held", row.id)])
  return sold === undefined && held === undefined ? basketOf(row.id, row) : undefined
}
