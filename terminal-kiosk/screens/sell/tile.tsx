import { memo } from "react"
import type { TileRow } from "../../src/store/rows"
import { GoodsGlyph } from "../parts/goods-glyph"

type TileProps = {
  readonly tile: TileRow
  readonly isFound: boolean
  /** Its place, which may be typed. */
  readonly number: number
  readonly name: string
  readonly price: string
  readonly isRecalled: boolean
  /** The same function each time: a tile that did not change is not drawn again. */
  readonly onChoose: (tile: TileRow) => void
}

export const Tile = memo(function Tile({ tile, isFound, number, name, price, isRecalled, onChoose }: TileProps) {
  return (
    <li hidden={!isFound}>
      <button type="button" className={isRecalled ? "tile recalled" : "tile"} onClick={() => onChoose(tile)}>
        <span className="tile-number">{number}</span>
        <GoodsGlyph tile={tile} />
        <span className="tile-name">{name}</span>
        <span className="tile-price">{price}</span>
      </button>
    </li>
  )
})
