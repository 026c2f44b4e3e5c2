import { useState } from "react"
import { salesSince } from "../../src/day/day-sales"
import { ENTERED_MS_MAX } from "../../src/lost/entered-time"
import { deleteTabletDatabase } from "../../src/store/indexed-db-store"
import { saveDay } from "../day/export-day"
import { AskPin } from "../parts/ask-pin"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/**
 * Of a revoked terminal the gateway takes nothing any more. Its sales go into a file, of which what the gateway does not
 * have is entered again (EN-14: the next terminal lists it); then the tablet may be another terminal.
 */
export function EnrolAnew() {
  const kiosk = useKiosk()
  const { terminal } = kiosk
  const { standing, settings, tiles, catalogue, line } = useKioskState()
  const say = useWords()
  const [isSaved, setSaved] = useState(false)
  const [asksPin, setAsksPin] = useState(false)
  if (standing !== "revoked") return null
  const save = async () => {
    const nowMs = terminal.clock.nowMs()
    const sales = await kiosk.attempt(() => salesSince(terminal, nowMs - ENTERED_MS_MAX))
    if (sales === undefined) return
    saveDay(sales, { terminal, tiles, catalogue, language: settings.language }, nowMs)
    setSaved(true)
  }
  const forget = async () => {
    await kiosk.attempt(async () => {
      await terminal.store.close()
      await deleteTabletDatabase()
    })
    location.reload()
  }
  return (
    <div className="notice bad">
      <h2>{say("enrolAnew")}</h2>
      <p>
        {say("enrolAnewHint")} {say("unsent")} {line.unsent}
      </p>
      <div className="row">
        <button type="button" className="primary" onClick={() => void save()}>
          {isSaved && "✓ "}
          {say("saveWeek")}
        </button>
        <button
          type="button"
          className="danger"
          disabled={!isSaved}
          onClick={() => (settings.pin === undefined ? void forget() : setAsksPin(true))}
        >
          {say("forgetTerminal")}
        </button>
      </div>
      {asksPin && <AskPin onOwner={() => void forget()} onClose={() => setAsksPin(false)} />}
    </div>
  )
}
