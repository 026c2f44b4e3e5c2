import { useState } from "react"
import { checkPin, PIN_PATTERN, setPin } from "../../src/settings/owner-pin"
import { readSettings } from "../../src/settings/settings"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { Keypad } from "./keypad"
import { Sheet } from "./sheet"

const DIGITS_MAX = 8

type AskPinProps = { readonly onOwner: () => void; readonly onClose: () => void }

/** The owner's PIN; the first time, the owner chooses it. */
export function AskPin({ onOwner, onClose }: AskPinProps) {
  const kiosk = useKiosk()
  const say = useWords()
  const isNew = useKioskState().settings.pin === undefined
  const [typed, setTyped] = useState("")
  const [isWrong, setWrong] = useState(false)
  const [isBusy, once] = useOnce()
  const press = (key: string) => {
    setWrong(false)
    setTyped((before) => (key === "⌫" ? before.slice(0, -1) : (before + key).slice(0, DIGITS_MAX)))
  }
  // The digest is made slow on purpose: nobody waits for it twice.
  const confirm = () => once(() => kiosk.attempt(async () => ((await isOwner()) ? onOwner() : setWrong(true))))
  const isOwner = async () => {
    if (!PIN_PATTERN.test(typed)) return false
    if (isNew) {
      await setPin(kiosk.terminal, typed)
      kiosk.state.set({ settings: await readSettings(kiosk.terminal) })
      return true
    }
    const isRight = await checkPin(kiosk.terminal, typed)
    if (!isRight) setTyped("")
    return isRight
  }
  return (
    <Sheet title={say(isNew ? "choosePin" : "askPin")} onClose={onClose}>
      <output className="typed" aria-live="polite">
        {"●".repeat(typed.length) || <span className="soft">{say("pinDigits")}</span>}
      </output>
      {isWrong && (
        <p className="bad" role="alert">
          ✕ {say(isNew ? "pinDigits" : "pinWrong")}
        </p>
      )}
      <Keypad onKey={press} onDone={() => void confirm()} withPoint={false} />
      <button type="button" className="primary wide" disabled={isBusy} onClick={() => void confirm()}>
        {say(isBusy ? "oneMoment" : "confirm")}
      </button>
    </Sheet>
  )
}
