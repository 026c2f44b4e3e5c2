import type { AnswerOf } from "@suyuan/client/client"
import { useRouter } from "@tarojs/taro"
import { useCallback, useEffect, useState } from "react"
import { makeRequestId } from "../../../core/request-id"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title } from "../../parts/elements"
import { Line } from "../../parts/form"
import { Mark, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { pause } from "../../platform/pause"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { useGateway } from "../../session/use-gateway"
import { withSession } from "../../session/with-session"
import { JoinLine } from "./join-line"

const ASK_EVERY_MS = 3000
const askJoins = () => withSession(() => gateway.get("/buyers/joins"))

/** Puts together what a person bought as several identities: a code on one side, typed on the other, a yes on both. */
export default function JoinPage() {
  const [asked, again] = useAnswer(askJoins)
  useEffect(dropPlainPage, [])
  return (
    <AskedPage asked={asked} again={again}>
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
      <ShowCode onShown={() => setWatching(true)} />
      <TypeCode onClaimed={() => void look()} />
    </Slip>
  )
}

function ShowCode({ onShown }: { readonly onShown: () => void }) {
  const { say } = useWords()
  const [code, setCode] = useState<string>()
  const [isLost, setLost] = useState(false)
  const [id] = useState(() => makeRequestId(Date.now()))
  const show = async () => {
    setLost(false)
    const answer = await gateway.post("/buyers/join-codes", { body: { id } }).catch(() => undefined)
    if (answer?.ok !== true) return setLost(true)
    setCode(answer.value.code)
    onShown()
  }
  return (
    <Box className="actions">
      {code === undefined ? (
        <Press id="show-code" className="secondary" onPress={() => void show()}>
          {say("joinShow")}
        </Press>
      ) : (
        <Box className="receipt" isStatus>
          <Box className="soft">{say("joinCodeIs")}</Box>
          <Box className="digits code-letters">
            {code.slice(0, 4)} {code.slice(4)}
          </Box>
          <Box className="soft">{say("joinWaits")}</Box>
        </Box>
      )}
      {isLost && <Mark shape="waiting">{say("notDone")}</Mark>}
    </Box>
  )
}

function TypeCode({ onClaimed }: { readonly onClaimed: () => void }) {
  const { say } = useWords()
  const client = useGateway()
  // Opened on this side by the other's link: filled in, and still a press away.
  const { code: opened = "" } = useRouter().params
  const [code, setCode] = useState(/^[0-9A-Z]{8}$/.test(opened) ? opened : "")
  const [told, setTold] = useState<string>()
  const send = async () => {
    const answer = await client.post("/buyers/joins", { body: { code } })
    if (!answer.ok) return setTold(`${say("joinFailed")}${answer.refusal.message}`)
    setCode("")
    setTold(undefined)
    onClaimed()
  }
  return (
    <>
      <Line id="join-code" label={say("joinType")} value={code} onChange={setCode} lengthMax={12} />
      <Mark shape="waiting">{say("joinDanger")}</Mark>
      {told !== undefined && (
        <Box isStatus>
          <Mark shape="refused">{told}</Mark>
        </Box>
      )}
      <Press
        id="join-send"
        className="primary"
        isDisabled={code.trim().length < 8}
        onPress={() => void send().catch(() => setTold(say("notDone")))}
      >
        {say(code.trim().length < 8 ? "joinTypeFirst" : "joinSend")}
      </Press>
    </>
  )
}
