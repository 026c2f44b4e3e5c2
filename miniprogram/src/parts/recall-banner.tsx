import type { AnswerOf } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import { gateway } from "../session/gateway"
import { useWords } from "../session/language"
import { useAnswer } from "../session/use-answer"
import { Box, Press } from "./elements"
import { Mark } from "./states"

type OwnRecalls = AnswerOf<"/buyers/recalls", "get">["recalls"]

const askRecalls = () => gateway.get("/buyers/recalls")

/** In force and not read yet. */
function hasNews(recalls: OwnRecalls): boolean {
  return recalls.some(({ isOver, isRead }) => !isOver && !isRead)
}

/** What may have to go back, on every page of one's own. Without an answer nothing is said, and nothing is all clear. */
export function RecallBanner() {
  const [asked] = useAnswer(askRecalls)
  return asked.at === "there" ? <RecallNews recalls={asked.value.recalls} /> : null
}

/** The same, where a page has read them before anything stands on it. */
export function RecallNews({ recalls }: { readonly recalls: OwnRecalls }) {
  const { say } = useWords()
  if (!hasNews(recalls)) return null
  return (
    <Box className="recall">
      <Mark shape="refused">{say("recallNotice")}</Mark>
      <Press id="recalls" className="secondary" onPress={() => void Taro.navigateTo({ url: "/pages/recall/index" })}>
        {say("recallBanner")}
      </Press>
    </Box>
  )
}
