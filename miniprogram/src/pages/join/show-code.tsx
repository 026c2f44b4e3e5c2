import { useEffect, useState } from "react"
import { makeRequestId } from "../../../core/request-id"
import { Box, Picture, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { gateway } from "../../session/gateway"
import { useWords } from "../../session/language"

type Shown = { readonly code: string; readonly image: string }

type ShowCodeProps = { readonly isTaken: (id: string) => boolean; readonly onShown: () => void }

/** One side's code: drawn for a camera, and in letters for who has none. */
export function ShowCode({ isTaken, onShown }: ShowCodeProps) {
  const { say } = useWords()
  const [shown, setShown] = useState<Shown>()
  const [isLost, setLost] = useState(false)
  const [id, setId] = useState(() => makeRequestId(Date.now()))
  const isUsed = shown !== undefined && isTaken(id)
  useEffect(() => {
    if (!isUsed) return
    // It serves once: another is another join.
    setShown(undefined)
    setId(makeRequestId(Date.now()))
  }, [isUsed])
  const show = async () => {
    setLost(false)
    const answer = await gateway.post("/buyers/join-codes", { body: { id } }).catch(() => undefined)
    if (answer?.ok !== true) return setLost(true)
    setShown(answer.value)
    onShown()
  }
  return (
    <Box className="actions">
      {shown === undefined ? (
        <Press id="show-code" className="secondary" onPress={() => void show()}>
          {say("joinShow")}
        </Press>
      ) : (
        <Box className="receipt" isStatus>
          <Box className="soft">{say("joinCodeIs")}</Box>
          <Picture className="join-picture" source={shown.image} label={say("joinPicture")} width={220} height={220} />
          <Box className="digits code-letters">
            {shown.code.slice(0, 4)} {shown.code.slice(4)}
          </Box>
          <Box className="soft">{say("joinWaits")}</Box>
        </Box>
      )}
      {isLost && <Mark shape="waiting">{say("notDone")}</Mark>}
    </Box>
  )
}
