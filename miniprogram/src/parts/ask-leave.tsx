import { useEffect, useState } from "react"
import { keepLeave, noteAsked, readOffer, tellLeaves } from "../../core/message-leave"
import { askLeave, hasMessages } from "../platform/ask-leave"
import { kept } from "../platform/keep"
import { gateway } from "../session/gateway"
import { useWords } from "../session/language"
import { Box, Press, Title } from "./elements"
import { Mark } from "./states"

type Stage =
  | { readonly at: "nothing" }
  | { readonly at: "asking"; readonly templateId: string }
  | { readonly at: "tellMeGiven" | "tellMeKept" | "tellMeRefused" }

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
  const { templateId } = stage
  // Nothing may stand between the tap and the sheet: WeChat opens it out of a tap alone.
  const ask = () =>
    askLeave(templateId).then(async (answer) => {
      noteAsked(kept, sale)
      if (answer === "refused") return setStage({ at: "tellMeRefused" })
      keepLeave(kept, templateId, Date.now())
      setStage({ at: (await tellLeaves(gateway, kept)) ? "tellMeGiven" : "tellMeKept" })
    })
  const refuse = () => {
    noteAsked(kept, sale)
    setStage({ at: "tellMeRefused" })
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
