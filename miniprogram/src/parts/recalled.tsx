import type { TraceAnswer } from "../../core/origin-words"
import { useWords } from "../session/language"
import { Box } from "./elements"
import { Mark } from "./states"

type RecalledProps = {
  readonly recalls: TraceAnswer["lines"][number]["recalls"]
  /** Before paying it is the stall's goods that may be of it, not the bag. */
  readonly isBefore?: boolean
}

/** Recalls in force that goods may be of, before anything good is said of them. */
export function Recalled({ recalls, isBefore = false }: RecalledProps) {
  const { say } = useWords()
  if (recalls.length === 0) return null
  return (
    <Box className="recall">
      <Mark shape="refused">{say(isBefore ? "goodsRecalled" : "bagRecalled")}</Mark>
      {[...new Set(recalls.map(({ reason }) => reason))].map((reason) => (
        <Box key={reason}>{reason}</Box>
      ))}
    </Box>
  )
}
