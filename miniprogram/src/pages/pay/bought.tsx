import { fenToYuan } from "@suyuan/protocol/units/money"
import type { SaleAnswer } from "../../../core/origin-words"
import { Box, Words } from "../../parts/elements"
import { Row } from "../../parts/states"
import { useWords } from "../../session/language"

/** What was weighed and at which price: to be compared with what is in the bag. */
export function Bought({ lines }: { readonly lines: SaleAnswer["lines"] }) {
  const { language, say } = useWords()
  const zh = language === "zh"
  if (lines === null) return null
  return (
    <Box className="lines">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a signed sale never change their order
        <Box key={index} className="line">
          <Row>
            <Words>{(zh ? line.name : line.nameEn) ?? say("nameFollows")}</Words>
            <Words className="figure">¥{fenToYuan(line.amountFen)}</Words>
          </Row>
          <Row className="soft">
            <Words>{zh ? line.quantityText : line.quantityTextEn}</Words>
            <Words>{zh ? line.unitPriceText : line.unitPriceTextEn}</Words>
          </Row>
        </Box>
      ))}
    </Box>
  )
}
