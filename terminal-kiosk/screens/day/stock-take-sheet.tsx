import { useEffect, useState } from "react"
import { recordWaste } from "../../src/stock/record-waste"
import { readDiscrepancy, type StockDiscrepancy, saySoldOut, takeStock } from "../../src/stock/take-stock"
import type { TileRow } from "../../src/store/rows"
import { changeTile } from "../../src/tiles/put-on-sale"
import { Sheet } from "../parts/sheet"
import { nameOf, unitName, weightText } from "../session/goods-names"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { countedGrams, isCounted } from "./counted"

/** The end of the day: two taps for what is sold out, a count for what is left. */
export function StockTakeSheet({ onClose }: { readonly onClose: () => void }) {
  const { tiles } = useKioskState()
  const say = useWords()
  // What is sold out leaves the tiles at once, and stays in this list.
  const [counted] = useState(() => tiles.filter(({ isOnSale }) => isOnSale))
  return (
    <Sheet title={say("stockTake")} onClose={onClose} wide>
      <p className="soft">{say("stockTakeHint")}</p>
      <ul className="plain">
        {counted.map((tile) => (
          <CountRow key={tile.slot} tile={tile} />
        ))}
        {counted.length === 0 && <li className="soft">{say("nothingOnSale")}</li>}
      </ul>
    </Sheet>
  )
}

function CountRow({ tile }: { readonly tile: TileRow }) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { catalogue, settings, purchases, line } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [typed, setTyped] = useState("")
  const [uploadId, setUploadId] = useState<string | undefined>(undefined)
  const [wasteId, setWasteId] = useState(terminal.newId)
  const [isWasteNoted, setWasteNoted] = useState(false)
  const [asksSoldOut, setAsksSoldOut] = useState(false)
  const [isBusy, once] = useOnce()
  const [found, setFound] = useState<StockDiscrepancy | undefined>(undefined)
  const name = nameOf(tile.commodity, catalogue, language)
  const grams = countedGrams(tile, typed, weightUnit)
  const unit = unitName(tile.unit === "piece" ? "piece" : weightUnit, language)

  // The gateway's answer comes as a notice; every notice refreshes this state.
  // biome-ignore lint/correctness/useExhaustiveDependencies: purchases and line stand for "something was heard"
  useEffect(() => {
    if (uploadId !== undefined) void readDiscrepancy(terminal, uploadId).then(setFound)
  }, [terminal, uploadId, purchases, line])

  const tap = (work: () => Promise<void>) => void once(() => kiosk.attempt(work))
  const soldOut = async () => {
    setUploadId(await saySoldOut(terminal, tile.commodity))
    await changeTile(terminal, tile.slot, { isOnSale: false })
    await kiosk.refreshTiles()
    setAsksSoldOut(false)
  }
  /** What the stall counted stands until it counts again; goods that were said to be sold out go on sale again. */
  const countAgain = async () => {
    await changeTile(terminal, tile.slot, { isOnSale: true })
    await kiosk.refreshTiles()
    setUploadId(undefined)
    setFound(undefined)
    setTyped("")
  }
  const count = async (countedGrams: number) => {
    setUploadId(await takeStock(terminal, { commodity: tile.commodity, countedGrams }))
    kiosk.wake()
  }
  const waste = async (weightGrams: number) => {
    await recordWaste(terminal, { commodity: tile.commodity, weightGrams, reason: "spoiled" }, wasteId)
    setWasteId(terminal.newId())
    setWasteNoted(true)
    setTyped("")
    kiosk.wake()
  }
  return (
    <li className="count-row">
      <strong>{name}</strong>
      {asksSoldOut && (
        <>
          <span>{say("soldOutAsk")}</span>
          <button type="button" className="secondary" disabled={isBusy} onClick={() => tap(soldOut)}>
            {say("confirm")}
          </button>
          <button type="button" disabled={isBusy} onClick={() => setAsksSoldOut(false)}>
            {say("notSoldOut")}
          </button>
        </>
      )}
      {!asksSoldOut && uploadId === undefined && (
        <>
          {isCounted(tile) ? (
            <label className="count-field">
              <span className="hidden-words">
                {name} {say("leftOver")}
              </span>
              <input
                inputMode="decimal"
                value={typed}
                placeholder={`${say("leftOver")} (${unit})`}
                onChange={(event) => setTyped(event.target.value)}
              />
            </label>
          ) : (
            <span className="soft">{say("pieceNotCounted")}</span>
          )}
          <button
            type="button"
            disabled={grams === undefined || isBusy}
            onClick={() => grams !== undefined && tap(() => count(grams))}
          >
            {say("confirm")}
          </button>
          <button
            type="button"
            disabled={grams === undefined || isBusy}
            onClick={() => grams !== undefined && tap(() => waste(grams))}
          >
            {say("spoiled")}
          </button>
          <button type="button" className="secondary" disabled={isBusy} onClick={() => setAsksSoldOut(true)}>
            {say("soldOut")}
          </button>
          {isWasteNoted && <span className="chip good">✓ {say("wasteNoted")}</span>}
        </>
      )}
      {uploadId !== undefined && (
        <>
          <span className="chip good">
            ✓ {say("counted")}
            {found !== undefined && found.differenceGrams !== 0 && (
              <span>
                · {say("bookSaid")} {weightText(Math.max(0, found.bookGrams), weightUnit, language)}
              </span>
            )}
          </span>
          <button type="button" disabled={isBusy} onClick={() => tap(countAgain)}>
            {say("countAgain")}
          </button>
        </>
      )}
    </li>
  )
}
