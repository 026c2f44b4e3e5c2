import type { RefundRow } from "../../src/store/rows"
import { yuan } from "../session/goods-names"
import { refusalWords } from "../session/refusals"
import { useKioskState, useWords } from "../session/use-kiosk"
import { refundLooks } from "./refund-looks"

/** What was to go back of a sale, each as it stands. */
export function RefundList({ refunds }: { readonly refunds: readonly RefundRow[] }) {
  const { language } = useKioskState().settings
  const say = useWords()
  if (refunds.length === 0) return null
  return (
    <ul className="plain" aria-live="polite">
      {refunds.map((refund) => {
        const { shape, word, tone } = refundLooks[refund.state]
        return (
          <li key={refund.id} className="row">
            <span>
              {say("refund")} {yuan(refund.amountFen)}
            </span>
            <span className={`chip ${tone}`}>
              {shape} {say(word)}
            </span>
            {refund.code !== undefined && refund.state !== "done" && (
              <span className="soft">{refusalWords(refund.code, language)}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
