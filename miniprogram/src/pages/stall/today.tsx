import { kilograms } from "../../../core/weights"
import { Box, Title, Words } from "../../parts/elements"
import { Mark, Row } from "../../parts/states"
import { useWords } from "../../session/language"
import type { OwnStall } from "./read-stall"

const sum = (weights: Readonly<Record<string, number>>) => Object.values(weights).reduce((all, one) => all + one, 0)

/** What the stall's books say came in and went out on the market's day, by goods. */
export function Today({ day, balance }: Pick<OwnStall, "day" | "balance">) {
  const { language, say } = useWords()
  if (balance === undefined) return <Mark shape="waiting">{say("notDone")}</Mark>
  const lines = balance.filter((line) => sum(line.in) > 0 || sum(line.out) > 0)
  return (
    <>
      <Title level={2}>
        {say("todayTitle")} · {day}
      </Title>
      {lines.length === 0 && <Mark shape="waiting">{say("todayNone")}</Mark>}
      {lines.map((line) => (
        <Box key={line.commodity} className="line">
          <Title level={3}>{language === "zh" ? line.nameZh : line.nameEn}</Title>
          <Row>
            <Words>
              {say("wentIn")} {kilograms(sum(line.in))} kg
            </Words>
            <Words>
              {say("wentOut")} {kilograms(sum(line.out))} kg
            </Words>
            <Words className="figure">
              {say("leftNow")} {kilograms(line.closingGrams)} kg
            </Words>
          </Row>
        </Box>
      ))}
    </>
  )
}
