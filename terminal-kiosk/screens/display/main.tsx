import "virtual:tokens.css"
import "../styles/base.css"
import "../styles/display.css"
import { displayWords } from "@suyuan/look/display-words"
import { useEffect, useState } from "react"
import { createRoot } from "react-dom/client"
import { DISPLAY_CHANNEL, type DisplayMessage } from "../../src/display/display-message"
import { QrCode } from "../parts/qr-code"

const looks = {
  code: { word: "scanToPay", shape: "◔", tone: "waiting" },
  paying: { word: "paying", shape: "◔", tone: "waiting" },
  "offline-digits": { word: "readDigits", shape: "?", tone: "unknown" },
  paid: { word: "paid", shape: "✓", tone: "paid" },
  cash: { word: "cash", shape: "✓", tone: "paid" },
  closed: { word: "closed", shape: "✕", tone: "refused" },
  basket: { word: "counting", shape: "", tone: "" },
  idle: { word: "welcome", shape: "", tone: "" },
} as const

function Display() {
  const [shown, setShown] = useState<DisplayMessage | undefined>(undefined)
  useEffect(() => {
    const channel = new BroadcastChannel(DISPLAY_CHANNEL)
    channel.onmessage = ({ data }: MessageEvent<DisplayMessage>) => {
      if (data.kind === "show") setShown(data)
    }
    channel.postMessage({ v: 1, kind: "hello" })
    return () => channel.close()
  }, [])
  useEffect(() => {
    document.documentElement.lang = shown?.language === "en" ? "en" : "zh-CN"
  }, [shown?.language])
  if (shown === undefined)
    return (
      <main className="display idle">
        <h1>{displayWords.waitingForTerminal.zh}</h1>
      </main>
    )
  const { state, language, lines } = shown
  const look = looks[state]
  return (
    <main className={`display ${state}`}>
      <header>
        <h1>{shown.stall}</h1>
        <p className="soft">{shown.site}</p>
        {shown.development && <p className="demo">{displayWords.demo[language]}</p>}
      </header>
      {state === "idle" ? (
        <p className="display-welcome">{displayWords.welcome[language]}</p>
      ) : (
        <div className="display-body">
          <section>
            <p className="amount">{shown.total}</p>
            <p className={`standing tone-${look.tone}`} role="status">
              <span aria-hidden="true">{look.shape}</span> {displayWords[look.word][language]}
            </p>
            <ul className="display-lines">
              {lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the message is shown as it came
                <li key={index}>
                  <span className="display-name">{line.name}</span>
                  <strong>{line.amount}</strong>
                  <small>
                    {line.origin === ""
                      ? displayWords.originUnknown[language]
                      : `${displayWords.declaredOrigin[language]} ${line.origin}`}
                  </small>
                  <span>
                    {line.quantity} × {line.price}
                  </span>
                </li>
              ))}
            </ul>
          </section>
          {shown.url !== "" && (
            <section className="display-code">
              <QrCode url={shown.url} label={displayWords.scanToPay[language]} />
            </section>
          )}
        </div>
      )}
    </main>
  )
}

createRoot(document.getElementById("kiosk")!).render(<Display />)
