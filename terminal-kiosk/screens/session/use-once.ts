import { useCallback, useEffect, useRef, useState } from "react"
import type { Once } from "./drop-repeats"

/**
 * Whether this form's work is under way, and what runs it: a second tap meanwhile is dropped. It may be asked again
 * only once the screen shows what came of it: a tap in between was meant for the screen of before.
 */
export function useOnce(): readonly [boolean, Once] {
  const isTaken = useRef(false)
  const [busy, setBusy] = useState({ is: false })
  useEffect(() => {
    if (!busy.is) isTaken.current = false
  }, [busy])
  const once = useCallback<Once>(async (work) => {
    if (isTaken.current) return undefined
    isTaken.current = true
    setBusy({ is: true })
    try {
      return await work()
    } finally {
      setBusy({ is: false })
    }
  }, [])
  return [busy.is, once]
}
