import type { World } from "../world"
import type { Order } from "./order"

/** The caller has checked that the order is open. */
export function closeOrder(world: World, order: Order): Order {
  const closed: Order = { ...order, state: "closed", closedAtMs: world.settings.clockMs() }
  world.store.saveOrder(closed)
  return closed
}
