import type { AnswerOf } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import { findPurchases } from "../../../core/find-purchases"
import { tellLeaves } from "../../../core/message-leave"
import { renewPurchases } from "../../../core/renew-purchases"
import { AskedPage } from "../../parts/asked-page"
import { Box, Field, Press, Title } from "../../parts/elements"
import { RecallNews } from "../../parts/recall-banner"
import { Mark, Slip } from "../../parts/states"
import { kept } from "../../platform/keep"
import { dropPlainPage } from "../../platform/page-data"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { PurchaseLine } from "./purchase-line"
import { purchasesLimit, readOwn } from "./read-own"

type Purchase = AnswerOf<"/buyers/purchases", "get">["purchases"][number]
type Recalls = AnswerOf<"/buyers/recalls", "get">["recalls"]

const askProblems = () => gateway.get("/buyers/problems")

/** What this person has paid for, by every identity that they joined, and what of it may be recalled. */
export default function MinePage() {
  const [asked, again] = useAnswer(readOwn)
  useEffect(dropPlainPage, [])
  useEffect(() => {
    // Said yes to while there was no network.
    void tellLeaves(gateway, kept)
  }, [])
  return (
    <AskedPage asked={asked} again={again}>
      {({ purchases, recalls }) => <Purchases newest={purchases} recalls={recalls} />}
    </AskedPage>
  )
}

type PurchasesProps = { readonly newest: readonly Purchase[]; readonly recalls: Recalls }

function Purchases({ newest, recalls }: PurchasesProps) {
  const { say } = useWords()
  const [purchases, setPurchases] = useState(newest)
  const [hasMore, setHasMore] = useState(newest.length === purchasesLimit)
  const [wanted, setWanted] = useState("")
  useEffect(() => {
    setPurchases((known) => renewPurchases(newest, known, purchasesLimit))
    if (newest.length < purchasesLimit) setHasMore(false)
  }, [newest])
  const [reported] = useAnswer(askProblems)
  const problems = reported.at === "there" ? reported.value.problems : []
  const found = findPurchases(purchases, wanted)
  const earlier = async () => {
    const last = purchases[purchases.length - 1]
    if (last === undefined) return
    const query = { limit: purchasesLimit, before: last.settledAt, after: `${last.terminal}-${last.counter}` }
    const answer = await gateway.get("/buyers/purchases", { query })
    if (!answer.ok) return
    setPurchases([...purchases, ...answer.value.purchases])
    setHasMore(answer.value.purchases.length === purchasesLimit)
  }
  return (
    <Slip>
      <Title level={1}>{say("myPurchases")}</Title>
      <RecallNews recalls={recalls} />
      {purchases.length === 0 ? (
        <Mark shape="waiting">{say("noPurchases")}</Mark>
      ) : (
        <Field label={say("findByDay")} value={wanted} onChange={setWanted} />
      )}
      {purchases.length > 0 && found.length === 0 && <Mark shape="unknown">{say("nothingFound")}</Mark>}
      {found.map((purchase) => (
        <PurchaseLine
          key={`${purchase.terminal}-${purchase.counter}`}
          purchase={purchase}
          problems={problems.filter(
            ({ terminal, counter }) => terminal === purchase.terminal && counter === purchase.counter,
          )}
        />
      ))}
      {hasMore && (
        <Press id="earlier" className="secondary" onPress={() => void earlier().catch(() => {})}>
          {say("showEarlier")}
        </Press>
      )}
      <Ways />
    </Slip>
  )
}

const ways = [
  ["recalls-all", "recallsTitle", "recall"],
  ["join", "joinTitle", "join"],
  ["stall", "myStall", "stall"],
  ["data", "myData", "data"],
] as const

/** The other pages of one's own. */
function Ways() {
  const { say } = useWords()
  return (
    <Box className="actions">
      {ways.map(([id, word, page]) => (
        <Press key={id} id={id} className="quiet" onPress={() => void Taro.navigateTo({ url: `/pages/${page}/index` })}>
          {say(word)}
        </Press>
      ))}
    </Box>
  )
}
