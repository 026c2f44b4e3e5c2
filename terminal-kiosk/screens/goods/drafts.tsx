import { useState } from "react"
import { answerDraft } from "../../src/certificates/answer-draft"
import type { DraftRow } from "../../src/store/heard-rows"
import { AskPin } from "../parts/ask-pin"
import { Sheet } from "../parts/sheet"
import { nameOf, weightText } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

/** Certificates for goods that were mixed or repacked: drafted elsewhere, nobody's promise before it is signed here. */
export function Drafts() {
  const { drafts, catalogue, settings } = useKioskState()
  const say = useWords()
  const [open, setOpen] = useState<string | undefined>(undefined)
  const waiting = drafts.filter(([, { state }]) => state === "draft")
  const shown = waiting.find(([id]) => id === open)
  if (waiting.length === 0) return null
  return (
    <section className="card">
      <h2>
        {say("drafts")} <span className="chip waiting">◔ {waiting.length}</span>
      </h2>
      <ul className="plain">
        {waiting.map(([id, draft]) => (
          <li key={id}>
            <button type="button" className="list-row" onClick={() => setOpen(id)}>
              <strong>{nameOf(draft.commodity, catalogue, settings.language)}</strong>
              <span>{weightText(draft.grams, settings.weightUnit, settings.language)}</span>
              <span className="chip waiting">◔ {say("toBeSigned")}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown !== undefined && <DraftSheet id={shown[0]} draft={shown[1]} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

type DraftSheetProps = { readonly id: string; readonly draft: DraftRow; readonly onClose: () => void }

function DraftSheet({ id, draft, onClose }: DraftSheetProps) {
  const kiosk = useKiosk()
  const { catalogue, settings, line } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  const [asksPin, setAsksPin] = useState(false)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const weight = (grams: number) => weightText(grams, weightUnit, language)
  const give = (answer: "issue" | "discard") =>
    once(async () => {
      setAsksPin(false)
      const answered = await kiosk.attempt(() => answerDraft(kiosk.terminal, kiosk.transport, id, answer))
      if (answered === undefined) return
      if (!answered.ok) {
        const { error } = answered
        return setRefusal(refusalWords(error.kind === "refused" ? error.code : error.kind, language))
      }
      await kiosk.refresh()
      onClose()
    })
  const facts = [
    [say("goods"), nameOf(draft.commodity, catalogue, language)],
    [say("weight"), weight(draft.grams)],
    [say("origin"), draft.origin],
    [say("promiseBasis"), draft.promiseBasis],
    [say("draftReason"), say(draft.reason === "mixed" ? "draftMixed" : "draftRepacked")],
  ] as const
  return (
    <Sheet title={say("certificate")} onClose={onClose} wide>
      <dl className="facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>{say("restsOn")}</h3>
      <ul className="plain">
        {draft.parents.map(({ recordId, mustGrams, mayGrams }) => (
          <li key={recordId}>
            {weight(mustGrams)} – {weight(mayGrams)} <small className="soft">{recordId.slice(0, 12)}…</small>
          </li>
        ))}
      </ul>
      <p>{say("promise")}</p>
      <div className="sheet-foot">
        {!line.isOnline && <p className="soft">{say("needsNetwork")}</p>}
        {refusal !== undefined && (
          <p className="bad" role="alert">
            ✕ {refusal}
          </p>
        )}
        <div className="row">
          <button
            type="button"
            className="grow"
            disabled={isBusy || !line.isOnline}
            onClick={() => void give("discard")}
          >
            {say("discardDraft")}
          </button>
          <button
            type="button"
            className="primary grow"
            disabled={isBusy || !line.isOnline}
            onClick={() => setAsksPin(true)}
          >
            {say("signCertificate")}
          </button>
        </div>
      </div>
      {asksPin && <AskPin onOwner={() => void give("issue")} onClose={() => setAsksPin(false)} />}
    </Sheet>
  )
}
