import { useEffect, useState } from "react"
import { afterPaint } from "./after-paint"

/** About a screen of tiles. */
const FIRST = 12
const STEP = 8

/** How many of a list are drawn: the first screen of it at once, the rest a few with each frame, so that no tap waits for all of them. */
export function useGrowing(total: number): number {
  const [drawn, setDrawn] = useState(FIRST)
  useEffect(() => {
    // Of a list that was cut short, what comes back grows again.
    if (total <= FIRST) return setDrawn(FIRST)
    if (drawn >= total) return undefined
    let isWanted = true
    afterPaint(() => isWanted && setDrawn(drawn + STEP))
    return () => {
      isWanted = false
    }
  }, [total, drawn])
  return Math.min(drawn, total)
}
