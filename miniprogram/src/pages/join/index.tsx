import type { AnswerOf } from "@suyuan/client/client"
import { useCallback, useEffect, useState } from "react"
import { AskedPage } from "../../parts/asked-page"
import { Box, Title } from "../../parts/elements"
import { Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { pause } from "../../platform/pause"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { withSession } from "../../session/with-session"
import { JoinLine } from "./join-line"
import { ShowCode } from "./show-code"
import { TakeCode } from "./take-code"

const ASK_EVERY_MS = 3000
const askJoins = () => withSession(() => gateway.get("/buyers/joins"))

/** Puts together what a person bought as several identities: a code on one side, scanned or typed on the other, a yes on both. */
export default function JoinPage() {
  const [asked, again] = useAnswer(askJoins)
  useEffect(dropPlainPage, [])
  return (
    <AskedPage asked={asked} again={again} title="joinTitle" stranger="joinStranger">
      {({ joins }) => <Joins first={joins} />}
    </AskedPage>
  )
}

type Joins = AnswerOf<"/buyers/joins", "get">["joins"]

function Joins({ first }: { readonly first: Joins }) {
  const { say } = useWords()
  const [joins, setJoins] = useState(first)
  const [isWatching, setWatching] = useState(false)
  const look = useCallback(async () => {
    const answer = await gateway.get("/buyers/joins").catch(() => undefined)
    if (answer?.ok === true) setJoins(answer.value.joins)
  }, [])
  const isWaiting = isWatching || joins.some(({ state }) => state === "claimed")
  useEffect(() => {
    let isLeft = false
    const watch = async () => {
      while (isWaiting && !isLeft) {
        await pause(ASK_EVERY_MS)
        if (!isLeft) await look()
      }
    }
    void watch()
    return () => {
      isLeft = true
    }
  }, [isWaiting, look])
  return (
    <Slip>
      <Title level={1}>{say("joinTitle")}</Title>
      <Box className="soft">{say("joinWhy")}</Box>
      {joins.map((join) => (
        <JoinLine key={join.id} join={join} onChange={() => void look()} />
      ))}
      <ShowCode isTaken={(id) => joins.some((join) => join.id === id)} onShown={() => setWatching(true)} />
      <TakeCode onClaimed={() => void look()} />
    </Slip>
  )
}
