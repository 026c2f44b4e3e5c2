import type { AnswerOf } from "@suyuan/client/client"
import { problemWords } from "@suyuan/look/problem-words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import Taro from "@tarojs/taro"
import { useState } from "react"
import { marketDay, marketMoment } from "../../../core/market-day"
import { stallName } from "../../../core/stall-name"
import { Box, Press, Title, Words } from "../../parts/elements"
import { ReceiptDigits } from "../../parts/receipt-digits"
import { Mark, Row } from "../../parts/states"
import { useWords } from "../../session/language"

type Purchase = AnswerOf<"/buyers/purchases", "get">["purchases"][number]

type Problem = AnswerOf<"/buyers/problems", "get">["problems"][number]
type PurchaseLineProps = { readonly purchase: Purchase; readonly problems: readonly Problem[] }

/** One purchase: goods, amount, where and on which day; its trace, and what was said of it if something is wrong. */
export function PurchaseLine({ purchase, problems }: PurchaseLineProps) {
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
        {zh ? purchase.stall.site : purchase.stall.siteEn} · {stallName(purchase.stall)} ·{" "}
        {marketDay(purchase.settledAt, purchase.stall.zone)}
      </Box>
      {purchase.refundedFen > 0 && (
        <Mark shape="paid">
          {say("refunded")} ¥{fenToYuan(purchase.refundedFen)}
        </Mark>
      )}
      {problems.map(({ id, kind, answer }) => (
        <Box key={id}>
          <Box className="soft">
            {say("reported")} {problemWords[kind][language]}
            {answer === undefined && ` · ${say("waitsForAnswer")}`}
          </Box>
          {answer !== undefined && (
            <Box>
              {say("officeAnswers")} {answer}
            </Box>
          )}
        </Box>
      ))}
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
      <Receipt purchase={purchase} />
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

/** What the page after paying showed, one tap away: lines, when, and the six digits for a stall that cannot hear. */
function Receipt({ purchase }: Pick<PurchaseLineProps, "purchase">) {
  const { language, say } = useWords()
  const [isOpen, setOpen] = useState(false)
  const { terminal, counter, lines, paidFen, receiptDigits, settledAt, stall } = purchase
  return (
    <>
      {isOpen && (
        <Box>
          {lines.map(({ line, name, nameEn, amountFen }) => (
            <Row key={line}>
              <Words>{(language === "zh" ? name : nameEn) ?? say("nameFollows")}</Words>
              <Words className="figure">¥{fenToYuan(amountFen)}</Words>
            </Row>
          ))}
          <Mark shape="paid">
            {say("paid")} ¥{fenToYuan(paidFen)} · <Words className="whole">{marketMoment(settledAt, stall.zone)}</Words>
          </Mark>
          {receiptDigits !== null && <ReceiptDigits digits={receiptDigits} why="receiptIfAsked" />}
        </Box>
      )}
      <Press
        id={`receipt-${terminal}-${counter}`}
        className="quiet left"
        isOpen={isOpen}
        onPress={() => setOpen(!isOpen)}
      >
        {say(isOpen ? "hideOrigin" : "seeReceipt")}
      </Press>
    </>
  )
}
