import type { AnswerOf } from "@suyuan/client/client"
import { fenToYuan } from "@suyuan/protocol/units/money"
import Taro from "@tarojs/taro"
import { marketDay } from "../../../core/market-day"
import { Box, Press, Title, Words } from "../../parts/elements"
import { Mark, Row } from "../../parts/states"
import { useWords } from "../../session/language"

type Purchase = AnswerOf<"/buyers/purchases", "get">["purchases"][number]

/** One purchase: goods, amount, where and on which day; its trace, and a word if something is wrong. */
export function PurchaseLine({ purchase }: { readonly purchase: Purchase }) {
  const { language, say } = useWords()
  const zh = language === "zh"
  const { recordId, terminal, counter } = purchase
  const names = purchase.lines.map((line) => (zh ? line.name : line.nameEn) ?? say("nameFollows"))
  return (
    <Box className="line">
      <Row>
        <Title level={2}>{names.join(zh ? "、" : ", ")}</Title>
        <Words className="figure">¥{fenToYuan(purchase.paidFen)}</Words>
      </Row>
      <Box className="soft">
        {zh ? purchase.stall.site : purchase.stall.siteEn} · {purchase.stall.name} {purchase.stall.number} ·{" "}
        {marketDay(purchase.settledAt, purchase.stall.zone)}
      </Box>
      {purchase.refundedFen > 0 && (
        <Mark shape="waiting">
          {say("refunded")} ¥{fenToYuan(purchase.refundedFen)}
        </Mark>
      )}
      {recordId === undefined ? (
        <Box className="soft">{say("traceFollows")}</Box>
      ) : (
        <Press
          id={`trace-${recordId}`}
          className="quiet left"
          onPress={() => void Taro.navigateTo({ url: `/pages/trace/index?record=${recordId}` })}
        >
          {say("seeTrace")}
        </Press>
      )}
      <Press
        id={`problem-${terminal}-${counter}`}
        className="quiet left"
        onPress={() => void Taro.navigateTo({ url: `/pages/problem/index?terminal=${terminal}&counter=${counter}` })}
      >
        {say("reportProblem")}
      </Press>
    </Box>
  )
}
