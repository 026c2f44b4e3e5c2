import { type FormEvent, useState } from "react"
import { sendBack } from "../../src/stock/record-waste"
import type { PurchaseRow } from "../../src/store/rows"
import { unitName, weightText } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { typedGrams } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

/** Goods go back to whoever sold them, who answers as for any purchase, and gives the money back (UP-16). */
export function SendBack({ purchase: [key, { answer }] }: { readonly purchase: readonly [string, PurchaseRow] }) {
  const kiosk = useKiosk()
  const { weightUnit, language } = useKioskState().settings
  const say = useWords()
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState("")
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [sentGrams, setSentGrams] = useState<number | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const grams = typedGrams(typed, weightUnit)
    if (grams === undefined) return setRefusal(say("weightMissing"))
    const sent = await once(() => kiosk.attempt(() => sendBack(kiosk.terminal, key, grams)))
    if (sent === undefined) return
    if (!sent.ok) return setRefusal(refusalWords(sent.error, language))
    setSentGrams(grams)
    kiosk.wake()
  }
  if (answer !== "accepted") return null
  if (sentGrams !== undefined) {
    return (
      <p className="notice good" role="status">
        ✓ {say("sentBackNoted")} {weightText(sentGrams, weightUnit, language)}
      </p>
    )
  }
  if (!isOpen) {
    return (
      <button type="button" className="wide" onClick={() => setOpen(true)}>
        {say("waste-sent-back")}
      </button>
    )
  }
  return (
    <form className="goods-form" onSubmit={(event) => void send(event)}>
      <label className="field-label">
        {say("sendBackWeight")} ({unitName(weightUnit, language)})
        <input inputMode="decimal" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </label>
      {refusal !== undefined && (
        <p className="bad" role="alert">
          ✕ {refusal}
        </p>
      )}
      <button type="submit" className="danger wide" disabled={isBusy}>
        {say(isBusy ? "oneMoment" : "waste-sent-back")}
      </button>
    </form>
  )
}
