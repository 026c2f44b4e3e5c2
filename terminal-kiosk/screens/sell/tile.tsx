import { memo } from "react"
import type { TileRow } from "../../src/store/rows"
import { GoodsGlyph } from "../parts/goods-glyph"

type TileProps = {
  readonly tile: TileRow
  /** Its place, which may be typed. */
  readonly number: number
  readonly name: string
  readonly price: string
  readonly isRecalled: boolean
  /** The same function each time: a tile that did not change is not drawn again. */
  readonly onChoose: (tile: TileRow) => void
}

export const Tile = memo(function Tile({ tile, number, name, price, isRecalled, onChoose }: TileProps) {
  return (
    <li>
      <button type="button" className={isRecalled ? "tile recalled" : "tile"} onClick={() => onChoose(tile)}>
        <span className="tile-number">{number}</span>
        <GoodsGlyph tile={tile} />
        <span className="tile-name">{name}</span>
        <span className="tile-price">{price}</span>
      </button>
    </li>
  )
})
