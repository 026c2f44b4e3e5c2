import Taro from "@tarojs/taro"
import { Box, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"
import { useAnswer } from "../../session/use-answer"

const askRecalls = () => gateway.get("/buyers/recalls")

/** Above everything else: what may have to go back. Without an answer nothing is said, and nothing is all clear. */
export function Recalls() {
  const { say } = useWords()
  const [asked, again] = useAnswer(askRecalls)
  if (asked.at !== "there") return null
  const read = async (id: string) => {
    await gateway.post("/buyers/recalls/{id}/read", { path: { id } }).catch(() => undefined)
    again()
  }
  return (
    <>
      {asked.value.recalls.map((recall) => (
        <Box key={recall.recallId} className="recall">
          <Mark shape={recall.isOver ? "waiting" : "refused"}>
            {say(recall.isOver ? "recallOver" : "recallNotice")}
          </Mark>
          <Box>{recall.reason}</Box>
          <Box className="soft">
            {say("paidOn")} {recall.saleDay}
          </Box>
          <Press
            id={`recalled-${recall.recallId}`}
            className="quiet left"
            onPress={() => void Taro.navigateTo({ url: `/pages/trace/index?record=${recall.saleRecordId}` })}
          >
            {say("seeTrace")}
          </Press>
          {!recall.isRead && (
            <Press id={`read-${recall.recallId}`} className="secondary" onPress={() => void read(recall.recallId)}>
              {say("recallSeen")}
            </Press>
          )}
        </Box>
      ))}
    </>
  )
}
