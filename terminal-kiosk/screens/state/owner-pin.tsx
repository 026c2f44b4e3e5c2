import { useState } from "react"
import { AskPin } from "../parts/ask-pin"
import { useKioskState, useWords } from "../session/use-kiosk"

/** Chosen at a moment of the owner's, not in the middle of a refund by whoever is at the tablet. */
export function OwnerPin() {
  const isSet = useKioskState().settings.pin !== undefined
  const say = useWords()
  const [chooses, setChooses] = useState(false)
  return (
    <>
      <h2>{say("ownerPin")}</h2>
      <p className="soft">{say(isSet ? "ownerPinSet" : "ownerPinHint")}</p>
      {!isSet && (
        <button type="button" className="secondary" onClick={() => setChooses(true)}>
          {say("setOwnerPin")}
        </button>
      )}
      {chooses && <AskPin onOwner={() => setChooses(false)} onClose={() => setChooses(false)} />}
    </>
  )
}
