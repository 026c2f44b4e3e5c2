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

/** The end of the day: one tap for each that is sold out, said together at the end; a count for what is left. */
export function StockTakeSheet({ onClose }: { readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { tiles } = useKioskState()
  const say = useWords()
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
            isGone={gone.has(tile.slot)}
            onGone={() => tapGone(tile.slot)}
            saidGone={saidGone.get(tile.slot)}
            onCountAgain={() => setSaidGone(new Map([...saidGone].filter(([slot]) => slot !== tile.slot)))}
          />
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
  readonly isGone: boolean
  readonly onGone: () => void
  /** The upload that said that it is sold out. */
  readonly saidGone: string | undefined
  readonly onCountAgain: () => void
}

function CountRow({ tile, isGone, onGone, saidGone, onCountAgain }: CountRowProps) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { catalogue, settings, purchases, line } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [typed, setTyped] = useState("")
  const [countedId, setCountedId] = useState<string | undefined>(undefined)
  const uploadId = saidGone ?? countedId
  const [wasteId, setWasteId] = useState(terminal.newId)
  const [isWasteNoted, setWasteNoted] = useState(false)
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
  /** What the stall counted stands until it counts again; goods that were said to be sold out go on sale again. */
  const countAgain = async () => {
    await changeTile(terminal, tile.slot, { isOnSale: true })
    await kiosk.refreshTiles()
    setCountedId(undefined)
    onCountAgain()
    setFound(undefined)
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
