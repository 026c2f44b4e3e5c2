import type { LineState } from "../session/state"
import { useKioskState, useWords } from "../session/use-kiosk"

/** Above this the seller is told: buyers' phones will find the code too old or too new. */
const CLOCK_OFFSET_MS_MAX = 60_000
const MINUTE_MS = 60_000

export function isClockOff({ clockOffsetMs = 0 }: Pick<LineState, "clockOffsetMs">): boolean {
  return Math.abs(clockOffsetMs) > CLOCK_OFFSET_MS_MAX
}

/** By how much, what to do, and that sales go on. */
export function ClockOff() {
  const { line } = useKioskState()
  const say = useWords()
  if (!isClockOff(line)) return null
  const { clockOffsetMs = 0 } = line
  const minutes = Math.round(Math.abs(clockOffsetMs) / MINUTE_MS)
  return (
    <p className="notice bad" role="alert">
      ? {say(clockOffsetMs < 0 ? "clockAhead" : "clockBehind")} {minutes} {say("minutes")} {say("clockHint")}
    </p>
  )
}
