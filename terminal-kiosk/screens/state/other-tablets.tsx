import { useState } from "react"
import { endDisplay, type Invitation, inviteDisplay } from "../../src/display/invite-display"
import { QrCode } from "../parts/qr-code"
import { Sheet } from "../parts/sheet"
import { refusalWords } from "../session/refusals"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useNow } from "../session/use-now"

/** The customer's screen on tablets of their own: connected by a code, and ended with one tap. */
export function OtherTablets() {
  const kiosk = useKiosk()
  const { displays, line, settings } = useKioskState()
  const say = useWords()
  const [shown, setShown] = useState<Invitation | undefined>(undefined)
  const [refusal, setRefusal] = useState<string | undefined>(undefined)
  const invite = async () => {
    setRefusal(undefined)
    const invited = await kiosk.attempt(() => inviteDisplay(kiosk.terminal, kiosk.transport))
    if (invited === undefined) return
    if (invited.ok) setShown(invited.value)
    else
      setRefusal(
        refusalWords(invited.error.kind === "refused" ? invited.error.code : invited.error.kind, settings.language),
      )
    await kiosk.refresh()
  }
  const end = async (id: string) => {
    const ending = kiosk.attempt(() => endDisplay(kiosk.terminal, kiosk.transport, id))
    // It is told nothing more at once; the gateway's answer may take its time.
    await kiosk.refresh()
    await ending
    await kiosk.refresh()
  }
  return (
    <>
      <ul className="plain">
        {displays.map(([id, { state }], index) =>
          state === "invited" ? null : (
            <li key={id} className="row">
              <span className="grow">
                {state === "paired" ? "✓" : "◔"} {say("customerDisplay")} {index + 1} ·{" "}
                {say(state === "paired" ? "displayPaired" : "displayEnding")}
              </span>
              {state === "paired" && (
                <button type="button" className="secondary" onClick={() => void end(id)}>
                  {say("endDisplay")}
                </button>
              )}
            </li>
          ),
        )}
      </ul>
      <button type="button" className="secondary" disabled={!line.isOnline} onClick={() => void invite()}>
        {say("connectDisplay")}
      </button>
      {refusal !== undefined && (
        <p className="bad" role="alert">
          ✕ {refusal}
        </p>
      )}
      {shown !== undefined && <CodeSheet shown={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

function CodeSheet({ shown, onClose }: { readonly shown: Invitation; readonly onClose: () => void }) {
  const { displays } = useKioskState()
  const say = useWords()
  const secondsLeft = Math.max(0, Math.ceil((shown.validUntilMs - useNow()) / 1000))
  const isPaired = displays.some(([id, { state }]) => id === shown.displayId && state === "paired")
  const path = "/kiosk/display.html"
  const address = `${location.origin}${path}`
  return (
    <Sheet title={say("connectDisplay")} onClose={onClose} wide>
      {isPaired ? (
        <>
          <p className="notice good" role="status">
            ✓ {say("displayPaired")}
          </p>
          <button type="button" className="primary wide" onClick={onClose}>
            {say("understood")}
          </button>
        </>
      ) : (
        <div className="pair-sheet">
          <div>
            <p>{say("displayHint")}</p>
            <p className="address">
              {location.origin}
              <wbr />
              {path}
            </p>
            <p className="soft">{say("displayCode")}</p>
            <p className="fingerprint">{shown.code}</p>
            <p className="soft">
              {say("secondsLeft")} {secondsLeft} s
            </p>
          </div>
          <QrCode url={address} label={say("displayAddress")} />
        </div>
      )}
    </Sheet>
  )
}
