import { fenToYuan } from "@suyuan/protocol/units/money"
import { gramsToJin, gramsToKilograms, quantityGrams } from "@suyuan/protocol/units/weight"
import { type FormEvent, useState } from "react"
import { askRefund, type RefundWish } from "../../src/refund/ask-refund"
import { linesOf } from "../../src/sale/sale-lines"
import type { SaleRow } from "../../src/store/rows"
import { AskPin } from "../parts/ask-pin"
import { Sheet } from "../parts/sheet"
import { lineText, unitName, yuan } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { typedFen, typedGrams } from "../session/typed-amounts"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { refundGoodsWords } from "./refund-looks"

type Goods = RefundWish["goods"]

type RefundSheetProps = { readonly sale: SaleRow; readonly leftFen: number; readonly onClose: () => void }

/** How much goes back, and what became of the goods: the book of the stall follows from it. Then the owner's PIN. */
export function RefundSheet({ sale, leftFen, onClose }: RefundSheetProps) {
  const kiosk = useKiosk()
  const { tiles, catalogue, settings } = useKioskState()
  const say = useWords()
  const lines = linesOf(sale)
  const [typed, setTyped] = useState(fenToYuan(leftFen))
  const [goods, setGoods] = useState<Goods | undefined>(undefined)
  const [weights, setWeights] = useState(() => lines.map(({ quantity }) => weightOf(quantityGrams(quantity), settings)))
  const [named, setNamed] = useState(() => lines.map(() => true))
  const [trouble, setTrouble] = useState<string | undefined>(undefined)
  const [id] = useState(kiosk.terminal.newId)
  const [wish, setWish] = useState<RefundWish | undefined>(undefined)
  const [isBusy, once] = useOnce()
  const namesGoods = goods !== undefined && goods !== "money-only"

  const finish = (event: FormEvent) => {
    event.preventDefault()
    const amountFen = typedFen(typed)
    if (amountFen === undefined || amountFen < 1) return setTrouble(say("refundAmountMalformed"))
    if (amountFen > leftFen) return setTrouble(refusalWords("refund/amount-above-paid", settings.language))
    if (goods === undefined) return setTrouble(say("refundSayGoods"))
    const meant = namesGoods ? namedLines() : []
    if (meant === undefined) return setTrouble(say("weightMissing"))
    setTrouble(undefined)
    setWish({ id, counter: sale.counter, amountFen, goods, lines: meant })
  }
  /** All of the sale as it was weighed is said by naming no line. */
  const namedLines = (): RefundWish["lines"] | undefined => {
    const isAll = lines.every(
      ({ quantity }, line) => named[line] && weights[line] === weightOf(quantityGrams(quantity), settings),
    )
    if (isAll) return []
    const meant = lines.flatMap((_, line) =>
      named[line] ? [[line, typedGrams(weights[line]!, settings.weightUnit)]] : [],
    )
    if (meant.length === 0 || meant.some(([, grams]) => grams === undefined)) return undefined
    return meant as [number, number][]
  }
  const ask = async (asked: RefundWish) => {
    setWish(undefined)
    const refund = await once(() => kiosk.attempt(() => askRefund(kiosk.terminal, kiosk.transport, asked)))
    if (refund === undefined) return
    if (!refund.ok) return setTrouble(refusalWords(refund.error, settings.language))
    void kiosk.refresh()
    onClose()
  }
  return (
    <Sheet title={say("refund")} onClose={onClose} wide>
      <form className="goods-form" onSubmit={finish}>
        <label className="field-label">
          {say("refundAmount")} ({say("refundAtMost")} {yuan(leftFen)})
          <input inputMode="decimal" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
        <fieldset className="choice">
          <legend>{say("refundGoods")}</legend>
          {(Object.keys(refundGoodsWords) as Goods[]).map((one) => (
            <button key={one} type="button" aria-pressed={goods === one} onClick={() => setGoods(one)}>
              {say(refundGoodsWords[one])}
            </button>
          ))}
        </fieldset>
        {namesGoods &&
          lines.map((line, index) => {
            const { name, quantity } = lineText(line, tiles, catalogue, settings)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change
              <div key={index} className="count-row">
                <label className="tick">
                  <input
                    type="checkbox"
                    checked={named[index]}
                    onChange={({ target }) => setNamed(named.with(index, target.checked))}
                  />
                  {name} {quantity}
                </label>
                <label className="count-field">
                  <span className="hidden-words">
                    {name} {say("weight")}
                  </span>
                  <input
                    inputMode="decimal"
                    value={weights[index]}
                    placeholder={`${say("weight")} (${unitName(settings.weightUnit, settings.language)})`}
                    onChange={({ target }) => setWeights(weights.with(index, target.value))}
                  />
                </label>
              </div>
            )
          })}
        <div className="sheet-foot">
          {trouble !== undefined && (
            <p className="bad" role="alert">
              ✕ {trouble}
            </p>
          )}
          <button type="submit" className="danger wide" disabled={isBusy}>
            {say(isBusy ? "oneMoment" : "refundNow")}
          </button>
        </div>
      </form>
      {wish !== undefined && <AskPin onOwner={() => void ask(wish)} onClose={() => setWish(undefined)} />}
    </Sheet>
  )
}

/** As it was weighed; nothing for goods by the piece. */
function weightOf(grams: number | undefined, { weightUnit }: { readonly weightUnit: "jin" | "kilogram" }): string {
  if (grams === undefined) return ""
  return weightUnit === "jin" ? gramsToJin(grams) : gramsToKilograms(grams)
}
