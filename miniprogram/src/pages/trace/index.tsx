import Taro, { useRouter } from "@tarojs/taro"
import { useCallback, useEffect } from "react"
import type { ProofSource } from "../../../core/read-proof"
import { Busy, Loading, Notice, Offline, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { SiteZone } from "../../session/zone"
import { readTrace } from "./read-trace"
import { sourceOf } from "./source-of"
import { TraceSlip } from "./trace-slip"

/** From the field to this person, or what somebody shared of it. */
export default function TracePage() {
  const { params } = useRouter()
  const source = sourceOf(params)
  const { say } = useWords()
  const isNothing = source === undefined
  useEffect(() => {
    if (isNothing) dropPlainPage()
  }, [isNothing])
  if (source !== undefined) return <Traced key={JSON.stringify(source)} source={source} />
  return (
    <Slip>
      <Notice shape="refused" title={say("traceGone")} />
    </Slip>
  )
}

function Traced({ source }: { readonly source: ProofSource }) {
  const { say } = useWords()
  const name = "record" in source ? source.record : source.share
  const isOwn = "record" in source
  const ask = useCallback(() => readTrace(isOwn ? { record: name } : { share: name }), [isOwn, name])
  const [asked, again] = useAnswer(ask)
  const hasContent = asked.at !== "loading"
  useEffect(() => {
    if (hasContent) dropPlainPage()
  }, [hasContent])
  switch (asked.at) {
    case "loading":
      return <Loading />
    case "offline":
      return <Offline onAgain={again} />
    case "busy":
      return <Busy onAgain={again} />
    case "refused":
      return (
        <Slip>
          {asked.status === 401 ? (
            <Notice title={say("traceOfAnother")} why={say("traceOfAnotherWhy")} />
          ) : (
            <Notice shape="refused" title={say("traceGone")} />
          )}
        </Slip>
      )
    case "there":
      return (
        <SiteZone.Provider value={asked.value.stall.zone}>
          <TraceSlip
            trace={asked.value}
            source={source}
            onVerify={() => void Taro.navigateTo({ url: `/pages/verify/index?${isOwn ? "record" : "share"}=${name}` })}
          />
        </SiteZone.Provider>
      )
  }
}
