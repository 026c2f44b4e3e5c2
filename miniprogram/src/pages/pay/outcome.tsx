import type { BuyerWord } from "@suyuan/look/buyer-words"
import type { ReactNode } from "react"
import type { SaleAnswer } from "../../../core/origin-words"
import { Box } from "../../parts/elements"
import { Notice, type NoticeProps, Slip } from "../../parts/states"
import { useWords } from "../../session/language"
import { AmountRow, StallHead } from "./stall-head"

type OutcomeProps = {
  readonly sale: SaleAnswer
  readonly shape: NoticeProps["shape"]
  readonly title: BuyerWord
  readonly why: BuyerWord
  readonly children?: ReactNode
}

/** How a payment ended, or that nobody knows yet: each its own screen. */
export function Outcome({ sale, shape, title, why, children }: OutcomeProps) {
  const { say } = useWords()
  return (
    <Slip isDemo={sale.development}>
      <Notice shape={shape} title={say(title)} why={say(why)}>
        {children}
      </Notice>
      <Box className="tear" />
      <StallHead sale={sale} level={2} />
      <AmountRow amountFen={sale.amountFen} />
    </Slip>
  )
}
