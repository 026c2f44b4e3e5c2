import { useEffect, useState } from "react"
import { keepLeave, type Leave, noteAsked, readLeave, readOffer, tellLeaves } from "../../core/message-leave"
import { askLeave, hasMessages } from "../platform/ask-leave"
import { kept } from "../platform/keep"
import { gateway } from "../session/gateway"
import { useWords } from "../session/language"
import { Box, Press, Title } from "./elements"
import { Mark } from "./states"

type Stage =
  | { readonly at: "nothing" }
  | { readonly at: "asking"; readonly templateId: string }
  | { readonly at: Answered }

/** Asks once a sale whether a message may come if it is recalled. In a browser it says where a recall would stand. */
export function AskLeave({ sale }: { readonly sale: string }) {
  const { say } = useWords()
  const [stage, setStage] = useState<Stage>({ at: "nothing" })
  useEffect(() => {
    if (!hasMessages) return
    void tellLeaves(gateway, kept)
      .then(() => readOffer(gateway, kept, sale))
      .then((templateId) => templateId !== undefined && setStage({ at: "asking", templateId }))
  }, [sale])
  if (!hasMessages) return <Box className="soft">{say("bannerOnly")}</Box>
  if (stage.at === "nothing") return null
  if (stage.at !== "asking") {
    return (
      <Box isStatus>
        <Mark shape={stage.at === "tellMeGiven" ? "paid" : "waiting"}>{say(stage.at)}</Mark>
      </Box>
    )
  }
  return <LeaveSheet templateId={stage.templateId} about={sale} onAnswer={(at) => setStage({ at })} />
}

type Answered = "tellMeGiven" | "tellMeKept" | "tellMeRefused"
type LeaveSheetProps = {
  readonly templateId: string
  /** What was asked, once: a sale, or the page of recalls. */
  readonly about: string
  readonly onAnswer: (answered: Answered) => void
}

function LeaveSheet({ templateId, about, onAnswer }: LeaveSheetProps) {
  const { say } = useWords()
  // Nothing may stand between the tap and the sheet: WeChat opens it out of a tap alone.
  const ask = () =>
    askLeave(templateId).then(async (answer) => {
      noteAsked(kept, about, answer)
      if (answer === "refused") return onAnswer("tellMeRefused")
      keepLeave(kept, templateId, Date.now())
      onAnswer((await tellLeaves(gateway, kept)) ? "tellMeGiven" : "tellMeKept")
    })
  const refuse = () => {
    noteAsked(kept, about, "refused")
    onAnswer("tellMeRefused")
  }
  return (
    <Box className="ask">
      <Title level={2}>{say("tellMeTitle")}</Title>
      <Box className="soft">{say("tellMeWhy")}</Box>
      <Press id="leave-yes" className="secondary" onPress={() => void ask()}>
        {say("tellMe")}
      </Press>
      <Press id="leave-no" className="quiet" onPress={refuse}>
        {say("notNow")}
      </Press>
    </Box>
  )
}

const leaveWords = {
  impossible: "leaveImpossible",
  unread: "leaveUnread",
  given: "leaveGiven",
  used: "leaveUsed",
  refused: "leaveRefused",
  "never-asked": "leaveNeverAsked",
} as const satisfies Record<Leave["at"], string>

/** How it stands with messages, on the page of one's recalls; what was refused or used up may be given here. */
export function OwnLeave() {
  const { say } = useWords()
  const [leave, setLeave] = useState<Leave>()
  const [answered, setAnswered] = useState<Answered>()
  useEffect(() => {
    if (!hasMessages) return
    void tellLeaves(gateway, kept)
      .then(() => readLeave(gateway, kept))
      .then(setLeave)
  }, [])
  if (!hasMessages) return <Box className="soft">{say("bannerOnly")}</Box>
  if (leave === undefined) return <Box className="ghost" />
  if (answered !== undefined) {
    return (
      <Box isStatus>
        <Mark shape={answered === "tellMeGiven" ? "paid" : "waiting"}>{say(answered)}</Mark>
      </Box>
    )
  }
  return (
    <>
      <Mark shape={leave.at === "given" ? "paid" : "waiting"}>
        {say(leaveWords[leave.at])}
        {leave.at === "given" && leave.unused > 1 && ` × ${leave.unused}`}
      </Mark>
      {"templateId" in leave && (
        <Box className="soft">{say(process.env.TARO_ENV === "alipay" ? "leaveByPayment" : "leaveWithout")}</Box>
      )}
      {"templateId" in leave && <LeaveSheet templateId={leave.templateId} about="recalls" onAnswer={setAnswered} />}
    </>
  )
}
