import { err, ok, type Result } from "@suyuan/protocol/result"
import { SNAPSHOT_SLOTS_MAX } from "@suyuan/protocol/terminal/stock-snapshot"
import { draftSnapshot } from "../stock/write-snapshot"
import type { Change } from "../store/local-store"
import { slotKey, type TileRow } from "../store/rows"
import type { Terminal } from "../terminal"

export type OfferedGoods = Pick<TileRow, "commodity" | "declaredOrigin" | "lot"> & {
  /** Without one as they were sold before, and else by weight. */
  readonly sold?: Pick<TileRow, "unit" | "packLowGrams" | "packHighGrams">
  /** 0: as before, and else asked for at each sale. */
  readonly unitPriceFen: number
}

const BY_WEIGHT = { unit: "weight", packLowGrams: 0, packHighGrams: 0 } as const

export type TileError = "tiles/full" | "tiles/unknown"

/** Own order, and within it by slot. */
export async function listTiles({ store }: Pick<Terminal, "store">): Promise<TileRow[]> {
  const rows = (await store.list("tiles")).map(([, row]) => row)
  return rows.sort((one, other) => one.place - other.place || one.slot - other.slot)
}

/**
 * Goods get a tile: the one that they had before they were sold out, with its place, photo and price, and the new goods'
 * own origin and lot; else one with a slot that no other goods ever had, since the day's list names sales of before by it.
 * What the slots hold is signed anew (UP-8), in the commit of the tile: there is none that nobody signed for.
 */
export function putOnSale(terminal: Terminal, goods: OfferedGoods): Promise<Result<TileRow, TileError>> {
  return terminal.inTurn(async () => {
    const tiles = await listTiles(terminal)
    if (isFull(tiles)) return err("tiles/full")
    const before = soldBefore(tiles, goods)
    const row: TileRow = before === undefined ? newTile(tiles, goods) : offeredAgain(before, goods)
    await keep(terminal, [...tiles.filter(({ slot }) => slot !== row.slot), row], [row])
    return ok(row)
  })
}

/** The newest, where an earlier version of this program gave the same goods several. */
function soldBefore(tiles: readonly TileRow[], { commodity, sold }: OfferedGoods): TileRow | undefined {
  return tiles
    .filter((tile) => !tile.isOnSale && tile.commodity === commodity)
    .filter(({ unit }) => sold === undefined || unit === sold.unit)
    .reduce<TileRow | undefined>(
      (newest, tile) => (newest !== undefined && newest.slot > tile.slot ? newest : tile),
      undefined,
    )
}

function newTile(tiles: readonly TileRow[], { sold = BY_WEIGHT, ...goods }: OfferedGoods): TileRow {
  const slot = Math.max(0, ...tiles.map((tile) => tile.slot)) + 1
  const place = Math.max(0, ...tiles.map((tile) => tile.place)) + 1
  return { ...goods, ...sold, slot, place, isOnSale: true }
}

function offeredAgain({ lot: _, ...before }: TileRow, { sold, unitPriceFen, ...goods }: OfferedGoods): TileRow {
  const price = unitPriceFen === 0 ? {} : { unitPriceFen }
  return { ...before, ...goods, ...sold, ...price, isOnSale: true }
}

export function isFull(tiles: readonly TileRow[]): boolean {
  return tiles.filter(({ isOnSale }) => isOnSale).length >= SNAPSHOT_SLOTS_MAX
}

/** Another price or lot, or off the screen for today. */
export function changeTile(
  terminal: Terminal,
  slot: number,
  changes: Partial<Omit<TileRow, "slot" | "commodity" | "unit" | "place">>,
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

/** Two goods change places in the seller's own order; the numbers of all others stay. */
export function swapTiles(terminal: Terminal, slot: number, otherSlot: number): Promise<Result<void, TileError>> {
  return terminal.inTurn(async () => {
    const tiles = await listTiles(terminal)
    const [at, otherAt] = [slot, otherSlot].map((one) => tiles.findIndex((tile) => tile.slot === one)) as [
      number,
      number,
    ]
    const [tile, other] = [tiles[at], tiles[otherAt]]
    if (tile === undefined || other === undefined) return err("tiles/unknown")
    // Numbered anew: places that a version of before left equal would be swapped for nothing.
    const ordered = tiles
      .with(at, other)
      .with(otherAt, tile)
      .map((one, index) => ({ ...one, place: index + 1 }))
    const changed = ordered.filter(
      ({ slot: one, place }) => tiles.find((before) => before.slot === one)?.place !== place,
    )
    await keep(terminal, ordered, changed)
    return ok(undefined)
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
