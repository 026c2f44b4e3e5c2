import { heldSlots } from "../stock/recall-holds"
import { slotsOf } from "../stock/write-snapshot"
import { counterKey, type SaleRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import { cancelSale } from "./cancel-sale"
import { standingOf } from "./sale-standing"

/**
 * A code that was signed before its goods were recalled is given up, by the seller's own kind of request: the gateway
 * opens no payment by it (RC-11), so nobody is to be asked for one. The cancelled sale, with the reason; `undefined` where
 * nothing of it is held, or nobody is to pay by it any more. When the payment came first both screens say so (UP-15).
 */
export async function takeBackCode(terminal: Terminal, counter: number): Promise<SaleRow | undefined> {
  const { store } = terminal
  const [sale, snapshot] = await Promise.all([store.get("sales", counterKey(counter)), store.get("snapshots", THE_ONE)])
  if (sale === undefined || snapshot === undefined) return undefined
  const standing = standingOf(sale)
  if (standing !== "waiting" && standing !== "paying") return undefined
  const held = await heldSlots(terminal, slotsOf(snapshot))
  const hold = sale.lines.map(([slot]) => held.get(slot)).find((one) => one !== undefined)
  if (hold === undefined) return undefined
  const cancelled = await cancelSale(terminal, counter, hold.reason)
  return cancelled.ok ? cancelled.value : undefined
}
