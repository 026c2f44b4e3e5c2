import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { lineAmountFen } from "@suyuan/protocol/sale/sale-totals"
import { fenToYuan } from "@suyuan/protocol/units/money"
import { fenPerKilogramToYuanPerJin, gramsToJin, gramsToKilograms } from "@suyuan/protocol/units/weight"
import { useState } from "react"
import type { TileRow } from "../../src/store/rows"
import { Keypad } from "../parts/keypad"
import { Sheet } from "../parts/sheet"
import { ScaleReading } from "../scale/scale-reading"
import { changeWeightUnit } from "../session/choices"
import { nameOf, unitName, yuan } from "../session/goods-names"
import { stoppedBy } from "../session/stopped-by"
import { typedGrams, typedPieces, typedPriceFen, withKey } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

type LineSheetProps = {
  readonly tile: TileRow
  /** The line to be changed; a new one without. */
  readonly line?: SaleLine | undefined
  readonly onDone: (line: SaleLine, settleAtOnce: boolean) => void
  readonly onRemove?: (() => void) | undefined
  readonly onClose: () => void
}

/** How much of it, and for how much: from the scale or the keypad. */
export function LineSheet({ tile, line, onDone, onRemove, onClose }: LineSheetProps) {
  const kiosk = useKiosk()
  const { settings, catalogue, standing } = useKioskState()
  const say = useWords()
  const { language, weightUnit } = settings
  const isPiece = tile.unit === "piece"
  const unit = isPiece ? ("piece" as const) : weightUnit
  const [field, setField] = useState<"quantity" | "price">("quantity")
  const [quantity, setQuantity] = useState(() => (line === undefined ? "" : quantityTyped(line, weightUnit)))
  const [isFollowed, setFollowed] = useState(line === undefined)
  const [price, setPrice] = useState(() => priceTyped(line?.unitPriceFen ?? tile.unitPriceFen, unit))
  const count = isPiece ? typedPieces(quantity) : typedGrams(quantity, weightUnit)
  const unitPriceFen = typedPriceFen(price, unit)
  const ready: SaleLine | undefined =
    count === undefined || unitPriceFen === undefined
      ? undefined
      : { slot: tile.slot, quantity: { unit: isPiece ? "piece" : "gram", count }, unitPriceFen }

  const press = (key: string) => {
    if (field === "price") setPrice((before) => withKey(before, key, 2))
    else {
      // The first key after a weighing begins a weight of its own.
      setQuantity((before) =>
        withKey(isFollowed && kiosk.state.get().settings.scale !== "none" ? "" : before, key, isPiece ? 0 : 3),
      )
      setFollowed(false)
    }
  }
  const finish = (settleAtOnce: boolean) => {
    if (ready !== undefined) return onDone(ready, settleAtOnce)
    setField(count === undefined ? "quantity" : "price")
  }
  const choose = (next: "quantity" | "price") => {
    if (next === "price" && field === "price") setPrice("")
    setField(next)
  }
  return (
    <Sheet title={nameOf(tile.commodity, catalogue, language)} onClose={onClose} wide>
      <div className="line-sheet">
        <div className="line-fields">
          {!isPiece && (
            <ScaleReading
              isFollowed={isFollowed}
              onFollow={(grams) => setQuantity(grams === undefined ? "" : weightTyped(grams, weightUnit))}
              onTake={() => setFollowed(true)}
            />
          )}
          <button
            type="button"
            className="field"
            aria-pressed={field === "quantity"}
            onClick={() => choose("quantity")}
          >
            <span>{say(isPiece ? "pieces" : "weight")}</span>
            <strong>
              {quantity || "0"} <small>{unitName(unit, language)}</small>
            </strong>
          </button>
          <button type="button" className="field" aria-pressed={field === "price"} onClick={() => choose("price")}>
            <span>{say("price")}</span>
            <strong>
              ¥{price || "0"} <small>/{unitName(unit, language)}</small>
            </strong>
          </button>
          <p className="line-amount" aria-live="polite">
            {ready === undefined ? "—" : yuan(lineAmountFen(ready))}
          </p>
          {!isPiece && (
            <button
              type="button"
              className="quiet"
              onClick={() => {
                setQuantity("")
                setPrice(priceTyped(unitPriceFen ?? tile.unitPriceFen, weightUnit === "jin" ? "kilogram" : "jin"))
                void changeWeightUnit(kiosk, weightUnit === "jin" ? "kilogram" : "jin")
              }}
            >
              {say(weightUnit === "jin" ? "useKilograms" : "useJin")}
            </button>
          )}
        </div>
        <Keypad onKey={press} onDone={() => finish(false)} withPoint={field === "price" || !isPiece} />
        <div className="line-actions">
          {onRemove !== undefined && (
            <button type="button" className="danger" onClick={onRemove}>
              {say("removeLine")}
            </button>
          )}
          <button type="button" className="secondary" disabled={ready === undefined} onClick={() => finish(false)}>
            {say(line === undefined ? "addLine" : "changeLine")}
          </button>
          {line === undefined && (
            <button
              type="button"
              className="primary"
              disabled={ready === undefined || stoppedBy(standing) !== undefined}
              onClick={() => finish(true)}
            >
              {say("addAndSettle")}
            </button>
          )}
        </div>
      </div>
    </Sheet>
  )
}

function quantityTyped({ quantity }: SaleLine, unit: "jin" | "kilogram"): string {
  if (quantity.unit !== "gram") return String(quantity.count)
  return weightTyped(quantity.count, unit)
}

function weightTyped(grams: number, unit: "jin" | "kilogram"): string {
  return unit === "jin" ? gramsToJin(grams) : gramsToKilograms(grams)
}

function priceTyped(unitPriceFen: number, unit: "jin" | "kilogram" | "piece"): string {
  if (unitPriceFen === 0) return ""
  return unit === "jin" ? fenPerKilogramToYuanPerJin(unitPriceFen) : fenToYuan(unitPriceFen)
}
