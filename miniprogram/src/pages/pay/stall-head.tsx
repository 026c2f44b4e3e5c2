import { fenToYuan } from "@suyuan/protocol/units/money"
import type { SaleAnswer } from "../../../core/origin-words"
import { hasNumber } from "../../../core/stall-name"
import { Box, Title, Words } from "../../parts/elements"
import { StallPhoto } from "../../parts/stall-photo"
import { useWords } from "../../session/language"

/** Name, number and photo, large: a sticker over somebody's code dies here. */
export function StallHead({ sale, level }: { readonly sale: SaleAnswer; readonly level: 1 | 2 }) {
  const { language, say } = useWords()
  return (
    <Box className="stall-head">
      <Box className="grow">
        <Box className="soft">{language === "zh" ? sale.stall.site : sale.stall.siteEn}</Box>
        <Title level={level}>{sale.stall.name}</Title>
        {!hasNumber(sale.stall) && (
          <Box className="number">
            {say("stall")} {sale.stall.number}
          </Box>
        )}
      </Box>
      <StallPhoto stall={sale.stall} />
    </Box>
  )
}

export function AmountRow({ amountFen }: { readonly amountFen: number }) {
  const { say } = useWords()
  return (
    <Box className="row amount">
      <Words>{say("amount")}</Words>
      <Words className="figure">¥{fenToYuan(amountFen)}</Words>
    </Box>
  )
}
