import type { TerminalWord } from "@suyuan/look/terminal-words"
import { useEffect, useRef } from "react"
import type { ScaleState } from "../../src/scale/scale"
import { weightText } from "../session/goods-names"
import { useKioskState, useWords } from "../session/use-kiosk"
import { useScale } from "./use-scale"

type ScaleReadingProps = {
  /** Follows a stable weight until a finger types another. */
  readonly isFollowed: boolean
  readonly onTake: (grams: number) => void
}

/** What the scale says. Only a stable weight is taken; typing goes before it. */
export function ScaleReading({ isFollowed, onTake }: ScaleReadingProps) {
  const { settings } = useKioskState()
  const { scale: kind, weightUnit, language } = settings
  const say = useWords()
  const [state, scale] = useScale(kind)
  const take = useRef(onTake)
  take.current = onTake
  const stableGrams = state.kind === "weight" && state.isStable && state.grams > 0 ? state.grams : undefined
  useEffect(() => {
    if (isFollowed && stableGrams !== undefined) take.current(stableGrams)
  }, [isFollowed, stableGrams])
  if (kind === "none") return null
  const { word, tone } = looks(state)
  return (
    <div className="scale-reading">
      <p className={tone} role="status">
        {state.kind === "weight" && <strong>{weightText(Math.max(0, state.grams), weightUnit, language)} </strong>}
        {say(word)}
      </p>
      <button type="button" disabled={state.kind !== "weight"} onClick={() => void scale?.tare()}>
        {say("tare")}
      </button>
      <button
        type="button"
        className="secondary"
        disabled={stableGrams === undefined}
        onClick={() => stableGrams !== undefined && onTake(stableGrams)}
      >
        {say("takeWeight")}
      </button>
    </div>
  )
}

function looks(state: ScaleState): { readonly word: TerminalWord; readonly tone: string } {
  if (state.kind === "away") return { word: "scaleAway", tone: "waiting" }
  if (state.kind === "overload") return { word: "scaleOverload", tone: "bad" }
  if (state.kind === "underload" || !state.isStable) return { word: "scaleUnstable", tone: "waiting" }
  return { word: "scaleStable", tone: "good" }
}
