import { useState } from "react"
import { checkPin, PIN_PATTERN, setPin } from "../../src/settings/owner-pin"
import { readSettings } from "../../src/settings/settings"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { Keypad } from "./keypad"
import { Sheet } from "./sheet"

const DIGITS_MAX = 8

type AskPinProps = { readonly onOwner: () => void; readonly onClose: () => void }

/** The owner's PIN; the first time, the owner chooses it and types it twice: a slip of the finger would make one that nobody knows. */
export function AskPin({ onOwner, onClose }: AskPinProps) {
  const kiosk = useKiosk()
  const say = useWords()
  const isNew = useKioskState().settings.pin === undefined
  const [typed, setTyped] = useState("")
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const [isWrong, setWrong] = useState(false)
  const [isBusy, once] = useOnce()
  const press = (key: string) => {
    setWrong(false)
    setTyped((before) => (key === "⌫" ? before.slice(0, -1) : (before + key).slice(0, DIGITS_MAX)))
  }
  // The digest is made slow on purpose: nobody waits for it twice.
  const confirm = () => {
    if (isNew && chosen === undefined && PIN_PATTERN.test(typed)) {
      setChosen(typed)
      return setTyped("")
    }
    return void once(() => kiosk.attempt(async () => ((await isOwner()) ? onOwner() : setWrong(true))))
  }
  const isOwner = async () => {
    if (!PIN_PATTERN.test(typed)) return false
    if (isNew) {
      if (typed !== chosen) {
        setChosen(undefined)
        setTyped("")
        return false
      }
      await setPin(kiosk.terminal, typed)
      kiosk.state.set({ settings: await readSettings(kiosk.terminal) })
      return true
    }
    const isRight = await checkPin(kiosk.terminal, typed)
    if (!isRight) setTyped("")
    return isRight
  }
  return (
    <Sheet title={say(isNew ? (chosen === undefined ? "choosePin" : "repeatPin") : "askPin")} onClose={onClose}>
      <output className="typed" aria-live="polite">
        {"●".repeat(typed.length) || <span className="soft">{say("pinDigits")}</span>}
      </output>
      {isWrong && (
        <p className="bad" role="alert">
          ✕ {say(isNew ? "pinNotTheSame" : "pinWrong")}
        </p>
      )}
      <Keypad onKey={press} onDone={confirm} withPoint={false} />
      <button type="button" className="primary wide" disabled={isBusy} onClick={confirm}>
        {say(isBusy ? "oneMoment" : "confirm")}
      </button>
    </Sheet>
  )
}
