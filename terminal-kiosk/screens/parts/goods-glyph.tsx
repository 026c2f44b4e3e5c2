import type { TileRow } from "../../src/store/rows"
import { nameOf } from "../session/goods-names"
import { useKioskPart } from "../session/use-kiosk"

/** How a tile's goods look: the stall's own photo, or the first character of their name. */
export function GoodsGlyph({ tile }: { readonly tile: Pick<TileRow, "slot" | "commodity"> }) {
  const photo = useKioskPart(({ photos }) => photos.get(tile.slot))
  const catalogue = useKioskPart((state) => state.catalogue)
  if (photo !== undefined) return <img className="glyph" src={photo} alt="" />
  return (
    <span className="glyph" aria-hidden="true">
      {nameOf(tile.commodity, catalogue, "zh").slice(0, 1)}
    </span>
  )
}
