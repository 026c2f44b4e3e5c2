import Taro from "@tarojs/taro"
import { gateway } from "../session/gateway"
import { useWords } from "../session/language"
import { useAnswer } from "../session/use-answer"
import { Box, Press } from "./elements"
import { Mark } from "./states"

const askRecalls = () => gateway.get("/buyers/recalls")

/** What may have to go back, on every page of one's own. Without an answer nothing is said, and nothing is all clear. */
export function RecallBanner() {
  const { say } = useWords()
  const [asked] = useAnswer(askRecalls)
  if (asked.at !== "there" || !asked.value.recalls.some(({ isOver, isRead }) => !isOver && !isRead)) return null
  return (
    <Box className="recall">
      <Mark shape="refused">{say("recallNotice")}</Mark>
      <Press id="recalls" className="secondary" onPress={() => void Taro.navigateTo({ url: "/pages/recall/index" })}>
        {say("recallBanner")}
      </Press>
    </Box>
  )
}
