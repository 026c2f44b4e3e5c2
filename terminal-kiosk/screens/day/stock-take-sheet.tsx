import { useState } from "react"
import { recordWaste } from "../../src/stock/record-waste"
import { type StockDiscrepancy, saySoldOut, takeStock } from "../../src/stock/take-stock"
import type { TileRow } from "../../src/store/rows"
import { changeTile } from "../../src/tiles/put-on-sale"
import { Sheet } from "../parts/sheet"
import { nameOf, unitName } from "../session/goods-names"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { countedGrams, isCounted } from "./counted"
import { DiscrepancyText, useDiscrepancies, useDiscrepancy } from "./discrepancy"

/** The end of the day: one tap for each that is sold out, said together at the end; a count for what is left. */
export function StockTakeSheet({ onClose }: { readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { tiles, catalogue, settings } = useKioskState()
  const say = useWords()
  const today = useDiscrepancies()
  /** Slots that were tapped, and not said yet: a slip of the finger empties no book. */
  const [gone, setGone] = useState<ReadonlySet<number>>(new Set())
  const [saidGone, setSaidGone] = useState<ReadonlyMap<number, string>>(new Map())
  const [isClosing, setClosing] = useState(false)
  const [isBusy, once] = useOnce()
  // What is sold out leaves the tiles at once, and stays in this list.
  const [counted] = useState(() => tiles.filter(({ isOnSale }) => isOnSale))
  const tapGone = (slot: number) => {
    setClosing(false)
    setGone(gone.has(slot) ? new Set([...gone].filter((other) => other !== slot)) : new Set([...gone, slot]))
  }
  const sayGone = async () => {
    const said = new Map(saidGone)
    for (const { slot, commodity } of counted.filter((tile) => gone.has(tile.slot))) {
      said.set(slot, await saySoldOut(terminal, commodity))
      await changeTile(terminal, slot, { isOnSale: false })
    }
    setSaidGone(said)
    setGone(new Set())
    await kiosk.refreshTiles()
  }
  const close = () => (gone.size === 0 || isClosing ? onClose() : setClosing(true))
  return (
    <Sheet title={say("stockTake")} onClose={close} wide>
      <p className="soft">{say("stockTakeHint")}</p>
      <ul className="plain">
        {counted.map((tile) => (
          <CountRow
            key={tile.slot}
            tile={tile}
            today={today.get(tile.commodity)}
            isGone={gone.has(tile.slot)}
            onGone={() => tapGone(tile.slot)}
            saidGone={saidGone.get(tile.slot)}
            onCountAgain={() => setSaidGone(new Map([...saidGone].filter(([slot]) => slot !== tile.slot)))}
          />
        ))}
        {[...today.values()]
          .filter(({ commodity }) => !counted.some((tile) => tile.commodity === commodity))
          .map((found) => (
            <li key={found.commodity} className="count-row">
              <strong>{nameOf(found.commodity, catalogue, settings.language)}</strong>
              <span className="soft count-today">
                {say("countedToday")} <DiscrepancyText found={found} />
              </span>
            </li>
          ))}
        {counted.length === 0 && <li className="soft">{say("nothingOnSale")}</li>}
      </ul>
      {gone.size > 0 && (
        <div className="sheet-foot">
          {isClosing && (
            <p className="bad" role="alert">
              ? {say("soldOutOpen")}
            </p>
          )}
          <button
            type="button"
            className="primary wide"
            disabled={isBusy}
            onClick={() => void once(() => kiosk.attempt(sayGone))}
          >
            {say("soldOutConfirm")} {gone.size}
          </button>
        </div>
      )}
    </Sheet>
  )
}

type CountRowProps = {
  readonly tile: TileRow
  /** What its count of earlier today came to. */
  readonly today: StockDiscrepancy | undefined
  readonly isGone: boolean
  readonly onGone: () => void
  /** The upload that said that it is sold out. */
  readonly saidGone: string | undefined
  readonly onCountAgain: () => void
}

function CountRow({ tile, today, isGone, onGone, saidGone, onCountAgain }: CountRowProps) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [typed, setTyped] = useState("")
  const [countedId, setCountedId] = useState<string | undefined>(undefined)
  const uploadId = saidGone ?? countedId
  const [wasteId, setWasteId] = useState(terminal.newId)
  const [isWasteNoted, setWasteNoted] = useState(false)
  const [isBusy, once] = useOnce()
  const found = useDiscrepancy(uploadId)
  const name = nameOf(tile.commodity, catalogue, language)
  const grams = countedGrams(tile, typed, weightUnit)
  const unit = unitName(tile.unit === "piece" ? "piece" : weightUnit, language)

  const tap = (work: () => Promise<void>) => void once(() => kiosk.attempt(work))
  /** What the stall counted stands until it counts again; goods that were said to be sold out go on sale again. */
  const countAgain = async () => {
    await changeTile(terminal, tile.slot, { isOnSale: true })
    await kiosk.refreshTiles()
    setCountedId(undefined)
    onCountAgain()
    setTyped("")
  }
  const count = async (countedGrams: number) => {
    setCountedId(await takeStock(terminal, { commodity: tile.commodity, countedGrams }))
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
      {uploadId === undefined && (
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
            <span className="soft count-note">{say("pieceNotCounted")}</span>
          )}
          {isCounted(tile) && (
            <>
              <button
                type="button"
                disabled={grams === undefined || isBusy || isGone}
                onClick={() => grams !== undefined && tap(() => count(grams))}
              >
                {say("confirm")}
              </button>
              <button
                type="button"
                disabled={grams === undefined || isBusy || isGone}
                onClick={() => grams !== undefined && tap(() => waste(grams))}
              >
                {say("spoiled")}
              </button>
            </>
          )}
          <button type="button" className="secondary" disabled={isBusy} aria-pressed={isGone} onClick={onGone}>
            {isGone && "✓ "}
            {say("soldOut")}
          </button>
          {isWasteNoted && <span className="chip good">✓ {say("wasteNoted")}</span>}
          {today !== undefined && (
            <span className="soft count-today">
              {say("countedToday")} <DiscrepancyText found={today} />
            </span>
          )}
        </>
      )}
      {uploadId !== undefined && (
        <>
          <span className="chip good">
            ✓ {say("counted")}
            {found !== undefined && (
              <span>
                {" · "}
                <DiscrepancyText found={found} />
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
