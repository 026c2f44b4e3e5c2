import type { AnswerOf } from "@suyuan/client/client"
import { fenToYuan } from "@suyuan/protocol/units/money"
import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import { findPurchases } from "../../../core/find-purchases"
import { Box, Field, Press, Title, Words } from "../../parts/elements"
import { Loading, Mark, Notice, Offline, Row, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { Recalls } from "./recalls"

type Purchase = AnswerOf<"/buyers/purchases", "get">["purchases"][number]

const LIMIT = 100
const askPurchases = () => gateway.get("/buyers/purchases", { query: { limit: LIMIT } })

/** What this wallet, or this browser, has paid for, and what of it may be recalled. */
export default function MinePage() {
  const { say } = useWords()
  const [asked, again] = useAnswer(askPurchases)
  useEffect(dropPlainPage, [])
  switch (asked.at) {
    case "loading":
      return <Loading />
    case "offline":
      return <Offline onAgain={again} />
    case "refused":
      return (
        <Slip>
          <Notice shape="waiting" title={say("myPurchases")} why={say("notLoggedIn")} />
        </Slip>
      )
    case "there":
      return <Purchases purchases={asked.value.purchases} />
  }
}

function Purchases({ purchases }: { readonly purchases: readonly Purchase[] }) {
  const { say } = useWords()
  const [wanted, setWanted] = useState("")
  const found = findPurchases(purchases, wanted)
  return (
    <Slip>
      <Title level={1}>{say("myPurchases")}</Title>
      <Recalls />
      {purchases.length === 0 ? (
        <Mark shape="waiting">{say("noPurchases")}</Mark>
      ) : (
        <Field label={say("findPurchase")} value={wanted} onChange={setWanted} />
      )}
      {purchases.length > 0 && found.length === 0 && <Mark shape="unknown">{say("nothingFound")}</Mark>}
      {found.map((purchase) => (
        <PurchaseLine key={`${purchase.terminal}-${purchase.counter}`} purchase={purchase} />
      ))}
    </Slip>
  )
}

function PurchaseLine({ purchase }: { readonly purchase: Purchase }) {
  const { language, say } = useWords()
  const zh = language === "zh"
  const { recordId } = purchase
  const names = purchase.lines.map((line) => (zh ? line.name : line.nameEn) ?? say("nameFollows"))
  return (
    <Box className="line">
      <Row>
        <Title level={2}>{names.join(zh ? "、" : ", ")}</Title>
        <Words className="figure">¥{fenToYuan(purchase.paidFen)}</Words>
      </Row>
      <Box className="soft">
        {zh ? purchase.stall.site : purchase.stall.siteEn} · {purchase.stall.name} {purchase.stall.number} ·{" "}
        {purchase.settledAt.slice(0, 10)}
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
    </Box>
  )
}
