import { lazy, Suspense, useState } from "react"
import { refundableFen, seeRefusedRefunds } from "../../src/refund/ask-refund"
import { isLateOpen, keepLatePayment } from "../../src/sale/late-payments"
import { linesOf } from "../../src/sale/sale-lines"
import { standingOf } from "../../src/sale/sale-standing"
import { voidSale } from "../../src/sale/void-sale"
import type { SaleRow } from "../../src/store/rows"
import { AskPin } from "../parts/ask-pin"
import { Sheet } from "../parts/sheet"
import { RefundList } from "../refund/refund-list"
import { RefundSheet } from "../refund/refund-sheet"
import { useRefunds } from "../refund/use-refunds"
import { lineText, yuan } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"
import { saleLooks } from "./sale-looks"

/** With the printer's language: not on the way of a sale. */
const PrintSheet = lazy(() => import("../print/print-sheet"))

/** What its own screen is opened for. */
const openWords = {
  waiting: "showCode",
  paying: "showCode",
  cancelling: "sixDigits",
  "not-cancelled": "howItEnded",
} as const

type SaleSheetProps = {
  readonly sale: SaleRow
  readonly onClose: () => void
  readonly onShow: () => void
  readonly onChanged: () => void
}

/** One sale of today: what was in it, how it stands, and the way back. */
export function SaleSheet({ sale, onClose, onShow, onChanged }: SaleSheetProps) {
  const kiosk = useKiosk()
  const { tiles, catalogue, settings, refusedRefunds } = useKioskState()
  const say = useWords()
  const [asksPin, setAsksPin] = useState(false)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const [printing, setPrinting] = useState(false)
  const [refunding, setRefunding] = useState(false)
  const [isBusy, once] = useOnce()
  const refunds = useRefunds(sale, refunding)
  const leftFen = refundableFen(sale, refunds)
  const standing = standingOf(sale)
  const look = saleLooks[standing]
  const mayVoid = standing === "cash" || standing === "handed-over"
  const takeBack = async () => {
    setAsksPin(false)
    const voided = await kiosk.attempt(() => voidSale(kiosk.terminal, sale.counter, "other"))
    if (voided === undefined) return
    if (!voided.ok) return setRefusal(refusalWords(voided.error, settings.language))
    kiosk.wake()
    onChanged()
  }
  const handedOver = async () => {
    const kept = await once(() => kiosk.attempt(() => keepLatePayment(kiosk.terminal, sale.counter)))
    if (kept === undefined) return
    kiosk.wake()
    onChanged()
  }
  const seeRefused = () =>
    once(() =>
      kiosk.attempt(async () => {
        await seeRefusedRefunds(kiosk.terminal, sale.counter)
        await kiosk.refresh()
      }),
    )
  return (
    <Sheet title={`${say("saleNumber")} ${sale.counter}`} onClose={onClose}>
      <p className="row">
        <strong className="sheet-amount">{yuan(sale.amountFen)}</strong>
        <span className={`chip ${look.tone}`}>
          {look.shape} {say(look.word)}
        </span>
      </p>
      <ul className="plain">
        {linesOf(sale).map((line, index) => {
          const text = lineText(line, tiles, catalogue, settings)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change
            <li key={index} className="row">
              <span>
                {text.name} <span className="soft">{text.quantity}</span>
              </span>
              <span>{text.amount}</span>
            </li>
          )
        })}
      </ul>
      {(sale.payment?.refundedFen ?? 0) > 0 && (
        <p>
          {say("refunded")} {yuan(sale.payment?.refundedFen ?? 0)}
        </p>
      )}
      {standing === "not-cancelled" && (
        <p className="notice bad" role="alert">
          ✕ {refusalWords(sale.cancelRefused ?? "", settings.language)} {say("notCancelledHint")}
        </p>
      )}
      {mayVoid && sale.voidRefused !== undefined && (
        <p className="notice bad" role="alert">
          ✕ {refusalWords(sale.voidRefused, settings.language)} {say("notVoided")}
        </p>
      )}
      {isLateOpen(sale) && (
        <div className="notice bad" role="alert">
          <p>{say(sale.recallReason === undefined ? "cancelledTooLate" : "recalledTooLate")}</p>
          <button type="button" className="secondary wide" disabled={isBusy} onClick={() => void handedOver()}>
            {say("lateHandedOver")}
          </button>
        </div>
      )}
      {refusal !== undefined && (
        <p className="bad" role="alert">
          ✕ {refusal}
        </p>
      )}
      {standing in openWords && (
        <button type="button" className="primary wide" onClick={onShow}>
          {say(openWords[standing as keyof typeof openWords])}
        </button>
      )}
      {mayVoid && (
        <button type="button" className="danger wide" onClick={() => setAsksPin(true)}>
          {say("voidSale")}
        </button>
      )}
      <RefundList refunds={refunds} />
      {refusedRefunds.includes(sale.counter) && (
        <button type="button" className="secondary wide" disabled={isBusy} onClick={() => void seeRefused()}>
          {say("understood")}
        </button>
      )}
      {standing !== "closed" && standing !== "voided" && (
        <button type="button" className="secondary wide" onClick={() => setPrinting(true)}>
          {say("print")}
        </button>
      )}
      {leftFen > 0 && (
        <button type="button" className="danger wide" onClick={() => setRefunding(true)}>
          {say("refundByPin")}
        </button>
      )}
      {printing && (
        <Suspense>
          <PrintSheet sale={sale} onClose={() => setPrinting(false)} />
        </Suspense>
      )}
      {refunding && <RefundSheet sale={sale} leftFen={leftFen} onClose={() => setRefunding(false)} />}
      {asksPin && <AskPin onOwner={() => void takeBack()} onClose={() => setAsksPin(false)} />}
    </Sheet>
  )
}
