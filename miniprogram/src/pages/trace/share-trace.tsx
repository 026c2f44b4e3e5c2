import { useShareAppMessage } from "@tarojs/taro"
import { useState } from "react"
import type { TraceAnswer } from "../../../core/origin-words"
import { Box, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { copyText, hasShareSheet, shareAddress } from "../../platform/share"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"

/** A random, revocable id opens the trace to others; it is made when somebody wants to share, and not before. */
export function ShareTrace({ trace, recordId }: { readonly trace: TraceAnswer; readonly recordId: string }) {
  const { language, say } = useWords()
  const [shareId, setShareId] = useState<string>()
  const [notice, setNotice] = useState<"copied" | "networkLost">()
  const names = trace.lines.map((line) => (language === "zh" ? line.name : line.nameEn) ?? "").filter((name) => name)
  const title = `${names.join(language === "zh" ? "、" : ", ")} · ${say("theWay")}`

  const make = async () => {
    const answer = await gateway.post("/shares", { body: { recordId } }).catch(() => undefined)
    if (answer?.ok === true) setShareId(answer.value.id)
    else setNotice("networkLost")
  }
  const copy = async (id: string) => {
    await copyText(shareAddress(id))
    setNotice("copied")
  }
  return (
    <>
      {shareId === undefined ? (
        <Press id="share" className="secondary" onPress={() => void make()}>
          {say("share")}
        </Press>
      ) : (
        <Box className="shared" isStatus>
          {hasShareSheet && <ShareSheet shareId={shareId} title={title} />}
          <Box>{say("shareReady")}</Box>
          <Box className="address">{shareAddress(shareId)}</Box>
          <Press id="copy" className="secondary" onPress={() => void copy(shareId).catch(() => {})}>
            {say(notice === "copied" ? "copied" : "share")}
          </Press>
        </Box>
      )}
      {notice === "networkLost" && <Mark shape="waiting">{say("networkLost")}</Mark>}
      <Box className="soft">{say("shareWhat")}</Box>
    </>
  )
}

/** The platform's own sheet. Its path carries the share's id alone. */
function ShareSheet({ shareId, title }: { readonly shareId: string; readonly title: string }) {
  const { say } = useWords()
  const path = `/pages/trace/index?share=${shareId}`
  useShareAppMessage(() => ({ title, path }))
  return (
    <Press id="send" className="primary" isShare>
      {say("share")}
    </Press>
  )
}
