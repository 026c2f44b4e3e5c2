import type { AnswerOf } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import { forgetMe, isForgettingOpen } from "../../../core/forget-me"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title, Words } from "../../parts/elements"
import { Mark, Notice, Row, Slip } from "../../parts/states"
import { endOwnSession } from "../../platform/end-session"
import { kept } from "../../platform/keep"
import { dropPlainPage } from "../../platform/page-data"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { useGateway } from "../../session/use-gateway"

type OwnData = AnswerOf<"/buyers/data", "get">

const askData = () => gateway.get("/buyers/data")

/** What is here of a person, and the way to have it gone: said twice, once done. */
export default function DataPage() {
  const { say } = useWords()
  const [asked, again] = useAnswer(askData)
  const [isDone, setDone] = useState(false)
  useEffect(dropPlainPage, [])
  if (isDone) {
    return (
      <Slip>
        <Notice shape="paid" title={say("deleteDone")} why={say("deleteDoneWhy")} />
      </Slip>
    )
  }
  // The answer to an earlier request may have been lost, with the session gone.
  if (isForgettingOpen(kept)) return <Unheard onDone={() => setDone(true)} />
  return (
    <AskedPage asked={asked} again={again} title="dataNone" stranger="dataNoneWhy" beside={<Uses />}>
      {(data) => <Explained data={data} onDone={() => setDone(true)} />}
    </AskedPage>
  )
}

type EndProps = { readonly onDone: () => void }

function Unheard({ onDone }: EndProps) {
  const { say } = useWords()
  return (
    <Slip>
      <Notice shape="unknown" title={say("myData")} why={say("deleteUnknown")}>
        <DeleteNow onDone={onDone} />
      </Notice>
    </Slip>
  )
}

function Explained({ data, onDone }: EndProps & { readonly data: OwnData }) {
  const { say } = useWords()
  const [isSure, setSure] = useState(false)
  return (
    <Slip>
      <Title level={1}>{say("dataTitle")}</Title>
      <Counts data={data} />
      <Uses />
      <Title level={2}>{say("dataGone")}</Title>
      <Points words={["dataGoneKeys", "dataGoneIdentity", "dataGoneWords"]} />
      <Title level={2}>{say("dataStays")}</Title>
      <Points words={["dataStaysBooks", "dataStaysProof"]} />
      <Mark shape="waiting">{say("dataLoses")}</Mark>
      {isSure ? (
        <Box className="recall" isStatus>
          <Title level={2}>{say("deleteSure")}</Title>
          {data.identities > 1 && (
            <Mark shape="refused">
              {say("deleteJoined")} {data.identities}
            </Mark>
          )}
          <DeleteNow onDone={onDone} />
          <Press id="keep" className="quiet" onPress={() => void Taro.navigateBack()}>
            {say("keepMine")}
          </Press>
        </Box>
      ) : (
        <Press id="delete-first" className="secondary" onPress={() => setSure(true)}>
          {say("deleteFirst")}
        </Press>
      )}
    </Slip>
  )
}

/** For everybody to read, also before anything of theirs is here. */
function Uses() {
  const { say } = useWords()
  return (
    <>
      <Title level={2}>{say("dataUses")}</Title>
      <Points words={["dataUsesNumber", "dataUsesPhone", "dataUsesNot"]} />
    </>
  )
}

function DeleteNow({ onDone }: EndProps) {
  const { say } = useWords()
  const client = useGateway()
  const [told, setTold] = useState<string>()
  const forget = async () => {
    const answer = await forgetMe(client, kept, Date.now())
    if (!answer.ok) return setTold(answer.refusal.message)
    endOwnSession()
    onDone()
  }
  return (
    <>
      <Press
        id="delete-now"
        className="primary danger"
        onPress={() => void forget().catch(() => setTold(say("deleteUnknown")))}
      >
        {say("deleteNow")}
      </Press>
      {told !== undefined && <Mark shape="unknown">{told}</Mark>}
    </>
  )
}

function Points({ words }: { readonly words: readonly Parameters<ReturnType<typeof useWords>["say"]>[0][] }) {
  const { say } = useWords()
  return (
    <>
      {words.map((word) => (
        <Box key={word} className="point">
          · {say(word)}
        </Box>
      ))}
    </>
  )
}

const counted = [
  ["countIdentities", "identities"],
  ["countPurchases", "purchases"],
  ["countShares", "shares"],
  ["countProblems", "problems"],
  ["countBindings", "bindings"],
] as const

function Counts({ data }: { readonly data: OwnData }) {
  const { say } = useWords()
  return (
    <Box className="lines">
      {counted.map(([word, name]) => (
        <Row key={name}>
          <Words>{say(word)}</Words>
          <Words className="figure">{data[name]}</Words>
        </Row>
      ))}
    </Box>
  )
}
