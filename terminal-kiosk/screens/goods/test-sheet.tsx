import { type FormEvent, useState } from "react"
import { testOfToday } from "../../src/inspections/read-stall-tests"
import { recordInspection } from "../../src/inspections/record-inspection"
import { sendPhoto } from "../../src/photos/send-photo"
import { jpegBytes } from "../../src/photos/stall-photo"
import type { TileRow } from "../../src/store/rows"
import { Sheet } from "../parts/sheet"
import { nameOf } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { sendBytes } from "../session/stall-photo"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { TakenPhoto } from "./taken-photo"

/** Each with the limit that it sets (docs/specs/coverage.md). */
const standards = [
  { name: "GB/T 5009.199-2003", limitPermille: 500 },
  { name: "NY/T 448-2001", limitPermille: 700 },
] as const
const PERCENT_PATTERN = /^\d{1,3}(\.\d)?$/
const TEXT_MAX = 32

/** A base's or wholesaler's own rapid test of what it sells, or the retest of one. */
export function TestSheet({ onClose }: { readonly onClose: () => void }) {
  const { tiles, catalogue, settings } = useKioskState()
  const say = useWords()
  const [tile, setTile] = useState<TileRow | undefined>(undefined)
  const onSale = tiles.filter(({ isOnSale }) => isOnSale)
  return (
    <Sheet title={say("enterTest")} onClose={onClose} wide>
      {tile === undefined ? (
        <>
          <p className="soft">{say("whichGoods")}</p>
          <ul className="pick">
            {onSale.map((one) => (
              <li key={one.slot}>
                <button type="button" onClick={() => setTile(one)}>
                  {nameOf(one.commodity, catalogue, settings.language)} <small>{one.declaredOrigin}</small>
                </button>
              </li>
            ))}
            {onSale.length === 0 && <li className="soft">{say("nothingOnSale")}</li>}
          </ul>
        </>
      ) : (
        <TestForm tile={tile} onClose={onClose} />
      )}
    </Sheet>
  )
}

function TestForm({ tile, onClose }: { readonly tile: TileRow; readonly onClose: () => void }) {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { catalogue, settings, stallTests } = useKioskState()
  const say = useWords()
  const before = testOfToday(stallTests, tile, terminal)
  const [standard, setStandard] = useState<(typeof standards)[number]>(standards[0])
  const [sampleNumber, setSampleNumber] = useState("")
  const [inhibition, setInhibition] = useState("")
  const [instrument, setInstrument] = useState("")
  const [isRetest, setRetest] = useState(before?.conclusion === "failed")
  const [isIncomplete, setIncomplete] = useState(false)
  const [jpeg, setJpeg] = useState<string | undefined>(undefined)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const inhibitionPermille = PERCENT_PATTERN.test(inhibition) ? Math.round(Number(inhibition) * 10) : undefined
  const finish = async (event: FormEvent) => {
    event.preventDefault()
    if (inhibitionPermille === undefined || sampleNumber.trim() === "" || instrument.trim() === "") {
      return setIncomplete(true)
    }
    await once(() =>
      kiosk.attempt(async () => {
        // The record names the photo by its hash: it goes first, or the test is entered without it.
        const sent =
          jpeg === undefined ? undefined : await sendPhoto(terminal, sendBytes, "test-photo", jpegBytes(jpeg))
        if (sent !== undefined && !sent.ok) {
          const { error } = sent
          return setRefusal(
            error.kind === "refused" ? refusalWords(error.code, settings.language) : say("testPhotoOffline"),
          )
        }
        await recordInspection(terminal, {
          ...{ sampleNumber: sampleNumber.trim(), commodity: tile.commodity, sampledAtMs: terminal.time.nowMs() },
          ...{ method: "酶抑制率法", standard: standard.name, limitPermille: standard.limitPermille },
          ...{ inhibitionPermille, instrument: instrument.trim(), testerRole: "自检" },
          ...(tile.lot !== undefined && { lot: tile.lot }),
          ...(sent !== undefined && { photo: sent.value }),
          ...(isRetest && before !== undefined && { retestOf: before.id }),
        })
        kiosk.wake()
        onClose()
      }),
    )
  }
  return (
    <form className="goods-form" onSubmit={(event) => void finish(event)}>
      <h3>{nameOf(tile.commodity, catalogue, settings.language)}</h3>
      {before !== undefined && (
        <label className="tick">
          <input type="checkbox" checked={isRetest} onChange={(event) => setRetest(event.target.checked)} />
          {say("retestOf")} {say(before.conclusion === "passed" ? "testPassed" : "testFailed")}
        </label>
      )}
      <label className="field-label">
        {say("sampleNumber")}
        <input value={sampleNumber} maxLength={TEXT_MAX} onChange={(event) => setSampleNumber(event.target.value)} />
      </label>
      <fieldset className="choice">
        <legend>{say("testStandard")}</legend>
        {standards.map((one) => (
          <button key={one.name} type="button" aria-pressed={one === standard} onClick={() => setStandard(one)}>
            {one.name} ({one.limitPermille / 10}%)
          </button>
        ))}
      </fieldset>
      <label className="field-label">
        {say("inhibition")} (%)
        <input
          inputMode="decimal"
          value={inhibition}
          maxLength={5}
          onChange={(event) => setInhibition(event.target.value)}
        />
      </label>
      <label className="field-label">
        {say("instrument")}
        <input value={instrument} maxLength={TEXT_MAX} onChange={(event) => setInstrument(event.target.value)} />
      </label>
      {inhibitionPermille !== undefined && (
        <p className={inhibitionPermille < standard.limitPermille ? "notice good" : "notice bad"} role="status">
          {inhibitionPermille < standard.limitPermille ? `✓ ${say("testPassed")}` : `✕ ${say("testFailed")}`}
        </p>
      )}
      <TakenPhoto
        jpeg={jpeg}
        onTake={(taken) => {
          setJpeg(taken)
          setRefusal(undefined)
        }}
      />
      <p className="soft">{say("testHint")}</p>
      <div className="sheet-foot">
        {refusal !== undefined && (
          <p className="bad" role="alert">
            ✕ {refusal}
          </p>
        )}
        {isIncomplete && (
          <p className="bad" role="alert">
            ✕ {say("testIncomplete")}
          </p>
        )}
        <button type="submit" className="primary wide" disabled={isBusy}>
          {say(isBusy ? "oneMoment" : "confirm")}
        </button>
      </div>
    </form>
  )
}
