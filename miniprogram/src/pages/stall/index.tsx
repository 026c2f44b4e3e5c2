import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import { readScannedUrl } from "../../../core/scanned-link"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title } from "../../parts/elements"
import { RecallNews } from "../../parts/recall-banner"
import { Mark, Notice, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { bindDigitsOf } from "../../session/bind-digits"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { Bought } from "./bought"
import { type OwnStall, readStall } from "./read-stall"
import { Today } from "./today"

/** For who buys for a stall: what waits for an answer, what came and went today, and the binding itself. */
export default function StallPage() {
  const [asked, again] = useAnswer(readStall)
  useEffect(dropPlainPage, [])
  return (
    <AskedPage asked={asked} again={again}>
      {(stall) => (stall === null ? <NotBound /> : <Bound stall={stall} onChange={again} />)}
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

function Bound({ stall, onChange }: { readonly stall: OwnStall; readonly onChange: () => void }) {
  const { binding, recalls, bought } = stall
  return (
    <Slip>
      <Title level={1}>
        {binding.merchantName} {binding.stallNumber}
      </Title>
      <RecallNews recalls={recalls} />
      <Bought merchantId={binding.merchantId} purchases={bought} onDone={onChange} />
      <Today {...stall} />
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
