import { useCallback, useState } from "react"
import type { TraceAnswer } from "../../../core/origin-words"
import { shareOf, takeSharesBack } from "../../../core/own-shares"
import { shareCard, shareTitle } from "../../../core/share-card"
import { Box, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { drawPicture } from "../../platform/draw-picture"
import { copyText, hasShareSheet, shareAddress } from "../../platform/share"
import { useShare } from "../../platform/use-share"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { Poster } from "./poster"

type Notice = "copied" | "notDone" | "takenBack"

/** A random, revocable id opens the trace to others; it is made when somebody wants to share, and not before. */
export function ShareTrace({ trace, recordId }: { readonly trace: TraceAnswer; readonly recordId: string }) {
  const { language, say } = useWords()
  const [shareId, setShareId] = useState<string>()
  const [picture, setPicture] = useState<string>()
  const [notice, setNotice] = useState<Notice>()
  const make = useCallback(async () => {
    const id = await shareOf(gateway, recordId).catch(() => undefined)
    setNotice(id === undefined ? "notDone" : undefined)
    setShareId(id)
    if (id !== undefined && hasShareSheet) drawPicture(shareCard(trace, language)).then(setPicture, () => {})
    return id
  }, [recordId, trace, language])
  useShare({ title: shareTitle(trace, language), shareId, make, picture })
  const takeBack = async () => {
    const isGone = await takeSharesBack(gateway, recordId).catch(() => false)
    setNotice(isGone ? "takenBack" : "notDone")
    if (isGone) setShareId(undefined)
  }
  return (
    <>
      {shareId === undefined ? (
        <Press id="share" className="secondary" onPress={() => void make()}>
          {say("share")}
        </Press>
      ) : (
        <Box className="shared" isStatus>
          {hasShareSheet && (
            <>
              <Press id="send" className="primary" isShare>
                {say("sendToFriend")}
              </Press>
              {process.env.TARO_ENV === "weapp" && <Box className="soft">{say("timelineHint")}</Box>}
            </>
          )}
          <Box>{say("shareReady")}</Box>
          <Box className="address">{shareAddress(shareId)}</Box>
          <Press
            id="copy"
            className="secondary"
            onPress={() =>
              void copyText(shareAddress(shareId)).then(
                () => setNotice("copied"),
                () => setNotice("notDone"),
              )
            }
          >
            {say(notice === "copied" ? "copied" : "copyLink")}
          </Press>
          <Poster trace={trace} shareId={shareId} />
          <Press id="take-back" className="quiet" onPress={() => void takeBack()}>
            {say("takeBack")}
          </Press>
        </Box>
      )}
      {notice === "notDone" && <Mark shape="waiting">{say("notDone")}</Mark>}
      {notice === "takenBack" && <Mark shape="paid">{say("takenBack")}</Mark>}
      <Box className="soft">{say("shareWhat")}</Box>
    </>
  )
}

/** Somebody who looks at a share sends it on. */
export function SendOn({ trace, shareId }: { readonly trace: TraceAnswer; readonly shareId: string }) {
  const { language } = useWords()
  useShare({ title: shareTitle(trace, language), shareId, picture: undefined })
  return null
}
