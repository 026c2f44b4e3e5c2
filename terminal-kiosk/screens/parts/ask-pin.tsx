import { useState } from "react"
import { checkPin, PIN_PATTERN } from "../../src/settings/owner-pin"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { Keypad } from "./keypad"
import { Sheet } from "./sheet"

const DIGITS_MAX = 8

type AskPinProps = { readonly onOwner: () => void; readonly onClose: () => void }

/** The owner's PIN, which was chosen with the claim code. Who enrolled before that was asked has none to give. */
export function AskPin({ onOwner, onClose }: AskPinProps) {
  const say = useWords()
  const isSet = useKioskState().settings.pin !== undefined
  if (isSet) return <TypePin onOwner={onOwner} onClose={onClose} />
  return (
    <Sheet title={say("askPin")} onClose={onClose}>
      <p className="notice bad" role="alert">
        ✕ {say("ownerPinMissing")}
      </p>
      <button type="button" className="primary wide" onClick={onClose}>
        {say("understood")}
      </button>
    </Sheet>
  )
}

function TypePin({ onOwner, onClose }: AskPinProps) {
  const kiosk = useKiosk()
  const say = useWords()
  const [typed, setTyped] = useState("")
  const [isWrong, setWrong] = useState(false)
  const [isBusy, once] = useOnce()
  const press = (key: string) => {
    setWrong(false)
    setTyped((before) => (key === "⌫" ? before.slice(0, -1) : (before + key).slice(0, DIGITS_MAX)))
  }
  // The digest is made slow on purpose: nobody waits for it twice.
  const confirm = () => void once(() => kiosk.attempt(async () => ((await isOwner()) ? onOwner() : setWrong(true))))
  const isOwner = async () => {
    if (!PIN_PATTERN.test(typed)) return false
    const isRight = (await checkPin(kiosk.terminal, typed)) === true
    if (!isRight) setTyped("")
    return isRight
  }
  return (
    <Sheet title={say("askPin")} onClose={onClose}>
      <output className="typed" aria-live="polite">
        {"●".repeat(typed.length) || <span className="soft">{say("pinDigits")}</span>}
      </output>
      {isWrong && (
        <p className="bad" role="alert">
          ✕ {say("pinWrong")}
        </p>
      )}
      <Keypad onKey={press} onDone={confirm} withPoint={false} />
      <div className="sheet-foot">
        <button type="button" className="primary wide" disabled={isBusy} onClick={confirm}>
          {say(isBusy ? "oneMoment" : "confirm")}
        </button>
      </div>
    </Sheet>
  )
}
