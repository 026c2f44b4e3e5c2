import { gramsToJin, gramsToKilograms } from "@suyuan/protocol/units/weight"
import { useState } from "react"
import { acceptPurchase, type PurchaseAnswer } from "../../src/stock/accept-purchase"
import type { PurchaseRow } from "../../src/store/rows"
import { putOnSale } from "../../src/tiles/put-on-sale"
import { Sheet } from "../parts/sheet"
import { nameOf, unitName, weightText } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { typedGrams } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { Booked, type BookedGoods } from "./booked"
import { CameFacts } from "./came"
import { declaredOf, originText } from "./came-text"
import { SendBack } from "./send-back"

const answerWords = { accepted: "accepted", private: "privatePurchase", refused: "refusedPurchase" } as const

/** What this stall's own wallet bought: booked in with one tap, corrected, or kept out. */
export function Incoming() {
  const { purchases, catalogue, settings } = useKioskState()
  const say = useWords()
  const [openKey, setOpen] = useState<string | undefined>(undefined)
  // What was heard of it meanwhile counts.
  const open = purchases.find(([key]) => key === openKey)
  const newestFirst = [...purchases].reverse().sort(([, one], [, other]) => rank(one) - rank(other))
  if (newestFirst.length === 0) return <p className="soft">{say("noIncoming")}</p>
  return (
    <>
      <ul className="plain">
        {newestFirst.map(([key, row]) => (
          <li key={key}>
            <button type="button" className="list-row" onClick={() => setOpen(key)}>
              <strong>{nameOf(row.commodity, catalogue, settings.language)}</strong>
              <span>{weightText(row.acceptedGrams ?? row.grams, settings.weightUnit, settings.language)}</span>
              <span className={row.answer === undefined ? "chip waiting" : "chip"}>
                {row.answer === undefined ? `◔ ${say("toBeAnswered")}` : say(answerWords[row.answer])}
                {isHeard(row) && ` · ${say("answeredElsewhere")}`}
              </span>
              {row.came !== undefined && (
                <small className="soft row-detail">
                  {row.came.seller.name} · {originText(row.came, say)}
                </small>
              )}
            </button>
          </li>
        ))}
      </ul>
      {open !== undefined && <AnswerSheet purchase={open} onClose={() => setOpen(undefined)} />}
    </>
  )
}

/** Answered on the stall's phone or at another of its terminals. */
function isHeard({ answeredBy, heardAtMs }: PurchaseRow): boolean {
  return answeredBy === undefined && heardAtMs !== undefined
}

function rank({ answer }: PurchaseRow): number {
  return answer === undefined ? 0 : 1
}

type AnswerSheetProps = { readonly purchase: readonly [string, PurchaseRow]; readonly onClose: () => void }

const notedWords = { accepted: "accepted", private: "privateNoted", refused: "refusedNoted" } as const

/** The answer, and then what it came to. */
function AnswerSheet({ purchase: [key, row], onClose }: AnswerSheetProps) {
  const kiosk = useKiosk()
  const { catalogue, settings, tiles } = useKioskState()
  const { language, weightUnit } = settings
  const say = useWords()
  // Who opens it again and answers anew changes nothing by that.
  const knownGrams = (row.answer === "accepted" ? row.acceptedGrams : undefined) ?? row.grams
  const known = weightUnit === "jin" ? gramsToJin(knownGrams) : gramsToKilograms(knownGrams)
  const [typed, setTyped] = useState(known)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [booked, setBooked] = useState<BookedGoods | undefined>(undefined)
  const [sendsBack, setSendsBack] = useState(false)
  const [isBusy, once] = useOnce()
  const give = (answer: PurchaseAnswer) => once(() => answerPurchase(answer))
  const answerPurchase = async (answer: PurchaseAnswer) => {
    const answered = await kiosk.attempt(() => acceptPurchase(kiosk.terminal, key, answer))
    if (answered === undefined) return
    if (!answered.ok) return setRefusal(refusalWords(answered.error, language))
    const isNew = !tiles.some((tile) => tile.isOnSale && tile.commodity === row.commodity)
    const put = answer.outcome === "accepted" && isNew ? await offer() : undefined
    setBooked({
      ...{ uploadId: answered.value, word: notedWords[answer.outcome], commodity: row.commodity },
      grams: answer.outcome === "accepted" ? answer.grams : undefined,
      trouble: put?.ok === false ? "tilesFull" : undefined,
    })
    await kiosk.refreshTiles()
  }
  const offer = () => {
    const declaredOrigin = row.came === undefined ? "" : declaredOf(row.came, say)
    return kiosk.attempt(() => putOnSale(kiosk.terminal, { commodity: row.commodity, unitPriceFen: 0, declaredOrigin }))
  }
  const accept = () => {
    const grams = typed === known ? knownGrams : typedGrams(typed, weightUnit)
    if (grams === undefined) return setRefusal(say("weightMissing"))
    void give({ outcome: "accepted", grams })
  }
  return (
    <Sheet title={nameOf(row.commodity, catalogue, language)} onClose={onClose}>
      {booked !== undefined ? (
        <Booked booked={booked} onClose={onClose} />
      ) : sendsBack ? (
        <SendBack purchase={[key, row]} onBack={() => setSendsBack(false)} onClose={onClose} />
      ) : (
        <>
          <CameFacts came={row.came} />
          <label className="field-label">
            {say("arrivedWeight")} ({unitName(weightUnit, language)})
            <input inputMode="decimal" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </label>
          <p className="soft">
            {say("boughtWeight")} {weightText(row.grams, weightUnit, language)}
          </p>
          {row.answer === "accepted" && (
            <button type="button" className="wide" onClick={() => setSendsBack(true)}>
              {say("waste-sent-back")}
            </button>
          )}
          <div className="sheet-foot">
            {refusal !== undefined && (
              <p className="bad" role="alert">
                ✕ {refusal}
              </p>
            )}
            <button type="button" className="primary wide" disabled={isBusy} onClick={accept}>
              {say(isBusy ? "oneMoment" : "bookIn")}
            </button>
            <div className="row">
              <button
                type="button"
                className="grow"
                disabled={isBusy}
                onClick={() => void give({ outcome: "private" })}
              >
                {say("privatePurchase")}
              </button>
              <button
                type="button"
                className="grow danger"
                disabled={isBusy}
                onClick={() => void give({ outcome: "refused" })}
              >
                {say("refusedPurchase")}
              </button>
            </div>
          </div>
        </>
      )}
    </Sheet>
  )
}
