import { err, ok, type Result } from "@suyuan/protocol/result"
import { SNAPSHOT_SLOTS_MAX } from "@suyuan/protocol/terminal/stock-snapshot"
import { draftSnapshot } from "../stock/write-snapshot"
import type { Change } from "../store/local-store"
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
 * hold is signed anew (UP-8), in the commit of the tile: there is none that nobody signed for.
 */
export function putOnSale(terminal: Terminal, goods: NewTile): Promise<Result<TileRow, TileError>> {
  return terminal.inTurn(async () => {
    const tiles = await listTiles(terminal)
    if (isFull(tiles)) return err("tiles/full")
    const slot = Math.max(0, ...tiles.map((tile) => tile.slot)) + 1
    const place = Math.max(0, ...tiles.map((tile) => tile.place)) + 1
    const row: TileRow = { ...goods, slot, place, isOnSale: true }
    await keep(terminal, [...tiles, row], [row])
    return ok(row)
  })
}

export function isFull(tiles: readonly TileRow[]): boolean {
  return tiles.filter(({ isOnSale }) => isOnSale).length >= SNAPSHOT_SLOTS_MAX
}

/** Another price, order or lot, or off the screen for today. */
export function changeTile(
  terminal: Terminal,
  slot: number,
  changes: Partial<Omit<TileRow, "slot" | "commodity" | "unit">>,
): Promise<Result<TileRow, TileError>> {
  return terminal.inTurn(async () => {
    const tiles = await listTiles(terminal)
    const known = tiles.find((tile) => tile.slot === slot)
    if (known === undefined) return err("tiles/unknown")
    if (changes.isOnSale === true && !known.isOnSale && isFull(tiles)) return err("tiles/full")
    const row = { ...known, ...changes }
    await keep(
      terminal,
      tiles.map((tile) => (tile === known ? row : tile)),
      [row],
    )
    return ok(row)
  })
}

/**
 * Goods by the piece whose weight nobody gave, as earlier versions of this program put them on sale: from 1 g to 1 kg,
 * which is no true word of a melon. Asked for once: a person's answer, also the widest, is another one.
 */
export function isPieceUnweighed({ unit, packLowGrams, packHighGrams }: TileRow): boolean {
  return unit === "piece" && packLowGrams === EARLIER_LOW_GRAMS && packHighGrams === EARLIER_HIGH_GRAMS
}

const EARLIER_LOW_GRAMS = 1
const EARLIER_HIGH_GRAMS = 1000

/** The changed tiles, and what all of them mean, in one commit. */
async function keep(terminal: Terminal, all: readonly TileRow[], changed: readonly TileRow[]): Promise<void> {
  const put = changed.map((row): Change => ({ table: "tiles", change: "put", key: slotKey(row.slot), row }))
  const onSale = all.filter(({ isOnSale }) => isOnSale).map(slotOf)
  const snapshot = onSale.length > 0 ? (await draftSnapshot(terminal, onSale)).changes : []
  await terminal.store.commit([...put, ...snapshot])
}

function slotOf({ slot, commodity, lot, declaredOrigin, packLowGrams, packHighGrams }: TileRow) {
  const pile = lot === undefined ? ("merged" as const) : ("kept-apart" as const)
  return { slot, commodity, lot, declaredOrigin, packLowGrams, packHighGrams, pile }
}
