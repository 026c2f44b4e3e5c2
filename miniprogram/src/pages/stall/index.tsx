import type { AnswerOf } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import { useCallback, useEffect, useState } from "react"
import { readScannedUrl } from "../../../core/scanned-link"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title } from "../../parts/elements"
import { RecallBanner } from "../../parts/recall-banner"
import { Mark, Notice, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { bindDigitsOf } from "../../session/bind-digits"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { withSession } from "../../session/with-session"
import { Bought } from "./bought"
import { Today } from "./today"

type Binding = AnswerOf<"/bindings", "get">[number]

const askBindings = () => withSession(() => gateway.get("/bindings"))

/** For who buys for a stall: what waits for an answer, what came and went today, and the binding itself. */
export default function StallPage() {
  const [asked, again] = useAnswer(askBindings)
  useEffect(dropPlainPage, [])
  return (
    <AskedPage asked={asked} again={again}>
      {(bindings) => {
        const active = bindings.find(({ state }) => state === "active")
        return active === undefined ? <NotBound /> : <OwnStall binding={active} onChange={again} />
      }}
    </AskedPage>
  )
}

function NotBound() {
  const { say } = useWords()
  const [isWrong, setWrong] = useState(false)
  const scan = async () => {
    const answer = await Taro.scanCode({ onlyFromCamera: true }).catch(() => undefined)
    if (answer === undefined) return
    const digits = bindDigitsOf(readScannedUrl(answer.result))
    if (digits === undefined) return setWrong(true)
    await Taro.navigateTo({ url: `/pages/bind/index?digits=${digits}` })
  }
  return (
    <Slip>
      <Notice shape="waiting" title={say("stallNone")} why={say("stallHow")}>
        {process.env.TARO_ENV !== "h5" && (
          <Press id="scan-bind" className="primary" onPress={() => void scan()}>
            {say("bindScan")}
          </Press>
        )}
        {isWrong && <Mark shape="refused">{say("linkMalformed")}</Mark>}
      </Notice>
    </Slip>
  )
}

function OwnStall({ binding, onChange }: { readonly binding: Binding; readonly onChange: () => void }) {
  // What was answered changes what came in.
  const [answers, setAnswers] = useState(0)
  const onAnswer = useCallback(() => setAnswers((before) => before + 1), [])
  return (
    <Slip>
      <Title level={1}>
        {binding.merchantName} {binding.stallNumber}
      </Title>
      <RecallBanner />
      <Bought merchantId={binding.merchantId} onAnswer={onAnswer} />
      <Today key={answers} binding={binding} />
      <EndBinding id={binding.id} onEnd={onChange} />
    </Slip>
  )
}

function EndBinding({ id, onEnd }: { readonly id: string; readonly onEnd: () => void }) {
  const { say } = useWords()
  const [isSure, setSure] = useState(false)
  const [isLost, setLost] = useState(false)
  const end = async () => {
    const answer = await gateway.post("/bindings/{id}/end", { path: { id } })
    if (answer.ok) onEnd()
    else setLost(true)
  }
  return (
    <Box className="actions">
      <Press
        id="end-binding"
        className={isSure ? "secondary" : "quiet"}
        onPress={() => (isSure ? void end().catch(() => setLost(true)) : setSure(true))}
      >
        {say(isSure ? "bindEndSure" : "bindEnd")}
      </Press>
      {isLost && <Mark shape="waiting">{say("notDone")}</Mark>}
    </Box>
  )
}
