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

/** Paid: for who paid it the receipt; for anybody else no word that could be taken for one. */
export function Paid(props: PaidProps) {
  return props.state.paidByMe ? <Receipt {...props} /> : <PaidByAnother {...props} />
}

function PaidByAnother({ sale, state }: PaidProps) {
  const { say } = useWords()
  const title = `${say("paidByAnother")} ¥${fenToYuan(state.paidFen)}`
  return (
    <Slip isDemo={sale.development}>
      <Notice shape="unknown" title={title} why={say("paidByAnotherWhy")}>
        <OwnPurchases />
      </Notice>
      <Refunded state={state} />
      <Box className="tear" />
      <StallHead sale={sale} level={2} />
      <Bought lines={sale.lines} />
    </Slip>
  )
}

/** With six digits for a stall that cannot hear. Opening the same code again shows it again. */
function Receipt({ sale, state, flow }: PaidProps) {
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
      <Refunded state={state} />
      {state.receiptDigits !== null && (
        <ReceiptDigits digits={state.receiptDigits} why={sale.stallOnline ? "receiptIfAsked" : "receiptDigits"} />
      )}
      <Box className="tear" />
      <StallHead sale={sale} level={2} />
      <Bought lines={sale.lines} />
      <AskLeave sale={`${sale.terminal}-${sale.counter}`} />
      <Box className="actions">
        <Press id="trace" className="primary" onPress={() => void seeTrace().catch(() => setNotice("notDone"))}>
          {say("seeTrace")}
        </Press>
        {notice !== undefined && <Mark shape="waiting">{say(notice)}</Mark>}
        <OwnPurchases />
        <RecallBanner />
      </Box>
    </Slip>
  )
}

function Refunded({ state: { refundedFen } }: Pick<PaidProps, "state">) {
  const { say } = useWords()
  if (refundedFen === 0) return null
  return (
    <Mark shape="paid">
      {say("refunded")} ¥{fenToYuan(refundedFen)}
    </Mark>
  )
}

function OwnPurchases() {
  const { say } = useWords()
  return (
    <Press id="mine" className="quiet" onPress={() => void Taro.navigateTo({ url: "/pages/mine/index" })}>
      {say("myPurchases")}
    </Press>
  )
}
