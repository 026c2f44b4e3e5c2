import { useEffect, useState } from "react"
import { expectQuestion, keepLeave, type Leave, noteAsked, readLeave, tellLeaves } from "../../core/message-leave"
import { askLeave, hasMessages } from "../platform/ask-leave"
import { kept } from "../platform/keep"
import { gateway } from "../session/gateway"
import { useWords } from "../session/language"
import { Box, Press, Title } from "./elements"
import { Mark } from "./states"

/**
 * Asks once a sale whether a message may come if it is recalled, in room that is kept from the first moment. In a browser
 * it says where a recall would stand.
 */
export function AskLeave({ sale }: { readonly sale: string }) {
  const { say } = useWords()
  const [expected] = useState(() => expectQuestion(kept, sale))
  const [leave, setLeave] = useState<Leave>()
  const [answered, setAnswered] = useState<Answered>()
  useEffect(() => {
    if (!hasMessages || expected === "no") return
    void tellLeaves(gateway, kept)
      .then(() => readLeave(gateway, kept))
      .then(setLeave)
  }, [expected])
  if (!hasMessages) return <Box className="soft">{say("bannerOnly")}</Box>
  if (answered === undefined && leave !== undefined && "templateId" in leave) {
    return <LeaveSheet templateId={leave.templateId} about={sale} onAnswer={setAnswered} />
  }
  if (answered === undefined && expected !== "likely") return null
  return (
    <Box className="ask" isStatus>
      {answered !== undefined && <Mark shape={answeredShape(answered)}>{say(answered)}</Mark>}
      {answered === undefined && leave !== undefined && <LeaveMark leave={leave} />}
      {answered === undefined && leave === undefined && <Box className="ghost" />}
    </Box>
  )
}

type Answered = "tellMeGiven" | "tellMeKept" | "tellMeRefused"
const answeredShape = (answered: Answered) => (answered === "tellMeGiven" ? "paid" : "waiting")

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

function LeaveMark({ leave }: { readonly leave: Leave }) {
  const { say } = useWords()
  return (
    <Mark shape={leave.at === "given" ? "paid" : "waiting"}>
      {say(leaveWords[leave.at])}
      {leave.at === "given" && leave.unused > 1 && ` × ${leave.unused}`}
    </Mark>
  )
}

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
        <Mark shape={answeredShape(answered)}>{say(answered)}</Mark>
      </Box>
    )
  }
  return (
    <>
      <LeaveMark leave={leave} />
      {"templateId" in leave && (
        <Box className="soft">{say(process.env.TARO_ENV === "alipay" ? "leaveByPayment" : "leaveWithout")}</Box>
      )}
      {"templateId" in leave && <LeaveSheet templateId={leave.templateId} about="recalls" onAnswer={setAnswered} />}
    </>
  )
}
