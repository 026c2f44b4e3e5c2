import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { cameTooLate, isLateOpen } from "../../src/sale/late-payments"
import { linesOf } from "../../src/sale/sale-lines"
import { TurningCode } from "../parts/turning-code"
import { afterPaint } from "../session/after-paint"
import { lineText, yuan } from "../session/goods-names"
import { restOf, sellRest } from "../session/recalled-sale"
import { refusalWords } from "../session/refusals"
import { cancel, leaveSale, letCancel, renew, takeCash, takeUpAgain } from "../session/selling"
import type { ShownSale } from "../session/state"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useNow } from "../session/use-now"
import { DigitsSheet } from "./digits-sheet"
import { LatePayment } from "./late-payment"
import { lateLook, type ScreenStanding, screenStanding, standingLooks } from "./standing"
import { TurnedSide } from "./turned-side"

const open: ReadonlySet<ScreenStanding> = new Set(["shown", "paying", "unknown", "refused", "expired", "aged"])
const withCode: ReadonlySet<ScreenStanding> = new Set(["shown", "paying", "unknown", "refused", "aged"])
const withFreshCode: ReadonlySet<ScreenStanding> = new Set(["refused", "expired", "aged"])

/** The code, and what becomes of it. The amount is the largest thing on the screen. */
export function SettleScreen({ shown }: { readonly shown: ShownSale }) {
  const kiosk = useKiosk()
  const say = useWords()
  const { tiles, catalogue, settings, line, recalled, standing: terminalStanding } = useKioskState()
  const nowMs = useNow(kiosk.terminal.time.nowMs)
  const [asksDigits, setAsksDigits] = useState(false)
  const [isTurned, setTurned] = useState(false)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const next = useRef<HTMLButtonElement>(null)
  const screen = useRef<HTMLElement>(null)
  const { sale, url } = shown
  const standing = screenStanding(shown, line.isOnline, nowMs)
  const look = isLateOpen(sale) ? lateLook : standingLooks[standing]
  const isOpen = open.has(standing)
  // Whoever paid before the cancellation has digits, and they count.
  const isBetween = standing === "cancelling" || standing === "not-cancelled"
  const takesDigits = isOpen || isBetween
  const refuse = (code: string | undefined) =>
    setRefusal(code === undefined ? undefined : refusalWords(code, settings.language))

  useLayoutEffect(() => {
    if (withCode.has(standing)) measureCode()
  }, [standing])
  // The button that was pressed is gone: a keyboard goes on here, not at the top of the page.
  useEffect(() => {
    if (isOpen) screen.current?.focus({ preventScroll: true })
    else next.current?.focus()
  }, [isOpen])

  return (
    <main ref={screen} tabIndex={-1} className={`settle-screen tone-${look.tone}`}>
      <section className={isTurned ? "code-side turned" : "code-side"} aria-label={say("payCode")}>
        {isTurned ? (
          <TurnedSide />
        ) : withCode.has(standing) ? (
          <>
            <TurningCode url={url} label={say("payCode")} language={settings.language} />
            <p className="code-hint">{say("scanToPay")}</p>
          </>
        ) : (
          <p className="big-shape" aria-hidden="true">
            {look.shape}
          </p>
        )}
      </section>
      <section className="settle-side">
        <p className="amount">{yuan(sale.amountFen)}</p>
        <p className="standing" role="status" aria-live="assertive">
          <span aria-hidden="true">{look.shape}</span> {say(look.word)}
        </p>
        {isLateOpen(sale) && (
          <p className="notice bad" role="alert">
            {say(sale.recallReason === undefined ? "cancelledTooLate" : "recalledTooLate")}
          </p>
        )}
        {sale.recallReason !== undefined && (
          <p className="notice bad" role="alert">
            ✕ {sale.recallReason}
          </p>
        )}
        {standing === "not-cancelled" && (
          <p className="notice bad" role="alert">
            ✕ {refusalWords(sale.cancelRefused ?? "", settings.language)} {say("notCancelledHint")}
          </p>
        )}
        {!line.isOnline && isOpen && <p className="notice waiting">{say("offlineSale")}</p>}
        {(terminalStanding === "revoked" || terminalStanding === "suspended") && (
          <p className="notice bad" role="alert">
            ✕ {say(terminalStanding === "revoked" ? "terminalRevoked" : "terminalSuspended")}
          </p>
        )}
        {refusal !== undefined && (
          <p className="notice bad" role="alert">
            ✕ {refusal}
          </p>
        )}
        <ul className="settle-lines">
          {linesOf(sale).map((one, index) => {
            const text = lineText(one, tiles, catalogue, settings)
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change
              <li key={index}>
                <span>{text.name}</span> <span className="soft">{text.quantity}</span> <span>{text.amount}</span>
              </li>
            )
          })}
        </ul>
        {cameTooLate(sale) && <LatePayment sale={sale} />}
        <div className="settle-actions">
          {takesDigits && (
            <button type="button" className="secondary" onClick={() => setAsksDigits(true)}>
              {say("sixDigits")}
            </button>
          )}
          {standing === "recalled" && restOf(sale, recalled).length > 0 && (
            <button type="button" className="secondary" onClick={() => void sellRest(kiosk)}>
              {say("sellRest")}
            </button>
          )}
          {(standing === "cancelling" || standing === "closed") && (
            <button type="button" className="secondary" onClick={() => void takeUpAgain(kiosk)}>
              {say("takeUpAgain")}
            </button>
          )}
          {(isOpen || standing === "not-cancelled") && (
            <button type="button" className="secondary" onClick={() => void takeCash(kiosk).then(refuse)}>
              {say("takeCash")}
            </button>
          )}
          {standing === "not-cancelled" && (
            <>
              <button type="button" className="secondary" onClick={() => void cancel(kiosk).then(refuse)}>
                {say("askCancelAgain")}
              </button>
              <button type="button" onClick={() => void letCancel(kiosk)}>
                {say("countAsCancelled")}
              </button>
            </>
          )}
          {isOpen && (
            <>
              {withFreshCode.has(standing) && (
                <button type="button" className="primary" onClick={() => void renew(kiosk).then(refuse)}>
                  {say("freshCode")}
                </button>
              )}
              <button type="button" onClick={() => setTurned(!isTurned)} aria-pressed={isTurned}>
                {say("turnScreen")}
              </button>
              <button type="button" onClick={() => void cancel(kiosk).then(refuse)}>
                {say("cancelSale")}
              </button>
            </>
          )}
          <button ref={next} type="button" className={isOpen ? "" : "primary"} onClick={() => leaveSale(kiosk)}>
            {say(isOpen ? "leaveOpen" : "nextBuyer")}
          </button>
        </div>
      </section>
      {/* What became of the sale meanwhile stands under it. */}
      {asksDigits && takesDigits && <DigitsSheet counter={sale.counter} onClose={() => setAsksDigits(false)} />}
    </main>
  )
}

/** From the tap to the painted code, for bench/. */
function measureCode(): void {
  if (performance.getEntriesByName("settle", "mark").length === 0) return
  afterPaint(() => {
    if (performance.getEntriesByName("settle", "mark").length === 0) return
    performance.measure("settle to code", "settle")
    performance.clearMarks("settle")
  })
}
