import type { ProblemWord } from "@suyuan/look/problem-words"
import { problemWords } from "@suyuan/look/problem-words"
import { useRouter } from "@tarojs/taro"
import { useEffect, useState } from "react"
import { type ProblemToReport, problemKinds, purchaseOf, reportProblem, SAID_MAX } from "../../../core/problem-report"
import { Box, Press, Title } from "../../parts/elements"
import { Line } from "../../parts/form"
import { Mark, Notice, Slip } from "../../parts/states"
import { kept } from "../../platform/keep"
import { dropPlainPage } from "../../platform/page-data"
import { useWords } from "../../session/language"
import { useGateway } from "../../session/use-gateway"
import { OwnProblems } from "./own-problems"

/** What is wrong with one purchase: a kind, and a few words. */
export default function ProblemPage() {
  const { say } = useWords()
  const purchase = purchaseOf(useRouter().params)
  useEffect(dropPlainPage, [])
  if (purchase === undefined) {
    return (
      <Slip>
        <Notice shape="refused" title={say("noPurchaseNamed")} />
      </Slip>
    )
  }
  return <Report purchase={purchase} />
}

function Report({ purchase }: { readonly purchase: Pick<ProblemToReport, "terminal" | "counter"> }) {
  const { say } = useWords()
  const gateway = useGateway()
  const [kind, setKind] = useState<ProblemWord>()
  const [said, setSaid] = useState("")
  const [told, setTold] = useState<string>()
  const [sentTimes, setSentTimes] = useState(0)
  const send = async (chosen: ProblemWord) => {
    const answer = await reportProblem(gateway, kept, { ...purchase, kind: chosen, said: said.trim() }, Date.now())
    setTold(answer.ok ? say("reportSent") : answer.refusal.message)
    if (!answer.ok) return
    setKind(undefined)
    setSaid("")
    setSentTimes(sentTimes + 1)
  }
  return (
    <Slip>
      <Title level={1}>{say("reportTitle")}</Title>
      <Box className="soft">{say("reportWhy")}</Box>
      <OwnProblems key={sentTimes} purchase={purchase} />
      <Box className="actions">
        {problemKinds.map((one) => (
          <KindChoice key={one} kind={one} isChosen={one === kind} onPress={() => setKind(one)} />
        ))}
      </Box>
      <Line id="said" label={say("yourWords")} value={said} onChange={setSaid} lengthMax={SAID_MAX} />
      {told !== undefined && (
        <Box isStatus>
          <Mark shape="waiting">{told}</Mark>
        </Box>
      )}
      <Press
        id="send-report"
        className="primary"
        isDisabled={kind === undefined}
        onPress={() => kind && void send(kind).catch(() => setTold(say("notSent")))}
      >
        {say(kind === undefined ? "chooseKind" : "sendReport")}
      </Press>
    </Slip>
  )
}

type KindChoiceProps = { readonly kind: ProblemWord; readonly isChosen: boolean; readonly onPress: () => void }

function KindChoice({ kind, isChosen, onPress }: KindChoiceProps) {
  const { language } = useWords()
  return (
    <Press id={`kind-${kind}`} className={isChosen ? "choice secondary" : "choice quiet"} onPress={onPress}>
      {isChosen ? "●" : "○"} {problemWords[kind][language]}
    </Press>
  )
}
