import type { AnswerOf } from "@suyuan/client/client"
import type { ProblemWord } from "@suyuan/look/problem-words"
import { problemWords } from "@suyuan/look/problem-words"
import Taro, { useRouter } from "@tarojs/taro"
import { useEffect, useState } from "react"
import { type PhotoToSend, sendPhotos } from "../../../core/problem-photos"
import { type ProblemToReport, problemKinds, purchaseOf, reportProblem, SAID_MAX } from "../../../core/problem-report"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title } from "../../parts/elements"
import { Line } from "../../parts/form"
import { Mark, Notice, Slip } from "../../parts/states"
import type { ChosenPhoto } from "../../platform/choose-photos"
import { kept } from "../../platform/keep"
import { dropPlainPage } from "../../platform/page-data"
import { gateway as ownGateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { useGateway } from "../../session/use-gateway"
import { withSession } from "../../session/with-session"
import { OwnProblems } from "./own-problems"
import { Photos } from "./photos"

type Named = Pick<ProblemToReport, "terminal" | "counter">
type Problem = AnswerOf<"/buyers/problems", "get">["problems"][number]

const askProblems = () => withSession(() => ownGateway.get("/buyers/problems"))

/** What is wrong with one purchase: a kind, a few words, photos. */
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
  return <Reports purchase={purchase} />
}

/** What was reported before stands there first: whoever comes for the answer is not shown a page as if there were none. */
function Reports({ purchase }: { readonly purchase: Named }) {
  const [asked, again] = useAnswer(askProblems)
  const isOwn = ({ terminal, counter }: Problem) => terminal === purchase.terminal && counter === purchase.counter
  return (
    <AskedPage asked={asked} again={again} title="reportTitle">
      {({ problems }) => <Report purchase={purchase} reported={problems.filter(isOwn)} onSent={again} />}
    </AskedPage>
  )
}

type Unsent = { readonly problemId: string; readonly photos: readonly PhotoToSend[] }

type ReportProps = { readonly purchase: Named; readonly reported: readonly Problem[]; readonly onSent: () => void }

function Report({ purchase, reported, onSent }: ReportProps) {
  const { say } = useWords()
  const gateway = useGateway()
  const [kind, setKind] = useState<ProblemWord>()
  const [said, setSaid] = useState("")
  const [photos, setPhotos] = useState<readonly ChosenPhoto[]>([])
  const [unsent, setUnsent] = useState<Unsent>()
  const [told, setTold] = useState<string>()
  // Each kind is reported once.
  const offered = problemKinds.filter((one) => !reported.some((before) => before.kind === one))
  useEffect(() => {
    // What became of it stands at the top.
    if (told !== undefined) void Taro.pageScrollTo({ scrollTop: 0, duration: 0 }).catch(() => {})
  }, [told])
  const sendAll = async ({ problemId, photos: wanted }: Unsent) => {
    const sent = await sendPhotos(gateway, problemId, wanted)
    setUnsent(sent.unsent.length > 0 ? { problemId, photos: sent.unsent } : undefined)
    const refused = sent.refusal === undefined ? say("reportSent") : `${say("photosRefused")}${sent.refusal}`
    setTold(sent.unsent.length > 0 ? say("photosUnsent") : refused)
    onSent()
  }
  const send = async (chosen: ProblemWord) => {
    const answer = await reportProblem(gateway, kept, { ...purchase, kind: chosen, said: said.trim() }, Date.now())
    if (!answer.ok) return setTold(answer.refusal.message)
    setKind(undefined)
    setSaid("")
    setPhotos([])
    const wanted = photos.map(({ base64 }, position) => ({ position, base64 }))
    await sendAll({ problemId: answer.value.id, photos: wanted })
  }
  return (
    <Slip>
      <Title level={1}>{say("reportTitle")}</Title>
      <Box className="soft">{say("reportWhy")}</Box>
      <OwnProblems problems={reported} />
      {told !== undefined && (
        <Box isStatus>
          <Mark shape="waiting">{told}</Mark>
        </Box>
      )}
      <Box className="actions">
        {offered.map((one) => (
          <KindChoice key={one} kind={one} isChosen={one === kind} onPress={() => setKind(one)} />
        ))}
      </Box>
      <Line id="said" label={say("yourWords")} value={said} onChange={setSaid} lengthMax={SAID_MAX} isLong />
      <Photos photos={photos} onChange={setPhotos} />
      {unsent !== undefined && (
        <Press id="send-photos" className="secondary" onPress={() => void sendAll(unsent)}>
          {say("photosAgain")}
        </Press>
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
    <Press
      id={`kind-${kind}`}
      className={isChosen ? "choice secondary" : "choice quiet"}
      isChosen={isChosen}
      onPress={onPress}
    >
      {isChosen ? "●" : "○"} {problemWords[kind][language]}
    </Press>
  )
}
