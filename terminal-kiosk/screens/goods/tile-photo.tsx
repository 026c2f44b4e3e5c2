import { useState } from "react"
import { keepPhoto } from "../../src/photos/keep-photo"
import type { TileRow } from "../../src/store/rows"
import { GoodsGlyph } from "../parts/goods-glyph"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { scalePhoto } from "./scale-photo"

/** From the tablet's camera or its files; it stays on the tablet. Without one the tile has its glyph. */
export function TilePhoto({ tile }: { readonly tile: TileRow }) {
  const kiosk = useKiosk()
  const { photos } = useKioskState()
  const say = useWords()
  const [isUnusable, setUnusable] = useState(false)
  const keep = async (jpeg: string | undefined) => {
    await kiosk.attempt(() => keepPhoto(kiosk.terminal, tile.slot, jpeg))
    await kiosk.refreshPhotos()
  }
  const take = async (file: File | undefined) => {
    if (file === undefined) return
    const jpeg = await scalePhoto(file).catch(() => undefined)
    setUnusable(jpeg === undefined)
    if (jpeg !== undefined) await keep(jpeg)
  }
  return (
    <div className="row tile-photo">
      <GoodsGlyph tile={tile} />
      <label className="file-button">
        {say("photo")}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {photos.has(tile.slot) && (
        <button type="button" onClick={() => void keep(undefined)}>
          {say("removePhoto")}
        </button>
      )}
      {isUnusable && (
        <p className="bad" role="alert">
          ✕ {say("photoUnusable")}
        </p>
      )}
    </div>
  )
}
