import type { TerminalWord } from "@suyuan/look/terminal-words"
import { useLayoutEffect, useRef } from "react"
import type { ScaleState } from "../../src/scale/scale"
import { weightText } from "../session/goods-names"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { isScaleOf, useScale } from "./use-scale"

type ScaleReadingProps = {
  /** Follows the scale until a finger types another weight. */
  readonly isFollowed: boolean
  /** What lies on it, stable; `undefined` while that is not known. */
  readonly onFollow: (grams: number | undefined) => void
  /** The scale is to be followed again. */
  readonly onTake: () => void
}

/** What the scale says. Only a stable weight is taken, for as long as it is one; typing goes before it. */
export function ScaleReading({ isFollowed, onFollow, onTake }: ScaleReadingProps) {
  const { identity } = useKiosk().terminal
  const kept = useKioskState().settings
  const settings = isScaleOf(identity.networkId, kept.scale) ? kept : ({ ...kept, scale: "none" } as const)
  const { scale: kind, weightUnit, language } = settings
  const say = useWords()
  const [state, scale] = useScale(settings)
  const follow = useRef(onFollow)
  follow.current = onFollow
  const isThere = kind !== "none"
  const stableGrams = state.kind === "weight" && state.isStable && state.grams > 0 ? state.grams : undefined
  // Painted with the reading: no tap comes between a scale that moves and a weight that it no longer has.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another unit writes the same weight anew
  useLayoutEffect(() => {
    if (isFollowed && isThere) follow.current(stableGrams)
  }, [isFollowed, isThere, stableGrams, weightUnit])
  if (!isThere) return null
  const { word, tone } = looks(state)
  return (
    <div className="scale-reading">
      <p className={tone} role="status">
        {state.kind === "weight" && <strong>{weightText(Math.max(0, state.grams), weightUnit, language)} </strong>}
        {say(word)}
      </p>
      {/* What was not heard is seen at the reading. */}
      <button type="button" disabled={state.kind !== "weight"} onClick={() => void scale?.tare().catch(() => {})}>
        {say("tare")}
      </button>
      <button type="button" className="secondary" disabled={stableGrams === undefined} onClick={onTake}>
        {say("takeWeight")}
      </button>
    </div>
  )
}

function looks(state: ScaleState): { readonly word: TerminalWord; readonly tone: string } {
  if (state.kind === "away") return { word: "scaleAway", tone: "waiting" }
  if (state.kind === "ambiguous") return { word: "scaleAmbiguous", tone: "bad" }
  if (state.kind === "overload") return { word: "scaleOverload", tone: "bad" }
  if (state.kind === "underload" || !state.isStable) return { word: "scaleUnstable", tone: "waiting" }
  return { word: "scaleStable", tone: "good" }
}
