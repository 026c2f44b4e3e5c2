import { useEffect, useSyncExternalStore } from "react"
import { isDemoPage } from "../platform/demo-page"
import { kept } from "../platform/keep"
import { gateway } from "./gateway"

/** No secret and nobody's own: whether this installation trades for real. */
const KEY = "demo"

let isKnown: boolean | undefined
let isAsked = false
const listeners = new Set<() => void>()

function read(): boolean {
  isKnown ??= isDemoPage() || kept.read(KEY) === "yes"
  return isKnown
}

function note(isDemo: boolean): void {
  if (read() === isDemo) return
  isKnown = isDemo
  kept.write(KEY, isDemo ? "yes" : undefined)
  for (const listener of listeners) listener()
}

/** Once a run of the program, and only where no page has said it. Without an answer it is asked by the next page. */
function ask(): void {
  if (isAsked) return
  isAsked = true
  gateway.get("/ledger/setting").then(
    (answer) => answer.ok && note(answer.value.development),
    () => {
      isAsked = false
    },
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * @param said what the page's own content says; `undefined`: it says nothing of it
 * @param asks false for what stands there for a moment only, and must not cost a request
 */
export function useDemo(said: boolean | undefined, asks: boolean): boolean {
  const known = useSyncExternalStore(subscribe, read)
  useEffect(() => {
    if (said !== undefined) {
      isAsked = true
      note(said)
    } else if (asks) ask()
  }, [said, asks])
  return said ?? known
}
