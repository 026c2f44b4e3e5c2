import { type FormEvent, useState } from "react"
import { sendBack } from "../../src/stock/record-waste"
import type { PurchaseRow } from "../../src/store/rows"
import { unitName, weightText } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { typedGrams } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

type SendBackProps = {
  readonly purchase: readonly [string, PurchaseRow]
  /** The seller thought better of it. */
  readonly onBack: () => void
  readonly onClose: () => void
}

/** Goods go back to whoever sold them, who answers as for any purchase, and gives the money back (UP-16). */
export function SendBack({ purchase: [key, { grams: boughtGrams }], onBack, onClose }: SendBackProps) {
  const kiosk = useKiosk()
  const { weightUnit, language } = useKioskState().settings
  const say = useWords()
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
  if (sentGrams !== undefined) {
    return (
      <>
        <p className="notice good" role="status">
          ✓ {say("sentBackNoted")} {weightText(sentGrams, weightUnit, language)}
        </p>
        <p className="soft">{say("sendBackHint")}</p>
        <div className="sheet-foot">
          <button type="button" className="primary wide" onClick={onClose}>
            {say("understood")}
          </button>
        </div>
      </>
    )
  }
  return (
    <form className="goods-form" onSubmit={(event) => void send(event)}>
      <label className="field-label">
        {say("sendBackWeight")} ({unitName(weightUnit, language)})
        <input
          inputMode="decimal"
          // biome-ignore lint/a11y/noAutofocus: the button that asked for it is gone, and this is what it asked for
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <p className="soft">
        {say("boughtWeight")} {weightText(boughtGrams, weightUnit, language)}
      </p>
      <p className="soft">{say("sendBackHint")}</p>
      <div className="sheet-foot">
        {refusal !== undefined && (
          <p className="bad" role="alert">
            ✕ {refusal}
          </p>
        )}
        <button type="submit" className="danger wide" disabled={isBusy}>
          {say(isBusy ? "oneMoment" : "waste-sent-back")}
        </button>
        <button type="button" className="wide" onClick={onBack}>
          {say("keepGoods")}
        </button>
      </div>
    </form>
  )
}
