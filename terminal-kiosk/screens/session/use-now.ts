import { useEffect, useState } from "react"

const TICK_MS = 1000

/** The tablet's clock, or the terminal's time, once a second. */
export function useNow(readMs: () => number = Date.now): number {
  const [nowMs, setNowMs] = useState(readMs)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(readMs()), TICK_MS)
    return () => clearInterval(timer)
  }, [readMs])
  return nowMs
}
