import "virtual:tokens.css"
import "../styles/base.css"
import "../styles/display.css"
import { displayWords } from "@suyuan/look/display-words"
import { lazy, Suspense, useEffect, useState } from "react"
import { createRoot } from "react-dom/client"
import { DISPLAY_CHANNEL, type DisplayMessage } from "../../src/display/display-message"
import { DisplayView } from "./display-view"
import { keptPairing } from "./kept-pairing"

/** How long a terminal in this browser may take to answer; then this is a tablet of its own. */
const TERMINAL_ANSWERS_MS = 1_500
/** So often the seller's window is asked whether it is still there. */
const ASK_EVERY_MS = 3_000
/** Questions in a row without an answer, after which a code that stands here may be another customer's. */
const UNANSWERED_MAX = 2

/** With the broker's language: a window beside the seller's needs none of it. */
const OwnTablet = lazy(() => import("./own-tablet"))

/** Beside the seller's window, or on a tablet of its own. */
function Display() {
  const [shown, setShown] = useState<DisplayMessage | undefined>(undefined)
  const [isAway, setAway] = useState(false)
  const [isOwn, setOwn] = useState(() => keptPairing()?.displayId !== undefined)
  useEffect(() => {
    const channel = new BroadcastChannel(DISPLAY_CHANNEL)
    let unanswered = 0
    channel.onmessage = ({ data }: MessageEvent<DisplayMessage>) => {
      if (data.kind !== "show") return
      unanswered = 0
      setAway(false)
      setShown(data)
    }
    const ask = () => {
      setAway(unanswered >= UNANSWERED_MAX)
      unanswered += 1
      channel.postMessage({ v: 1, kind: "hello" })
    }
    ask()
    const asking = setInterval(ask, ASK_EVERY_MS)
    const timer = setTimeout(() => setOwn(true), TERMINAL_ANSWERS_MS)
    return () => {
      clearInterval(asking)
      clearTimeout(timer)
      channel.close()
    }
  }, [])
  useEffect(() => {
    document.documentElement.lang = shown?.language === "en" ? "en" : "zh-CN"
  }, [shown?.language])
  if (shown !== undefined) return <DisplayView shown={shown} isAway={isAway} />
  const waiting = (
    <main className="display idle">
      <h1>{displayWords.waitingForTerminal.zh}</h1>
    </main>
  )
  if (!isOwn) return waiting
  return (
    <Suspense fallback={waiting}>
      <OwnTablet />
    </Suspense>
  )
}

// What too-old.js looks for.
document.documentElement.dataset.started = ""
createRoot(document.getElementById("kiosk")!).render(<Display />)
