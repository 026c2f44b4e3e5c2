import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { type FormEvent, useRef, useState } from "react"
import type { Enrolled } from "../../src/enrol/enrol-terminal"
import { PIN_PATTERN } from "../../src/settings/owner-pin"
import { enrolTablet, type Tablet } from "../session/open-session"
import { refusalWords } from "../session/refusals"
import { ScanClaimCode } from "./scan-claim-code"

type Language = "zh" | "en"

type EnrolScreenProps = { readonly tablet: Tablet; readonly onEnrolled: () => void }

const PIN_MAX = 8

/**
 * A tablet becomes a stall's terminal: the code of the operator's screen, the PIN of the owner who was given it, and a
 * fingerprint that a person compares.
 */
export function EnrolScreen({ tablet, onEnrolled }: EnrolScreenProps) {
  const [language, setLanguage] = useState<Language>("zh")
  const [code, setCode] = useState("")
  const [pins, setPins] = useState<readonly [string, string]>(["", ""])
  const [trouble, setTrouble] = useState<string | undefined>(undefined)
  const [isAsking, setAsking] = useState(false)
  const [enrolled, setEnrolled] = useState<Enrolled | undefined>(undefined)
  const firstPin = useRef<HTMLInputElement>(null)
  const say = (word: TerminalWord) => terminalWords[word][language]

  const enrol = async (event: FormEvent) => {
    event.preventDefault()
    const [pin, repeated] = pins
    if (!PIN_PATTERN.test(pin) || pin !== repeated) return setTrouble(say("pinNotTheSame"))
    setAsking(true)
    setTrouble(undefined)
    const answer = await enrolTablet(tablet, code, { pin, language }).catch(() => undefined)
    setAsking(false)
    if (answer?.ok) return setEnrolled(answer.value)
    const error = answer?.error ?? { kind: "storage-failed" as const }
    setTrouble(refusalWords(error.kind === "refused" ? error.code : `enrol/${error.kind}`, language))
  }

  if (enrolled !== undefined) return <Fingerprint enrolled={enrolled} say={say} onDone={onEnrolled} />
  return (
    <main className="enrol">
      <h1>{say("enrolTitle")}</h1>
      <p>{say("enrolHint")}</p>
      <form onSubmit={(event) => void enrol(event)}>
        <label htmlFor="claim-code">{say("claimCode")}</label>
        <div className="row claim-row">
          <input
            id="claim-code"
            className="code-input"
            value={code}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={16}
            placeholder="ABCDE-12345"
            onChange={(event) => setCode(event.target.value)}
          />
          <ScanClaimCode
            label={say("scanCode")}
            onCode={(scanned) => {
              setCode(scanned)
              firstPin.current?.focus()
            }}
            onDenied={() => setTrouble(say("cameraDenied"))}
          />
        </div>
        <div className="pin-row">
          {([0, 1] as const).map((which) => (
            <label key={which} className="field-label">
              {say(which === 0 ? "newPin" : "repeatPin")}
              <input
                ref={which === 0 ? firstPin : undefined}
                type="password"
                inputMode="numeric"
                autoComplete="new-password"
                maxLength={PIN_MAX}
                value={pins[which]}
                onChange={({ target }) => setPins(which === 0 ? [target.value, pins[1]] : [pins[0], target.value])}
              />
            </label>
          ))}
        </div>
        <p className="soft">{say("ownerPinHint")}</p>
        {trouble !== undefined && (
          <p className="notice bad" role="alert">
            ✕ {trouble}
          </p>
        )}
        <button type="submit" className="primary wide" disabled={isAsking || code.trim() === ""}>
          {say(isAsking ? "asking" : "enrol")}
        </button>
      </form>
      <button type="button" className="quiet" onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
        {language === "zh" ? "English" : "中文"}
      </button>
    </main>
  )
}

type FingerprintProps = {
  readonly enrolled: Enrolled
  readonly say: (word: TerminalWord) => string
  readonly onDone: () => void
}

function Fingerprint({ enrolled, say, onDone }: FingerprintProps) {
  const { stall, site } = enrolled.identity
  const isConfirmed = enrolled.state === "active"
  return (
    <main className="enrol">
      <h1>
        {site.name} · {stall.name}
      </h1>
      {!isConfirmed && <p>{say("compareFingerprint")}</p>}
      <p className="fingerprint">{enrolled.fingerprint}</p>
      <p className="soft">{say(isConfirmed ? "fingerprintConfirmed" : "fingerprintWaiting")}</p>
      <button type="button" className="primary" onClick={onDone}>
        {say("startSelling")}
      </button>
    </main>
  )
}
