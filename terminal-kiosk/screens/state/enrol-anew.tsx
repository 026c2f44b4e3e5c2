import { useState } from "react"
import { salesSince } from "../../src/day/day-sales"
import { ENTERED_MS_MAX } from "../../src/lost/entered-time"
import { listUnsent } from "../../src/outbox/list-unsent"
import { openRefunds } from "../../src/refund/ask-refund"
import { deleteTabletDatabase } from "../../src/store/indexed-db-store"
import { dayTable } from "../day/export-day"
import { unsentTable } from "../day/export-unsent"
import { saveTables } from "../day/save-tables"
import { AskPin } from "../parts/ask-pin"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/**
 * Of a revoked terminal the gateway takes nothing any more. Its sales go into a file, of which what the gateway does not
 * have is entered again (EN-14: the next terminal lists it), and below them what else it never had: goods in, counts,
 * waste, tests, and refunds of which nobody has said the end. Then the tablet may be another terminal.
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
    const { zone } = terminal.identity.site
    const names = { tiles, catalogue, language: settings.language, zone }
    const tables = await kiosk.attempt(async () => {
      const sales = await salesSince(terminal, nowMs - ENTERED_MS_MAX)
      const [records, purchases, refunds] = await Promise.all([
        listUnsent(terminal),
        terminal.store.list("purchases"),
        openRefunds(terminal),
      ])
      const isAnything = records.length + refunds.length > 0
      return [dayTable(sales, names), ...(isAnything ? [unsentTable({ records, purchases, refunds }, names)] : [])]
    })
    if (tables === undefined) return
    saveTables(tables, terminal, nowMs)
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
        {say("enrolAnewHint")} {say("unsent")} {line.unsent} · {say("openRefunds")} {line.openRefunds}
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
