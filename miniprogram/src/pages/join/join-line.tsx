import type { AnswerOf, ClientAnswer } from "@suyuan/client/client"
import { useState } from "react"
import { Box, Press, Title } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { useWords } from "../../session/language"
import { useGateway } from "../../session/use-gateway"

type Join = AnswerOf<"/buyers/joins", "get">["joins"][number]
type JoinLineProps = { readonly join: Join; readonly onChange: () => void }

const kinds = { "wechat-pay": "kindWechat", alipay: "kindAlipay", web: "kindWeb" } as const

/** One join: the digits to compare while it waits, the way to undo it when it stands. */
export function JoinLine({ join, onChange }: JoinLineProps) {
  const { say } = useWords()
  const client = useGateway()
  const [told, setTold] = useState<string>()
  const path = { id: join.id }
  const heard = (answer: ClientAnswer<unknown>) => {
    setTold(answer.ok ? undefined : answer.refusal.message)
    onChange()
  }
  const lost = () => setTold(say("notDone"))
  const confirm = () =>
    void client.post("/buyers/joins/{id}/confirm", { path, body: { digits: join.checkDigits } }).then(heard, lost)
  const end = () => void client.delete("/buyers/joins/{id}", { path }).then(heard, lost)
  const isActive = join.state === "active"
  return (
    <Box className="line">
      {isActive ? (
        <Mark shape="paid">
          {say("joinedWith")} {say(kinds[join.other])}
        </Mark>
      ) : (
        <Box isStatus>
          <Title level={2}>
            {say("joinCompare")} · {say(kinds[join.other])}
          </Title>
          <Box className="digits">{join.checkDigits}</Box>
          {join.isConfirmedHere ? (
            <Mark shape="waiting">{say("joinOtherWaits")}</Mark>
          ) : (
            <Press id={`join-yes-${join.id}`} className="primary" onPress={confirm}>
              {say("joinYes")}
            </Press>
          )}
        </Box>
      )}
      {told !== undefined && <Mark shape="refused">{told}</Mark>}
      <Press id={`join-end-${join.id}`} className="quiet" onPress={end}>
        {say(isActive ? "joinEnd" : "joinNo")}
      </Press>
    </Box>
  )
}
