import { err, ok, type Result } from "@suyuan/protocol/result"
import { SNAPSHOT_SLOTS_MAX } from "@suyuan/protocol/terminal/stock-snapshot"
import { writeSnapshot } from "../stock/write-snapshot"
import { slotKey, type TileRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type NewTile = Omit<TileRow, "slot" | "place" | "isOnSale">

export type TileError = "tiles/full" | "tiles/unknown"

/** Own order, and within it by slot. */
export async function listTiles({ store }: Pick<Terminal, "store">): Promise<TileRow[]> {
  const rows = (await store.list("tiles")).map(([, row]) => row)
  return rows.sort((one, other) => one.place - other.place || one.slot - other.slot)
}

/**
 * Goods get a tile, and a slot that no other goods ever had: the day's list names sales of before by it. What the slots
 * hold is signed anew (UP-8).
 */
export async function putOnSale(terminal: Terminal, goods: NewTile): Promise<Result<TileRow, TileError>> {
  const tiles = await listTiles(terminal)
  if (tiles.filter(({ isOnSale }) => isOnSale).length >= SNAPSHOT_SLOTS_MAX) return err("tiles/full")
  const slot = Math.max(0, ...tiles.map((tile) => tile.slot)) + 1
  const place = Math.max(0, ...tiles.map((tile) => tile.place)) + 1
  const row: TileRow = { ...goods, slot, place, isOnSale: true }
  await keep(terminal, [row])
  return ok(row)
}

/** Another price, order or lot, or off the screen for today. */
export async function changeTile(
  terminal: Terminal,
  slot: number,
  changes: Partial<Omit<TileRow, "slot" | "commodity" | "unit">>,
): Promise<Result<TileRow, TileError>> {
  const known = await terminal.store.get("tiles", slotKey(slot))
  if (known === undefined) return err("tiles/unknown")
  const row = { ...known, ...changes }
  await keep(terminal, [row])
  return ok(row)
}

async function keep(terminal: Terminal, rows: readonly TileRow[]): Promise<void> {
  await terminal.inTurn(() =>
    terminal.store.commit(rows.map((row) => ({ table: "tiles", change: "put", key: slotKey(row.slot), row }))),
  )
  const onSale = (await listTiles(terminal)).filter(({ isOnSale }) => isOnSale)
  if (onSale.length > 0) await writeSnapshot(terminal, onSale.map(slotOf))
}

function slotOf({ slot, commodity, lot, declaredOrigin, packLowGrams, packHighGrams }: TileRow) {
  const pile = lot === undefined ? ("merged" as const) : ("kept-apart" as const)
  return { slot, commodity, lot, declaredOrigin, packLowGrams, packHighGrams, pile }
}
