import { useState } from "react"
import { refundableFen } from "../../src/refund/ask-refund"
import { isLateOpen, keepLatePayment } from "../../src/sale/late-payments"
import type { SaleRow } from "../../src/store/rows"
import { RefundList } from "../refund/refund-list"
import { RefundSheet } from "../refund/refund-sheet"
import { useRefunds } from "../refund/use-refunds"
import { keepShown } from "../session/selling"
import { useKiosk, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

/** Money that came before the cancellation, while buyer and goods are still here: it goes back, or the goods are handed over. */
export function LatePayment({ sale }: { readonly sale: SaleRow }) {
  const kiosk = useKiosk()
  const say = useWords()
  const [refunding, setRefunding] = useState(false)
  const [isBusy, once] = useOnce()
  const refunds = useRefunds(sale, refunding)
  const leftFen = refundableFen(sale, refunds)
  const handOver = () =>
    once(() =>
      kiosk.attempt(async () => {
        const kept = await keepLatePayment(kiosk.terminal, sale.counter)
        if (kept.ok) keepShown(kiosk, kept.value)
      }),
    )
  return (
    <>
      <RefundList refunds={refunds} />
      <div className="settle-late">
        {leftFen > 0 && (
          <button type="button" className="danger" onClick={() => setRefunding(true)}>
            {say("refundByPin")}
          </button>
        )}
        {/* What is recalled goes to nobody. */}
        {sale.recallReason === undefined && isLateOpen(sale) && (
          <button type="button" className="secondary" disabled={isBusy} onClick={() => void handOver()}>
            {say("lateHandedOver")}
          </button>
        )}
      </div>
      {refunding && <RefundSheet sale={sale} leftFen={leftFen} onClose={() => setRefunding(false)} />}
    </>
  )
}
