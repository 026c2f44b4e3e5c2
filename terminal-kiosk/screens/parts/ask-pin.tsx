import { useEffect, useState } from "react"
import { checkPin, PIN_PATTERN, pinLockedUntilMs } from "../../src/settings/owner-pin"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useNow } from "../session/use-now"
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
  const [wrong, setWrong] = useState<string | undefined>(undefined)
  const [lockedUntilMs, setLockedUntilMs] = useState<number | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const { terminal } = kiosk
  const waitMs = (lockedUntilMs ?? 0) - useNow(terminal.clock.steadyMs)
  const isLocked = lockedUntilMs !== undefined && waitMs > 0
  useEffect(() => {
    void pinLockedUntilMs(terminal).then(setLockedUntilMs)
  }, [terminal])
  const press = (key: string) => {
    setWrong(undefined)
    setTyped((before) => (key === "⌫" ? before.slice(0, -1) : (before + key).slice(0, DIGITS_MAX)))
  }
  // The digest is made slow on purpose: nobody waits for it twice.
  const confirm = () => void once(() => kiosk.attempt(check))
  const check = async () => {
    if (isLocked) return
    if (!PIN_PATTERN.test(typed)) return setWrong(say("pinDigits"))
    const checked = await checkPin(terminal, typed)
    if (checked.verdict === "right") return onOwner()
    setTyped("")
    if (checked.verdict === "locked") setLockedUntilMs(checked.untilMs)
    if (checked.verdict === "wrong") setWrong(`${say("pinWrong")} ${checked.triesLeft}`)
  }
  return (
    <Sheet title={say("askPin")} onClose={onClose}>
      <output className="typed" aria-live="polite">
        {"●".repeat(typed.length) || <span className="soft">{say("pinDigits")}</span>}
      </output>
      {wrong !== undefined && !isLocked && (
        <p className="bad" role="alert">
          ✕ {wrong}
        </p>
      )}
      {isLocked && (
        <p className="notice bad" role="alert">
          ✕ {say("pinLocked")} {Math.ceil(waitMs / 60_000)}
        </p>
      )}
      <Keypad onKey={press} onDone={confirm} withPoint={false} />
      <div className="sheet-foot">
        <button type="button" className="primary wide" disabled={isBusy || isLocked} onClick={confirm}>
          {say(isBusy ? "oneMoment" : "confirm")}
        </button>
      </div>
    </Sheet>
  )
}
