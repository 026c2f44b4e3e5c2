import Taro, { useRouter } from "@tarojs/taro"
import { useState } from "react"
import { joinCodeIn, joinCodeOf } from "../../../core/join-link"
import { Box, Press } from "../../parts/elements"
import { Line } from "../../parts/form"
import { Mark } from "../../parts/states"
import { useWords } from "../../session/language"
import { useGateway } from "../../session/use-gateway"

type Told = { readonly shape: "waiting" | "refused"; readonly words: string }

/** The other side's code: scanned, opened by its link, or typed. Filled in is not sent: that is a press of its own. */
export function TakeCode({ onClaimed }: { readonly onClaimed: () => void }) {
  const { say } = useWords()
  const client = useGateway()
  const opened = joinCodeOf(useRouter().params.code)
  const [code, setCode] = useState(opened ?? "")
  const [told, setTold] = useState<Told>()
  const scan = async () => {
    const answer = await Taro.scanCode({ onlyFromCamera: true }).catch(() => undefined)
    if (answer === undefined) return
    const scanned = joinCodeIn(answer.result, GATEWAY_ORIGIN)
    if (scanned === undefined) return setTold({ shape: "refused", words: say("joinNotOurs") })
    setCode(scanned)
    setTold({ shape: "waiting", words: say("joinScanned") })
  }
  const send = async () => {
    const answer = await client.post("/buyers/joins", { body: { code } })
    if (!answer.ok) return setTold({ shape: "refused", words: `${say("joinFailed")}${answer.refusal.message}` })
    setCode("")
    setTold(undefined)
    onClaimed()
  }
  const lost = () => setTold({ shape: "refused", words: say("notDone") })
  const isShort = code.trim().length < 8
  return (
    <>
      {process.env.TARO_ENV !== "h5" && (
        <Press id="join-scan" className="secondary" onPress={() => void scan()}>
          {say("joinScan")}
        </Press>
      )}
      <Line id="join-code" label={say("joinType")} value={code} onChange={setCode} lengthMax={12} />
      <Mark shape="waiting">{say("joinDanger")}</Mark>
      {told !== undefined && (
        <Box isStatus>
          <Mark shape={told.shape}>{told.words}</Mark>
        </Box>
      )}
      <Press id="join-send" className="primary" isDisabled={isShort} onPress={() => void send().catch(lost)}>
        {say(isShort ? "joinTypeFirst" : "joinSend")}
      </Press>
    </>
  )
}
