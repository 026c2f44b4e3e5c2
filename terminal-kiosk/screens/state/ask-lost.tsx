import { useState } from "react"
import { lostItems } from "../../src/lost/lost-items"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"

/** The lost tablet may have been revoked later than this one was enrolled: its sales are asked for again. */
export function AskLost() {
  const kiosk = useKiosk()
  const { line, settings } = useKioskState()
  const say = useWords()
  const [said, setSaid] = useState<string | undefined>(undefined)
  const ask = async () => {
    const answer = await kiosk.askLost(true)
    if (answer === undefined) return
    if (!answer.ok) {
      const { error } = answer
      return setSaid(`✕ ${refusalWords(error.kind === "refused" ? error.code : error.kind, settings.language)}`)
    }
    const { rebuilt, open } = lostItems(answer.value)
    const count = rebuilt.length + open.length
    setSaid(
      count === 0
        ? `✓ ${say("askedLost")}`
        : `✓ ${say("lostRebuilt")} ${rebuilt.length} · ${say("lostOpen")} ${open.length} → ${say("today")}`,
    )
  }
  return (
    <>
      <h2>{say("lostTitle")}</h2>
      <button type="button" className="secondary" disabled={!line.isOnline} onClick={() => void ask()}>
        {say("askLost")}
      </button>
      {said !== undefined && <p role="status">{said}</p>}
    </>
  )
}
