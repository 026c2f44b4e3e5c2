import "virtual:tokens.css"
import "./styles/base.css"
import "./styles/sell.css"
import "./styles/settle.css"
import "./styles/pages.css"
import "./styles/print.css"
import { terminalWords } from "@suyuan/look/terminal-words"
import type { ReactNode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./app"
import { EnrolScreen } from "./enrol/enrol-screen"
import { warmUpCodes } from "./parts/code-image"
import { ScreenBoundary } from "./parts/screen-boundary"
import { afterPaint } from "./session/after-paint"
import { firstOnly } from "./session/drop-repeats"
import { Kiosk } from "./session/kiosk"
import { watchForNewVersion } from "./session/new-version"
import { openEnrolled, openTablet, type Tablet, takeTheTablet } from "./session/open-session"
import { KioskProvider } from "./session/use-kiosk"

// What too-old.js looks for.
document.documentElement.dataset.started = ""
const root = createRoot(document.getElementById("kiosk")!)

function show(screen: ReactNode): void {
  root.render(<ScreenBoundary broken={<Notice word="screenBroken" />}>{screen}</ScreenBoundary>)
}

type NoticeWord = "anotherTab" | "storageDenied" | "storageFailed" | "screenBroken" | "notSecure"

function Notice({ word }: { readonly word: NoticeWord }) {
  return (
    <main className="enrol">
      <h1>{terminalWords[word].zh}</h1>
      <p lang="en">{terminalWords[word].en}</p>
      {word !== "anotherTab" && (
        <button type="button" className="primary" onClick={() => location.reload()}>
          {terminalWords.openAgain.zh}
        </button>
      )}
    </main>
  )
}

function orNotice(opening: Promise<void>): Promise<void> {
  return opening.catch(() => show(<Notice word="storageDenied" />))
}

async function open(tablet: Tablet): Promise<void> {
  const terminal = await openEnrolled(tablet)
  if (terminal === undefined) {
    // Two terminals in a page would throw each other off the line, and write over each other's rows.
    const openOnce = firstOnly(() => orNotice(open(tablet)))
    return show(<EnrolScreen tablet={tablet} onEnrolled={() => void openOnce()} />)
  }
  const kiosk = await Kiosk.open(terminal, tablet.transport)
  show(
    <KioskProvider kiosk={kiosk}>
      <App />
    </KioskProvider>,
  )
  kiosk.start()
  afterPaint(warmUpCodes)
  watchForNewVersion(() => kiosk.offerNewVersion())
}

async function begin(): Promise<void> {
  // Without it there are no locks, no keys and no lasting storage.
  if (!isSecureContext) return show(<Notice word="notSecure" />)
  await takeTheTablet(() => show(<Notice word="anotherTab" />))
  await open(await openTablet(() => show(<Notice word="storageFailed" />)))
}

await orNotice(begin())
