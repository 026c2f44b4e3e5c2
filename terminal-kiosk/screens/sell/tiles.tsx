import { useEffect, useRef, useState } from "react"
import { matchesGoods } from "../../src/catalogue/find-goods"
import type { TileRow } from "../../src/store/rows"
import { GoodsGlyph } from "../parts/goods-glyph"
import { nameOf, priceText } from "../session/goods-names"
import { useKioskState, useWords } from "../session/use-kiosk"

type TilesProps = { readonly onChoose: (tile: TileRow) => void; readonly onStock: () => void }

/** Today's goods in the seller's own order. What is typed is a number, pinyin initials or a name. */
export function Tiles({ onChoose, onStock }: TilesProps) {
  const { tiles, catalogue, settings, recalled } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [typed, setTyped] = useState("")
  const search = useRef<HTMLInputElement>(null)
  const onSale = tiles.filter(({ isOnSale }) => isOnSale)
  const found = onSale
    .map((tile, index) => ({ tile, number: index + 1 }))
    .filter(({ tile, number }) => {
      const entry = catalogue?.entries.find(([code]) => code === tile.commodity)
      const [, nameZh = "", nameEn = "", synonyms = [], initials = ""] = entry ?? []
      return matchesGoods(typed, { number, nameZh, nameEn, synonyms, initials })
    })
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "/" || document.querySelector("dialog[open]") !== null) return
      event.preventDefault()
      search.current?.focus()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [])
  const choose = (tile: TileRow) => {
    setTyped("")
    onChoose(tile)
  }
  return (
    <section className="tiles-area" aria-label={say("goodsOnSale")}>
      <input
        ref={search}
        className="search"
        type="search"
        value={typed}
        placeholder={say("searchGoods")}
        aria-label={say("searchGoods")}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          const first = found[0]
          if (event.key === "Enter" && first !== undefined) choose(first.tile)
        }}
      />
      {onSale.length === 0 ? (
        <div className="empty">
          <p>{say("nothingOnSale")}</p>
          <button type="button" className="primary" onClick={onStock}>
            {say("putOnSale")}
          </button>
        </div>
      ) : (
        <ul className="tiles">
          {found.map(({ tile, number }) => (
            <li key={tile.slot}>
              <button
                type="button"
                className={recalled.has(tile.slot) ? "tile recalled" : "tile"}
                onClick={() => choose(tile)}
              >
                <span className="tile-number">{number}</span>
                <GoodsGlyph tile={tile} />
                <span className="tile-name">{nameOf(tile.commodity, catalogue, language)}</span>
                <span className="tile-price">
                  {recalled.has(tile.slot)
                    ? `✕ ${say("recalled")}`
                    : tile.unitPriceFen === 0
                      ? say("priceAtSale")
                      : priceText(tile.unitPriceFen, tile.unit === "piece" ? "piece" : weightUnit, language)}
                </span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="soft">{say("noSuchGoods")}</li>}
        </ul>
      )}
    </section>
  )
}
