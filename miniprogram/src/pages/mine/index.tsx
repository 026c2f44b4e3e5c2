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
type Problems = AnswerOf<"/buyers/problems", "get">["problems"]

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
      {({ purchases, recalls, problems }) => <Purchases newest={purchases} {...{ recalls, problems }} />}
    </AskedPage>
  )
}

type PurchasesProps = {
  readonly newest: readonly Purchase[]
  readonly recalls: Recalls
  readonly problems: Problems
}

function Purchases({ newest, recalls, problems }: PurchasesProps) {
  const { say } = useWords()
  const [purchases, setPurchases] = useState(newest)
  const [hasMore, setHasMore] = useState(newest.length === purchasesLimit)
  const [wanted, setWanted] = useState("")
  useEffect(() => {
    setPurchases((known) => renewPurchases(newest, known, purchasesLimit))
    if (newest.length < purchasesLimit) setHasMore(false)
  }, [newest])
  const found = findPurchases(purchases, wanted)
  const { more, isReading, isMissed } = useEarlier(purchases, (read) => {
    setPurchases([...purchases, ...read])
    setHasMore(read.length === purchasesLimit)
  })
  // What is looked for may be older than what is here: read on until it is found, or nothing is left.
  const isSought = wanted.trim() !== "" && found.length === 0 && hasMore
  useEffect(() => {
    if (isSought && !isReading && !isMissed) void more()
  }, [isSought, isReading, isMissed, more])
  return (
    <Slip>
      <Title level={1}>{say("myPurchases")}</Title>
      <RecallNews recalls={recalls} />
      {purchases.length === 0 ? (
        <Mark shape="waiting">{say("noPurchases")}</Mark>
      ) : (
        <Field label={say("findByDay")} value={wanted} onChange={setWanted} />
      )}
      {purchases.length > 0 && found.length === 0 && (
        <Mark shape={isSought ? "waiting" : "unknown"}>{say(isSought ? "searchingEarlier" : "nothingFound")}</Mark>
      )}
      {found.map((purchase) => (
        <PurchaseLine
          key={`${purchase.terminal}-${purchase.counter}`}
          purchase={purchase}
          problems={problems.filter(
            ({ terminal, counter }) => terminal === purchase.terminal && counter === purchase.counter,
          )}
        />
      ))}
      {isMissed && <Mark shape="waiting">{say("notDone")}</Mark>}
      {hasMore && (
        <Press id="earlier" className="secondary" isDisabled={isReading} onPress={() => void more()}>
          {say("showEarlier")}
        </Press>
      )}
      <Ways />
    </Slip>
  )
}

/** The page behind the last purchase that is here. */
function useEarlier(purchases: readonly Purchase[], onRead: (read: readonly Purchase[]) => void) {
  const [state, setState] = useState<"idle" | "reading" | "missed">("idle")
  const more = async () => {
    const last = purchases[purchases.length - 1]
    if (last === undefined) return
    setState("reading")
    const query = { limit: purchasesLimit, before: last.settledAt, after: `${last.terminal}-${last.counter}` }
    const answer = await gateway.get("/buyers/purchases", { query }).catch(() => undefined)
    if (answer?.ok === true) onRead(answer.value.purchases)
    setState(answer?.ok === true ? "idle" : "missed")
  }
  return { more, isReading: state === "reading", isMissed: state === "missed" }
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
