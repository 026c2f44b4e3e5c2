import { useEffect, useState } from "react"
import { answerBinding } from "../../src/bindings/answer-binding"
import { type ShownBindCode, showBindCode } from "../../src/bindings/show-bind-code"
import type { BindingRow } from "../../src/store/rows"
import { AskPin } from "../parts/ask-pin"
import { Sheet } from "../parts/sheet"
import { TurningCode } from "../parts/turning-code"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useNow } from "../session/use-now"
import { useOnce } from "../session/use-once"

/** The stall's own wallet, so that what it buys comes in by itself. Another code than for payment, and another look. */
export function BindWallet() {
  const kiosk = useKiosk()
  const { bindings, line } = useKioskState()
  const say = useWords()
  /** For a new code, or for the wallet that answered one. */
  const [asksPin, setAsksPin] = useState<"new" | BindingRow | undefined>(undefined)
  const [shown, setShown] = useState<ShownBindCode | undefined>(undefined)
  const active = bindings.filter(([, { state }]) => state === "active")
  const claimed = bindings.filter(([, { state, nonce }]) => state === "claimed" && nonce !== shown?.nonce)
  const show = async () => {
    setAsksPin(undefined)
    // Its code is over: the digits are still to be compared.
    if (asksPin !== undefined && asksPin !== "new") return setShown({ url: "", nonce: asksPin.nonce, validUntilMs: 0 })
    setShown(await kiosk.attempt(() => showBindCode(kiosk.terminal)))
  }
  return (
    <>
      <h2>{say("boundWallets")}</h2>
      {active.length === 0 && <p className="soft">{say("noWallet")}</p>}
      <ul className="plain">
        {active.map(([id, binding]) => (
          <li key={id} className="row">
            <span>
              ✓ {say("wallet")} {binding.digits}
            </span>
            <AnswerButton bindingId={id} answer="end" word="endBinding" />
          </li>
        ))}
        {claimed.map(([id, binding]) => (
          <li key={id} className="row">
            <span>
              ? {say("wallet")} {binding.digits} {say("walletWaits")}
            </span>
            <AnswerButton bindingId={id} answer="refuse" word="refuseWallet" />
            <button type="button" className="secondary" disabled={!line.isOnline} onClick={() => setAsksPin(binding)}>
              {say("compareNow")}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="secondary" disabled={!line.isOnline} onClick={() => setAsksPin("new")}>
        {say("bindWallet")}
      </button>
      {!line.isOnline && <p className="soft">{say("needsNetwork")}</p>}
      {asksPin !== undefined && <AskPin onOwner={() => void show()} onClose={() => setAsksPin(undefined)} />}
      {shown !== undefined && <BindSheet shown={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

function BindSheet({ shown, onClose }: { readonly shown: ShownBindCode; readonly onClose: () => void }) {
  const { time } = useKiosk().terminal
  const { bindings, settings } = useKioskState()
  const say = useWords()
  const secondsLeft = Math.max(0, Math.ceil((shown.validUntilMs - useNow(time.nowMs)) / 1000))
  const claimed = bindings.find(([, { nonce }]) => nonce === shown.nonce)
  const state = claimed?.[1].state
  useEffect(() => {
    if (state === "active" || state === "ended") onClose()
  }, [state, onClose])
  return (
    <Sheet title={say("bindWallet")} onClose={onClose} wide>
      {claimed === undefined && secondsLeft === 0 ? (
        <p className="notice waiting">? {say("bindCodeOver")}</p>
      ) : claimed === undefined ? (
        <div className="bind-code">
          <TurningCode url={shown.url} label={say("bindCode")} language={settings.language} />
          <p>
            {say("bindHint")} {secondsLeft} {say("seconds")}
          </p>
        </div>
      ) : (
        <div className="bind-code">
          <p>{say("compareDigits")}</p>
          <p className="fingerprint">{claimed[1].digits}</p>
          <div className="row">
            <AnswerButton bindingId={claimed[0]} answer="refuse" word="digitsDiffer" />
            <AnswerButton bindingId={claimed[0]} answer="confirm" word="digitsSame" />
          </div>
        </div>
      )}
    </Sheet>
  )
}

type AnswerButtonProps = {
  readonly bindingId: string
  readonly answer: "confirm" | "refuse" | "end"
  readonly word: "digitsSame" | "digitsDiffer" | "endBinding" | "refuseWallet"
}

function AnswerButton({ bindingId, answer, word }: AnswerButtonProps) {
  const kiosk = useKiosk()
  const { language } = useKioskState().settings
  const say = useWords()
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const give = async () => {
    const answered = await once(() =>
      kiosk.attempt(() => answerBinding(kiosk.terminal, kiosk.transport, bindingId, answer)),
    )
    if (answered !== undefined && !answered.ok) {
      const { error } = answered
      setRefusal(refusalWords(error.kind === "refused" ? error.code : `enrol/${error.kind}`, language))
    }
    await kiosk.refresh()
  }
  return (
    <>
      {refusal !== undefined && (
        <span className="bad" role="alert">
          ✕ {refusal}
        </span>
      )}
      <button
        type="button"
        className={answer === "confirm" ? "primary" : "secondary"}
        disabled={isBusy}
        onClick={() => void give()}
      >
        {say(word)}
      </button>
    </>
  )
}
