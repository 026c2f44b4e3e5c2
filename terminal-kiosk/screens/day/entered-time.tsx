import { type FormEvent, useId, useState } from "react"
import {
  ENTERED_MS_MAX,
  type EnteredTimeProblem,
  judgeEnteredTime,
  localTime,
  parseLocalTime,
} from "../../src/lost/entered-time"
import { useKiosk, useWords } from "../session/use-kiosk"

type EnteredTimeProps = {
  /** When its code was made, where that is known. */
  readonly suggestedMs: number | undefined
  readonly onTime: (ms: number) => void
}

/** When a sale that is entered by hand was sold, by the market's clock. */
export function EnteredTime({ suggestedMs, onTime }: EnteredTimeProps) {
  const { terminal } = useKiosk()
  const say = useWords()
  const { zone } = terminal.identity.site
  const [typed, setTyped] = useState(suggestedMs === undefined ? "" : localTime(suggestedMs, zone))
  const [problem, setProblem] = useState<EnteredTimeProblem | undefined>(undefined)
  const id = useId()
  const nowMs = terminal.clock.nowMs()
  const finish = (event: FormEvent) => {
    event.preventDefault()
    const ms = parseLocalTime(typed, zone)
    if (ms === undefined) return setProblem("enteredMalformed")
    const found = judgeEnteredTime(ms, terminal.clock.nowMs())
    setProblem(found)
    if (found === undefined) onTime(ms)
  }
  return (
    <form className="goods-form" onSubmit={finish}>
      <label className="field-label" htmlFor={id}>
        {say("enteredWhen")}
      </label>
      <input
        id={id}
        type="datetime-local"
        value={typed}
        min={localTime(nowMs - ENTERED_MS_MAX, zone)}
        max={localTime(nowMs, zone)}
        onChange={(event) => setTyped(event.target.value)}
      />
      <p className="soft">{say("enteredHint")}</p>
      {problem !== undefined && (
        <p className="bad" role="alert">
          ✕ {say(problem)}
        </p>
      )}
      <button type="submit" className="primary wide" formNoValidate>
        {say("enteredGoods")}
      </button>
    </form>
  )
}
