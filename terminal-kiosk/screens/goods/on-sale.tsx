import { fenToYuan } from "@suyuan/protocol/units/money"
import { fenPerKilogramToYuanPerJin } from "@suyuan/protocol/units/weight"
import { useState } from "react"
import type { TileRow } from "../../src/store/rows"
import { changeTile, swapTiles } from "../../src/tiles/put-on-sale"
import { Keypad } from "../parts/keypad"
import { Sheet } from "../parts/sheet"
import { nameOf, priceText, unitName } from "../session/goods-names"
import { typedPriceFen, withKey } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { TilePhoto } from "./tile-photo"

/** Own order, prices, and what is sold out. */
export function OnSale() {
  const kiosk = useKiosk()
  const { tiles, catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [open, setOpen] = useState<TileRow | undefined>(undefined)
  const change = async (slot: number, changes: Parameters<typeof changeTile>[2]) => {
    await kiosk.attempt(() => changeTile(kiosk.terminal, slot, changes))
    await kiosk.refreshTiles()
  }
  // What is off sale stands below: on the screen that sells nobody would see that goods were moved past it.
  const listed = [...tiles.filter(({ isOnSale }) => isOnSale), ...tiles.filter(({ isOnSale }) => !isOnSale)]
  const above = (index: number) => {
    const [tile, before] = [listed[index], listed[index - 1]]
    return tile?.isOnSale === before?.isOnSale ? before : undefined
  }
  const moveUp = async (index: number) => {
    const [tile, before] = [listed[index], above(index)]
    if (tile === undefined || before === undefined) return
    await kiosk.attempt(() => swapTiles(kiosk.terminal, tile.slot, before.slot))
    await kiosk.refreshTiles()
  }
  if (tiles.length === 0) return <p className="soft">{say("nothingOnSale")}</p>
  return (
    <>
      <ul className="plain">
        {listed.map((tile, index) => {
          const name = nameOf(tile.commodity, catalogue, language)
          return (
            <li key={tile.slot} className="row tile-row">
              <button type="button" className="list-row" onClick={() => setOpen(tile)}>
                <strong>{name}</strong>
                <span>
                  {tile.unitPriceFen === 0
                    ? say("priceAtSale")
                    : priceText(tile.unitPriceFen, tile.unit === "piece" ? "piece" : weightUnit, language)}
                </span>
              </button>
              <button
                type="button"
                className="icon"
                disabled={above(index) === undefined}
                aria-label={`${name} ${say("moveUp")}`}
                onClick={() => void moveUp(index)}
              >
                ↑
              </button>
              <button
                type="button"
                aria-pressed={tile.isOnSale}
                onClick={() => void change(tile.slot, { isOnSale: !tile.isOnSale })}
              >
                {tile.isOnSale ? say("takeOff") : say("putBack")}
              </button>
            </li>
          )
        })}
      </ul>
      {open !== undefined && (
        <PriceSheet
          tile={open}
          onClose={() => setOpen(undefined)}
          onPrice={async (unitPriceFen) => {
            await change(open.slot, { unitPriceFen })
            setOpen(undefined)
          }}
        />
      )}
    </>
  )
}

type PriceSheetProps = {
  readonly tile: TileRow
  readonly onPrice: (unitPriceFen: number) => Promise<void>
  readonly onClose: () => void
}

function PriceSheet({ tile, onPrice, onClose }: PriceSheetProps) {
  const { catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const unit = tile.unit === "piece" ? ("piece" as const) : weightUnit
  const before = unit === "jin" ? fenPerKilogramToYuanPerJin(tile.unitPriceFen) : fenToYuan(tile.unitPriceFen)
  const [typed, setTyped] = useState("")
  const confirm = () => {
    if (typed === "") return onClose()
    const unitPriceFen = typedPriceFen(typed, unit)
    if (unitPriceFen !== undefined) void onPrice(unitPriceFen)
  }
  return (
    <Sheet title={`${nameOf(tile.commodity, catalogue, language)} · ${say("price")}`} onClose={onClose}>
      <TilePhoto tile={tile} />
      <output className="typed">
        {typed === "" && tile.unitPriceFen === 0 ? (
          say("priceAtSale")
        ) : (
          <>
            ¥{typed || before} <small>/{unitName(unit, language)}</small>
          </>
        )}
      </output>
      <p className="soft">{say("priceHint")}</p>
      <Keypad onKey={(key) => setTyped((text) => withKey(text, key, 2))} onDone={confirm} />
      <div className="sheet-foot">
        <div className="row">
          <button type="button" className="grow" disabled={tile.unitPriceFen === 0} onClick={() => void onPrice(0)}>
            {say("priceAtSale")}
          </button>
          <button type="button" className="primary grow" onClick={confirm}>
            {say("confirm")}
          </button>
        </div>
      </div>
    </Sheet>
  )
}
