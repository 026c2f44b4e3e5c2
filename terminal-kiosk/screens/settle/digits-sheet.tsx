import { RECEIPT_DIGITS, RECEIPT_TRIES } from "@suyuan/protocol/terminal/offline-receipt"
import { useEffect, useState } from "react"
import { checkReceipt } from "../../src/receipt/check-receipt"
import { counterKey } from "../../src/store/rows"
import { Keypad } from "../parts/keypad"
import { Sheet } from "../parts/sheet"
import { refusalWords } from "../session/refusals"
import { keepShown } from "../session/selling"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { withDigit } from "./digit-entry"

type DigitsSheetProps = { readonly counter: number; readonly onClose: () => void }

/** The buyer's phone shows six digits because this stall is offline: three tries, counted on the disk. */
export function DigitsSheet({ counter, onClose }: DigitsSheetProps) {
  const kiosk = useKiosk()
  const { language } = useKioskState().settings
  const say = useWords()
  const [typed, setTyped] = useState("")
  const [answer, setAnswer] = useState<string | undefined>(undefined)
  const [isLocked, setLocked] = useState(false)
  const [, once] = useOnce()
  // Tries outlive this sheet: one that is opened again asks for nothing that will not be looked at.
  useEffect(() => {
    void kiosk.attempt(async () => {
      const sale = await kiosk.terminal.store.get("sales", counterKey(counter))
      setLocked((sale?.receipt.wrongTries ?? 0) >= RECEIPT_TRIES)
    })
  }, [kiosk, counter])
  const check = async (digits: string) => {
    const checked = await once(() => kiosk.attempt(() => checkReceipt(kiosk.terminal, counter, digits)))
    setTyped("")
    if (checked === undefined) return
    if (!checked.ok) return setAnswer(refusalWords(checked.error, language))
    const { value } = checked
    if (value.verdict === "accepted") {
      const sale = await kiosk.terminal.store.get("sales", counterKey(counter))
      if (sale !== undefined) keepShown(kiosk, sale)
      return onClose()
    }
    if (value.verdict === "locked") setLocked(true)
    else setAnswer(value.verdict === "wrong" ? `${say("digitsWrong")} ${value.triesLeft}` : say("digitsUsed"))
  }
  const press = (key: string) => {
    const entry = withDigit(typed, key)
    setTyped(entry.typed)
    if (entry.isWhole) void check(entry.typed)
  }
  const shownDigits = typed.padEnd(RECEIPT_DIGITS, "·")
  if (isLocked) {
    return (
      <Sheet title={say("sixDigits")} onClose={onClose}>
        <p className="notice bad" role="alert">
          ✕ {say("digitsLocked")}
        </p>
        <button type="button" className="primary wide" onClick={onClose}>
          {say("understood")}
        </button>
      </Sheet>
    )
  }
  return (
    <Sheet title={say("sixDigits")} onClose={onClose}>
      <p className="soft">{say("sixDigitsHint")}</p>
      <output className="typed digits">
        {shownDigits.slice(0, 3)} {shownDigits.slice(3)}
      </output>
      {answer !== undefined && (
        <p className="bad" role="alert">
          ✕ {answer}
        </p>
      )}
      <Keypad onKey={press} withPoint={false} />
    </Sheet>
  )
}
