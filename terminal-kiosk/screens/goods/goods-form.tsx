import type { TerminalWord } from "@suyuan/look/terminal-words"
import { type FormEvent, useState } from "react"
import { declareHarvest, newHarvestIds } from "../../src/stock/declare-harvest"
import { enterOutsideGoods } from "../../src/stock/enter-outside-goods"
import { changeTile, isFull, putOnSale } from "../../src/tiles/put-on-sale"
import { Sheet } from "../parts/sheet"
import { nameOf, unitName } from "../session/goods-names"
import { typedGrams, typedPack, typedPriceFen } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { Booked, type BookedGoods } from "./booked"
import { ORIGIN_CHARACTERS_MAX } from "./came-text"
import { ChooseCommodity } from "./choose-commodity"
import { NewLot } from "./new-lot"

type Purpose = "put-on-sale" | "outside" | "harvest"

const titles: Readonly<Record<Purpose, TerminalWord>> = {
  "put-on-sale": "putOnSale",
  outside: "outsideGoods",
  harvest: "declareHarvest",
}

function notedWord(purpose: Purpose, name: string | undefined): TerminalWord {
  if (purpose === "harvest") return "harvestNoted"
  return name === undefined ? "outsideNoted" : "nameNoted"
}

/** Goods by hand: what is known of them, and whether they go on sale at once. */
export function GoodsForm({ purpose, onClose }: { readonly purpose: Purpose; readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const { settings, catalogue, tiles } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [commodity, setCommodity] = useState<number | undefined>(undefined)
  /** Of goods that the catalogue does not have: entered, and sold once somebody at the market has said what they are. */
  const [name, setName] = useState<string | undefined>(undefined)
  const [isPiece, setPiece] = useState(false)
  const [lightest, setLightest] = useState("")
  const [heaviest, setHeaviest] = useState("")
  const [price, setPrice] = useState("")
  const [weight, setWeight] = useState("")
  const [origin, setOrigin] = useState("")
  const [withCertificate, setWithCertificate] = useState(true)
  const [trouble, setTrouble] = useState<TerminalWord | undefined>(undefined)
  const [ids] = useState(() => newHarvestIds(kiosk.terminal))
  const [booked, setBooked] = useState<BookedGoods | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const unit = isPiece ? ("piece" as const) : weightUnit
  const needsWeight = purpose !== "put-on-sale"
  const ofCommodity = tiles.filter((tile) => tile.isOnSale && tile.commodity === commodity)
  // Who puts goods on sale says how they are sold; who books them in does not.
  const onSale = needsWeight ? ofCommodity[0] : ofCommodity.find((tile) => (tile.unit === "piece") === isPiece)
  const isOnSale = onSale !== undefined
  const wasSold = tiles.some((tile) => tile.commodity === commodity && tile.unitPriceFen !== 0)
  const [lotAsked, setLotAsked] = useState<string | undefined>(undefined)

  const finish = async (event: FormEvent) => {
    event.preventDefault()
    if (commodity === undefined && name === undefined) return
    const grams = typedGrams(weight, weightUnit)
    const unitPriceFen = price.trim() === "" ? 0 : typedPriceFen(price, unit)
    if (needsWeight && grams === undefined) return setTrouble("weightMissing")
    if (unitPriceFen === undefined) return setTrouble("priceMalformed")
    const pack = isPiece ? typedPack(lightest, heaviest, weightUnit) : { packLowGrams: 0, packHighGrams: 0 }
    if (pack === undefined) return setTrouble("pieceMalformed")
    // Before anything is declared: it is declared once.
    if (commodity !== undefined && !isOnSale && isFull(tiles)) return setTrouble("tilesFull")
    const declaredOrigin = origin.trim()
    await once(() =>
      kiosk.attempt(async () => {
        const lot = await declare(commodity ?? 0, grams ?? 0, declaredOrigin)
        setLotAsked(isOnSale ? lot : undefined)
        const sold = { unit: isPiece ? ("piece" as const) : ("weight" as const), ...pack }
        if (onSale !== undefined) {
          // What was typed holds; goods that only came in beside those on sale change no word of these.
          const isSameUnit = onSale.unit === sold.unit
          const own = needsWeight ? {} : { ...pack, ...(declaredOrigin !== "" && { declaredOrigin }) }
          const changes = { ...own, ...(isSameUnit && unitPriceFen !== 0 && { unitPriceFen }) }
          if (Object.keys(changes).length > 0) await changeTile(kiosk.terminal, onSale.slot, changes)
        } else if (commodity !== undefined) {
          const goods = { commodity, unitPriceFen, declaredOrigin, ...(lot !== undefined && { lot }) }
          const put = await putOnSale(kiosk.terminal, needsWeight ? goods : { ...goods, sold })
          if (!put.ok) return setTrouble("tilesFull")
        }
        if (purpose === "put-on-sale") onClose()
        else setBooked({ ...ids, word: notedWord(purpose, name), commodity: commodity ?? 0, grams })
        await kiosk.refreshTiles()
      }),
    )
  }
  const declare = async (code: number, weightGrams: number, declaredOrigin: string): Promise<string | undefined> => {
    const { terminal } = kiosk
    const goods = { commodity: code, weightGrams, declaredOrigin }
    const named = name === undefined ? {} : { name }
    if (purpose === "outside") await enterOutsideGoods(terminal, { ...goods, ...named }, ids.uploadId)
    if (purpose !== "harvest") return undefined
    const certificate = { weightGrams, promiseBasis: say("selfTested") }
    return declareHarvest(terminal, { ...goods, ...(withCertificate && { certificate }) }, ids)
  }
  return (
    <Sheet title={say(titles[purpose])} onClose={onClose} wide>
      {booked !== undefined ? (
        <Booked booked={booked} name={name} onClose={onClose}>
          {onSale !== undefined && lotAsked !== undefined && (
            <NewLot tile={onSale} lot={lotAsked} declaredOrigin={origin.trim()} />
          )}
        </Booked>
      ) : commodity === undefined && name === undefined ? (
        <ChooseCommodity onChoose={setCommodity} onName={purpose === "outside" ? setName : undefined} />
      ) : (
        <form className="goods-form" onSubmit={(event) => void finish(event)}>
          <h3>{name ?? nameOf(commodity ?? 0, catalogue, language)}</h3>
          {name !== undefined && <p className="notice waiting">◔ {say("byNameHint")}</p>}
          {purpose === "put-on-sale" && (
            <fieldset className="choice">
              <legend>{say("soldBy")}</legend>
              <button type="button" aria-pressed={!isPiece} onClick={() => setPiece(false)}>
                {say("byWeight")}
              </button>
              <button type="button" aria-pressed={isPiece} onClick={() => setPiece(true)}>
                {say("byPiece")}
              </button>
            </fieldset>
          )}
          {!needsWeight && isOnSale && <p className="notice waiting">◔ {say("alreadyOnSale")}</p>}
          {isPiece && (
            <>
              <p className="soft">{say("pieceHint")}</p>
              {(
                [
                  ["pieceLightest", lightest, setLightest],
                  ["pieceHeaviest", heaviest, setHeaviest],
                ] as const
              ).map(([word, typed, setTyped]) => (
                <label key={word} className="field-label">
                  {say(word)} ({unitName(weightUnit, language)})
                  <input inputMode="decimal" value={typed} onChange={(event) => setTyped(event.target.value)} />
                </label>
              ))}
            </>
          )}
          {needsWeight && (
            <label className="field-label">
              {say("weight")} ({unitName(weightUnit, language)})
              <input inputMode="decimal" value={weight} onChange={(event) => setWeight(event.target.value)} />
            </label>
          )}
          {name === undefined && (
            <label className="field-label">
              {say("price")} (¥/{unitName(unit, language)})
              <input
                inputMode="decimal"
                value={price}
                placeholder={say(wasSold ? "priceAsBefore" : "priceAtSale")}
                onChange={(event) => setPrice(event.target.value)}
              />
            </label>
          )}
          <label className="field-label">
            {say("declaredOrigin")}
            <input
              value={origin}
              maxLength={ORIGIN_CHARACTERS_MAX}
              placeholder={say("originUnknown")}
              onChange={(event) => setOrigin(event.target.value)}
            />
          </label>
          {purpose === "outside" && <p className="soft">{say("outsideHint")}</p>}
          {purpose === "harvest" && (
            <label className="tick">
              <input
                type="checkbox"
                checked={withCertificate}
                onChange={(event) => setWithCertificate(event.target.checked)}
              />
              {say("issueCertificate")}
            </label>
          )}
          <div className="sheet-foot">
            {trouble !== undefined && (
              <p className="bad" role="alert">
                ✕ {say(trouble)}
              </p>
            )}
            <button type="submit" className="primary wide" disabled={isBusy}>
              {say(isBusy ? "oneMoment" : "confirm")}
            </button>
          </div>
        </form>
      )}
    </Sheet>
  )
}
