import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { basketAmountFen } from "../../src/basket/basket"
import { localTime } from "../../src/lost/entered-time"
import { lineText, yuan } from "../session/goods-names"
import { clearBasket, hold, recall, undoClear } from "../session/selling"
import type { KioskState } from "../session/state"
import { stoppedBy } from "../session/stopped-by"
import { useKiosk, useWords } from "../session/use-kiosk"

type BasketPanelProps = {
  readonly state: KioskState
  readonly onLine: (index: number) => void
  readonly onReduce: () => void
  readonly onSettle: (how: "platform" | "cash") => void
  readonly refusal: string | undefined
}

/** The slip that grows: lines, sum, and the way to the code. */
export function BasketPanel({ state, onLine, onReduce, onSettle, refusal }: BasketPanelProps) {
  const kiosk = useKiosk()
  const { basket, cleared, tiles, catalogue, settings, held, standing, recalled } = state
  const { terminal } = kiosk
  const say = useWords()
  const linesFen = linesTotalFen(basket.lines)
  const amountFen = basketAmountFen(basket)
  const isEmpty = basket.lines.length === 0
  const isStopped = stoppedBy(standing) !== undefined
  return (
    <section className="basket" aria-label={say("basket")}>
      {held.length > 0 && (
        <ul className="held" aria-label={say("heldBaskets")}>
          {held.map(({ basket: other }, index) => (
            <li key={other.id}>
              <button type="button" className="chip" onClick={() => void recall(kiosk, other.id)}>
                {say("heldBasket")} {index + 1} · {yuan(basketAmountFen(other))}
              </button>
            </li>
          ))}
        </ul>
      )}
      {basket.soldAtSeconds !== undefined && (
        <p className="notice waiting">
          {say("enteredSale")}{" "}
          {localTime(seconds2024ToMs(basket.soldAtSeconds), terminal.identity.site.zone).replace("T", " ")}{" "}
          {say("enteredCash")}{" "}
          <button type="button" onClick={() => clearBasket(kiosk)}>
            {say("enteredStop")}
          </button>
        </p>
      )}
      <ol className="slip">
        {basket.lines.map((line, index) => {
          const text = lineText(line, tiles, catalogue, settings)
          const recallReason = recalled.get(line.slot)?.reason
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; the same goods may stand twice
            <li key={index}>
              <button type="button" className="slip-line" onClick={() => onLine(index)}>
                <span className="slip-name">{text.name}</span>
                <span className="slip-amount">{text.amount}</span>
                <span className="slip-detail">
                  {text.quantity} × {text.price}
                </span>
                {recallReason !== undefined && (
                  <span className="slip-detail bad">
                    ✕ {say("recalled")} · {recallReason}
                  </span>
                )}
              </button>
            </li>
          )
        })}
        {isEmpty && <li className="slip-empty">{say("basketEmpty")}</li>}
        {isEmpty && cleared !== undefined && (
          <li>
            <button type="button" className="secondary wide" onClick={() => undoClear(kiosk)}>
              {say("undoClear")} ({yuan(basketAmountFen(cleared))})
            </button>
          </li>
        )}
      </ol>
      <div className="basket-foot">
        <p className="sum">
          <span>{say("total")}</span>
          <strong>{yuan(amountFen)}</strong>
          {amountFen < linesFen && (
            <small>
              {say("reducedBy")} {yuan(linesFen - amountFen)}
            </small>
          )}
        </p>
        {refusal !== undefined && (
          <p className="bad" role="alert">
            ✕ {refusal}
          </p>
        )}
        <div className="basket-actions">
          <button type="button" disabled={isEmpty} onClick={() => void hold(kiosk)}>
            {say("hold")}
          </button>
          <button type="button" disabled={isEmpty} onClick={onReduce}>
            {say("reduce")}
          </button>
          <button type="button" disabled={isEmpty} onClick={() => clearBasket(kiosk)}>
            {say("clear")}
          </button>
          <button type="button" className="secondary" disabled={isEmpty || isStopped} onClick={() => onSettle("cash")}>
            {say("takeCash")}
          </button>
          <button
            type="button"
            className="primary settle"
            disabled={isEmpty || isStopped}
            // A finger's button keeps no focus: given back after the code is drawn, it would be laid out before that is seen.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onSettle("platform")}
          >
            {say("settle")}
          </button>
        </div>
      </div>
    </section>
  )
}
