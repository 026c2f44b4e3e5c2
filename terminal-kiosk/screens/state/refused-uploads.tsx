import { seeRefused } from "../../src/outbox/see-refused"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/** What the gateway will not take, with the reason; put away once somebody has read it. */
export function RefusedUploads() {
  const kiosk = useKiosk()
  const { line, settings } = useKioskState()
  const say = useWords()
  if (line.refused.length === 0) return null
  const see = async (id: string) => {
    await kiosk.attempt(() => seeRefused(kiosk.terminal, id))
    await kiosk.refresh()
  }
  return (
    <ul className="plain">
      {line.refused.map(([id, row]) => (
        <li key={id} className="notice bad">
          ✕ {say(`upload-${row.kind}`)}
          {row.counter !== undefined && ` (${say("saleNumber")} ${row.counter})`}:{" "}
          {refusalWords(row.code, settings.language)} <small>{id}</small>{" "}
          <button type="button" onClick={() => void see(id)}>
            {say("understood")}
          </button>
        </li>
      ))}
    </ul>
  )
}
