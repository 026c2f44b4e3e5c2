import type { AnswerOf, ClientAnswer } from "@suyuan/client/client"
import type { BuyerWord } from "@suyuan/look/buyer-words"
import Taro, { useRouter } from "@tarojs/taro"
import { useCallback, useEffect, useState } from "react"
import { Box, Press, Title } from "../../parts/elements"
import { Busy, Loading, Mark, Notice, Offline, Slip } from "../../parts/states"
import { takeEnteredBind } from "../../platform/entered-bind"
import { loginForBind } from "../../platform/login-for-bind"
import { dropPlainPage } from "../../platform/page-data"
import { pause } from "../../platform/pause"
import { readBindCode } from "../../platform/scanned-bind"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { useGateway } from "../../session/use-gateway"
import { withSession } from "../../session/with-session"

type Claimed = AnswerOf<"/bindings", "post">
type Told = "offline" | "busy" | { readonly word: BuyerWord } | { readonly text: string }
type State = Claimed["state"] | "lost"

const ASK_EVERY_MS = 2000

/** What a stall's bind code opens: what is shared with whom is said before anything is (BI-4). */
export default function BindPage() {
  const { say } = useWords()
  const { params } = useRouter()
  const [code] = useState(() => takeEnteredBind() ?? readBindCode(params))
  useEffect(dropPlainPage, [])
  const [agreedTimes, setAgreedTimes] = useState(0)
  const agree = () => setAgreedTimes((times) => times + 1)
  if (code === undefined) {
    return (
      <Slip>
        <Notice shape="refused" title={say("linkMalformed")} />
      </Slip>
    )
  }
  if (agreedTimes === 0) return <WithWhom code={code} onAgree={agree} />
  return <Claim key={agreedTimes} code={code} onAgain={agree} />
}

/** Whose stall it is, by the gateway's word on the signed code, and what it will see. */
function WithWhom({ code, onAgree }: { readonly code: string; readonly onAgree: () => void }) {
  const { language, say } = useWords()
  const client = useGateway()
  const ask = useCallback(() => client.get("/bind-codes/{code}", { path: { code } }), [client, code])
  const [asked, again] = useAnswer(ask)
  if (asked.at === "loading") return <Loading />
  if (asked.at === "offline") return <Offline onAgain={again} />
  if (asked.at === "busy") return <Busy onAgain={again} />
  if (asked.at === "refused") {
    return (
      <Slip>
        <Notice shape="refused" title={say("bindTitle")} why={say("bindCodeOld")} />
      </Slip>
    )
  }
  const { merchant, site } = asked.value
  return (
    <Slip>
      <Title level={1}>{say("bindTitle")}</Title>
      <Title level={2}>
        {merchant.name} {merchant.stallNumber}
      </Title>
      <Box className="soft">{language === "zh" ? site.name : site.nameEn}</Box>
      <Box>{say("bindShares")}</Box>
      <Press id="bind-agree" className="primary" onPress={onAgree}>
        {say("bindGo")}
      </Press>
    </Slip>
  )
}

/** The same wallet's yes again is the same claim, so one that was not heard is said again at a tap (BI-3). */
function Claim({ code, onAgain }: { readonly code: string; readonly onAgain: () => void }) {
  const { language, say } = useWords()
  const client = useGateway()
  const [claimed, setClaimed] = useState<Claimed>()
  const [state, setState] = useState<State>("claimed")
  const [told, setTold] = useState<Told>()
  useEffect(() => {
    let isLeft = false
    const follow = async () => {
      const answer = await withSession(() => client.post("/bindings", { body: { code } }))
      if (isLeft) return
      // A browser that paid outside is somebody, but nobody's wallet.
      const isUnknown = !answer.ok && (answer.status === 401 || answer.status === 403)
      if (isUnknown && loginForBind(code)) return
      if (!answer.ok && answer.status === 429) return setTold("busy")
      if (!answer.ok && answer.status >= 500) return setTold("offline")
      if (!answer.ok) return setTold(isUnknown ? { word: "bindInWallet" } : { text: answer.refusal.message })
      setClaimed(answer.value)
      setState(answer.value.state)
      await watch(answer.value.id, setState, () => isLeft)
    }
    void follow().catch(() => setTold("offline"))
    return () => {
      isLeft = true
    }
  }, [client, code])
  if (told === "offline") return <Offline onAgain={onAgain} />
  if (told === "busy") return <Busy onAgain={onAgain} />
  if (told !== undefined) {
    return (
      <Slip>
        <Notice shape="refused" title={say("bindTitle")} why={"word" in told ? say(told.word) : told.text} />
      </Slip>
    )
  }
  if (claimed === undefined) return <Loading />
  const { merchant, site } = claimed
  return (
    <Slip>
      <Title level={1}>
        {merchant.name} {merchant.stallNumber}
      </Title>
      <Box className="soft">{language === "zh" ? site.name : site.nameEn}</Box>
      {state === "claimed" && (
        <Box isStatus>
          <Box>{say("bindDigits")}</Box>
          <Box className="digits">{claimed.checkDigits}</Box>
          <Mark shape="waiting">{say("bindWaits")}</Mark>
        </Box>
      )}
      {state === "active" && (
        <Notice shape="paid" title={say("bindDone")}>
          <Press id="stall" className="primary" onPress={() => void Taro.redirectTo({ url: "/pages/stall/index" })}>
            {say("myStall")}
          </Press>
        </Notice>
      )}
      {(state === "ended" || state === "lost") && <Notice shape="refused" title={say("bindOver")} />}
    </Slip>
  )
}

/** Until the stall has answered; its terminal may for 90 s. */
async function watch(id: string, onState: (state: State) => void, isLeft: () => boolean): Promise<void> {
  for (let asks = 0; asks < 60 && !isLeft(); asks += 1) {
    await pause(ASK_EVERY_MS)
    const answer: ClientAnswer<AnswerOf<"/bindings/{id}", "get">> | undefined = await gateway
      .get("/bindings/{id}", { path: { id } })
      .catch(() => undefined)
    if (isLeft()) return
    if (answer?.ok !== true || answer.value.state === "claimed") continue
    return onState(answer.value.state)
  }
  onState("lost")
}
