import type { AnswerOf } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import { useEffect } from "react"
import { OwnLeave } from "../../parts/ask-leave"
import { AskedPage } from "../../parts/asked-page"
import { Box, Press, Title } from "../../parts/elements"
import { Mark, Slip } from "../../parts/states"
import { dropPlainPage } from "../../platform/page-data"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"
import { withSession } from "../../session/with-session"

type Recall = AnswerOf<"/buyers/recalls", "get">["recalls"][number]

/** What became of the message: honest also where none came. */
const messageWords = {
  sent: "messageSent",
  unknown: "messageUnknown",
  waiting: "messageWaiting",
  "not-permitted": "messageNotPermitted",
  failed: "messageFailed",
} as const satisfies Record<NonNullable<Recall["message"]>, string>

const askRecalls = () => withSession(() => gateway.get("/buyers/recalls"))

/** What a message about a recall opens, and the banner: every recall that concerns one's purchases. */
export default function RecallPage() {
  const { say } = useWords()
  const [asked, again] = useAnswer(askRecalls)
  useEffect(dropPlainPage, [])
  return (
    <AskedPage asked={asked} again={again}>
      {({ recalls }) => (
        <Slip>
          <Title level={1}>{say("recallsTitle")}</Title>
          {recalls.length === 0 && <Mark shape="paid">{say("noRecalls")}</Mark>}
          {recalls.map((recall) => (
            <OwnRecall key={recall.recallId} recall={recall} onRead={again} />
          ))}
          <OwnLeave />
        </Slip>
      )}
    </AskedPage>
  )
}

function OwnRecall({ recall, onRead }: { readonly recall: Recall; readonly onRead: () => void }) {
  const { say } = useWords()
  const read = async () => {
    await gateway.post("/buyers/recalls/{id}/read", { path: { id: recall.recallId } }).catch(() => undefined)
    onRead()
  }
  return (
    <Box className="recall">
      <Mark shape={recall.isOver ? "waiting" : "refused"}>{say(recall.isOver ? "recallOver" : "recallNotice")}</Mark>
      <Box>{recall.reason}</Box>
      {recall.isClaimed && <Box>{say("recallClaimed")}</Box>}
      <Box className="soft">
        {say("boughtOn")} {recall.saleDay}
      </Box>
      {!recall.isOver && <Box>{say("recallWhatNow")}</Box>}
      {recall.message !== null && <Box className="soft">{say(messageWords[recall.message])}</Box>}
      <Press
        id={`recalled-${recall.recallId}`}
        className="quiet left"
        onPress={() => void Taro.navigateTo({ url: `/pages/trace/index?record=${recall.saleRecordId}` })}
      >
        {say("seeTrace")}
      </Press>
      {!recall.isRead && (
        <Press id={`read-${recall.recallId}`} className="secondary" onPress={() => void read()}>
          {say("recallSeen")}
        </Press>
      )}
    </Box>
  )
}
