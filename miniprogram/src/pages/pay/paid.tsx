import { fenToYuan } from "@suyuan/protocol/units/money"
import Taro from "@tarojs/taro"
import { useState } from "react"
import type { SaleState } from "../../../core/follow-sale"
import type { SaleAnswer } from "../../../core/origin-words"
import type { PayFlow } from "../../../core/pay-flow"
import { AskLeave } from "../../parts/ask-leave"
import { Box, Press } from "../../parts/elements"
import { RecallBanner } from "../../parts/recall-banner"
import { ReceiptDigits } from "../../parts/receipt-digits"
import { Mark, Notice, Slip } from "../../parts/states"
import { useWords } from "../../session/language"
import { Bought } from "./bought"
import { StallHead } from "./stall-head"

type PaidProps = { readonly sale: SaleAnswer; readonly state: SaleState; readonly flow: PayFlow }

/** The receipt, with six digits for a stall that cannot hear. Opening the same code again shows it again. */
export function Paid({ sale, state, flow }: PaidProps) {
  const { say } = useWords()
  const [notice, setNotice] = useState<"traceFollows" | "notDone">()
  const seeTrace = async () => {
    const record = state.recordId ?? (await flow.recordId())
    if (record === undefined) return setNotice("traceFollows")
    await Taro.navigateTo({ url: `/pages/trace/index?record=${record}` })
  }
  return (
    <Slip isDemo={sale.development}>
      <Notice shape="paid" title={`${say("paid")} ¥${fenToYuan(state.paidFen)}`} />
      {state.refundedFen > 0 && (
        <Mark shape="paid">
          {say("refunded")} ¥{fenToYuan(state.refundedFen)}
        </Mark>
      )}
      {state.receiptDigits !== null && (
        <ReceiptDigits digits={state.receiptDigits} why={sale.stallOnline ? "receiptIfAsked" : "receiptDigits"} />
      )}
      <Box className="tear" />
      <StallHead sale={sale} level={2} />
      <Bought lines={sale.lines} />
      {state.paidByMe && <AskLeave sale={`${sale.terminal}-${sale.counter}`} />}
      {state.paidByMe && (
        <Box className="actions">
          <Press id="trace" className="primary" onPress={() => void seeTrace().catch(() => setNotice("notDone"))}>
            {say("seeTrace")}
          </Press>
          {notice !== undefined && <Mark shape="waiting">{say(notice)}</Mark>}
          <Press id="mine" className="quiet" onPress={() => void Taro.navigateTo({ url: "/pages/mine/index" })}>
            {say("myPurchases")}
          </Press>
          <RecallBanner />
        </Box>
      )}
    </Slip>
  )
}
