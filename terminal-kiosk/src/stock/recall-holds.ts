import type { StockSlot } from "@suyuan/protocol/terminal/stock-snapshot"
import { type RecallHoldsRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

export type Hold = RecallHoldsRow["holds"][number]

/** Keeps the stall's list, unless a newer one is here: messages may come twice and in any order. */
export function takeHolds(terminal: Terminal, list: RecallHoldsRow): Promise<void> {
  return terminal.inTurn(async () => {
    const known = await terminal.store.get("recallHolds", THE_ONE)
    if (known !== undefined && known.version >= list.version) return
    const row = { version: list.version, holds: list.holds }
    await terminal.store.commit([{ table: "recallHolds", change: "put", key: THE_ONE, row }])
  })
}

/** Which of these slots must not be sold from, and why: those that may hold what is recalled. */
export async function heldSlots(
  terminal: Pick<Terminal, "store">,
  slots: readonly StockSlot[],
): Promise<ReadonlyMap<number, Hold>> {
  return heldOf(await terminal.store.get("recallHolds", THE_ONE), slots)
}

export function heldOf(list: RecallHoldsRow | undefined, slots: readonly StockSlot[]): ReadonlyMap<number, Hold> {
  const { holds } = list ?? { holds: [] }
  const held = new Map<number, Hold>()
  for (const slot of slots) {
    const pileLot = slot.pile === "kept-apart" ? (slot.lot ?? null) : null
    const hold = holds.find(({ commodity, lot }) => commodity === slot.commodity && lot === pileLot)
    if (hold !== undefined) held.set(slot.slot, hold)
  }
  return held
}
