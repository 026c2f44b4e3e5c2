import { type FormEvent, useState } from "react"
import type { TileRow } from "../../src/store/rows"
import { changeTile, isPieceUnweighed } from "../../src/tiles/put-on-sale"
import { Sheet } from "../parts/sheet"
import { nameOf, unitName } from "../session/goods-names"
import { typedPack } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

/** What earlier versions of this program never asked: what a piece weighs. Gone once each was answered. */
export function PieceWeights() {
  const { tiles, catalogue, settings } = useKioskState()
  const say = useWords()
  const [open, setOpen] = useState<TileRow | undefined>(undefined)
  const asked = tiles.filter((tile) => tile.isOnSale && isPieceUnweighed(tile))
  if (asked.length === 0) return null
  return (
    <section className="card">
      <h2>? {say("pieceAsked")}</h2>
      <p className="soft">{say("pieceHint")}</p>
      <ul className="plain">
        {asked.map((tile) => (
          <li key={tile.slot}>
            <button type="button" className="list-row" onClick={() => setOpen(tile)}>
              <strong>{nameOf(tile.commodity, catalogue, settings.language)}</strong>
              <span>{say("pieceAnswer")}</span>
            </button>
          </li>
        ))}
      </ul>
      {open !== undefined && <PieceWeight tile={open} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

function PieceWeight({ tile, onClose }: { readonly tile: TileRow; readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const { catalogue, settings } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [lightest, setLightest] = useState("")
  const [heaviest, setHeaviest] = useState("")
  const [isMalformed, setMalformed] = useState(false)
  const [isBusy, once] = useOnce()
  const finish = async (event: FormEvent) => {
    event.preventDefault()
    const pack = typedPack(lightest, heaviest, weightUnit)
    if (pack === undefined) return setMalformed(true)
    await once(() =>
      kiosk.attempt(async () => {
        await changeTile(kiosk.terminal, tile.slot, pack)
        await kiosk.refreshTiles()
        onClose()
      }),
    )
  }
  return (
    <Sheet title={nameOf(tile.commodity, catalogue, language)} onClose={onClose}>
      <form className="goods-form" onSubmit={(event) => void finish(event)}>
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
        <div className="sheet-foot">
          {isMalformed && (
            <p className="bad" role="alert">
              ✕ {say("pieceMalformed")}
            </p>
          )}
          <button type="submit" className="primary wide" disabled={isBusy}>
            {say(isBusy ? "oneMoment" : "confirm")}
          </button>
        </div>
      </form>
    </Sheet>
  )
}
