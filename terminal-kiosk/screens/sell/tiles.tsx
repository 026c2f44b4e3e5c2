import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react"
import { entryOf } from "../../src/catalogue/entry-of"
import { matchesGoods } from "../../src/catalogue/find-goods"
import type { CatalogueRow, TileRow } from "../../src/store/rows"
import { leaveField } from "../parts/layers"
import { nameOf, priceText } from "../session/goods-names"
import { useKioskPart, useWords } from "../session/use-kiosk"
import { Tile } from "./tile"

type TilesProps = {
  readonly isSeen: boolean
  readonly onChoose: (tile: TileRow) => void
  /** Enter where nothing is typed: a keyboard need not walk past all of the goods to the button. */
  readonly onSettle: () => void
  readonly onStock: () => void
}

/** Today's goods in the seller's own order. What is typed is a number, pinyin initials or a name. */
export function Tiles({ isSeen, onChoose, onSettle, onStock }: TilesProps) {
  const tiles = useKioskPart((state) => state.tiles)
  const catalogue = useKioskPart((state) => state.catalogue)
  const say = useWords()
  const [typed, setTyped] = useState("")
  const search = useRef<HTMLInputElement>(null)
  // A key, and the sheet that it opens, are seen before the tiles follow.
  const looked = useDeferredValue(typed)
  const onSale = useMemo(() => foundGoods(tiles, catalogue, ""), [tiles, catalogue])
  const found = useMemo(
    () => new Set(foundGoods(tiles, catalogue, looked).map(({ tile }) => tile.slot)),
    [tiles, catalogue, looked],
  )
  useEffect(() => {
    // Who comes back finds all of the goods.
    if (!isSeen) return setTyped("")
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "/" || document.querySelector("dialog[open]") !== null) return
      event.preventDefault()
      search.current?.focus()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [isSeen])
  const chosen = useRef(onChoose)
  useEffect(() => {
    chosen.current = onChoose
  })
  const choose = useCallback((tile: TileRow) => {
    setTyped("")
    chosen.current(tile)
  }, [])
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
          // Held down it was meant for the sheet of before; while characters are composed it chooses among those.
          if (event.key !== "Enter" || event.repeat || event.nativeEvent.isComposing) return
          const first = foundGoods(tiles, catalogue, typed)[0]
          if (typed.trim() === "") return onSettle()
          if (first === undefined) return
          leaveField(event.currentTarget)
          choose(first.tile)
        }}
      />
      {!tiles.some(({ isOnSale }) => isOnSale) ? (
        <div className="empty">
          <p>{say("nothingOnSale")}</p>
          <button type="button" className="primary" onClick={onStock}>
            {say("putOnSale")}
          </button>
        </div>
      ) : (
        <FoundTiles onSale={onSale} found={found} onChoose={choose} />
      )}
    </section>
  )
}

type Found = { readonly tile: TileRow; readonly number: number }

/** Also of what is off sale today: a number that was learnt by heart does not come to mean other goods. */
function foundGoods(tiles: readonly TileRow[], catalogue: CatalogueRow | undefined, typed: string): readonly Found[] {
  return tiles
    .map((tile, index) => ({ tile, number: index + 1 }))
    .filter(({ tile }) => tile.isOnSale)
    .filter(({ tile, number }) => {
      const [, nameZh = "", nameEn = "", synonyms = [], initials = ""] = entryOf(catalogue, tile.commodity) ?? []
      return matchesGoods(typed, { number, nameZh, nameEn, synonyms, initials })
    })
}

type FoundTilesProps = {
  readonly onSale: readonly Found[]
  readonly found: ReadonlySet<number>
  readonly onChoose: (tile: TileRow) => void
}

/** Not drawn again with each line that is weighed. What is not found is hidden: to make its tiles anew takes longer. */
const FoundTiles = memo(function FoundTiles({ onSale, found, onChoose }: FoundTilesProps) {
  const catalogue = useKioskPart((state) => state.catalogue)
  const recalled = useKioskPart((state) => state.recalled)
  const { language, weightUnit } = useKioskPart(({ settings }) => settings)
  const say = useWords()
  const priceOf = (tile: TileRow) => {
    if (recalled.has(tile.slot)) return `✕ ${say("recalled")}`
    if (tile.unitPriceFen === 0) return say("priceAtSale")
    return priceText(tile.unitPriceFen, tile.unit === "piece" ? "piece" : weightUnit, language)
  }
  return (
    <ul className="tiles">
      {onSale.map(({ tile, number }) => (
        <Tile
          key={tile.slot}
          isFound={found.has(tile.slot)}
          tile={tile}
          number={number}
          name={nameOf(tile.commodity, catalogue, language)}
          price={priceOf(tile)}
          isRecalled={recalled.has(tile.slot)}
          onChoose={onChoose}
        />
      ))}
      {found.size === 0 && <li className="soft">{say("noSuchGoods")}</li>}
    </ul>
  )
})
