import { useState } from "react"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { chooseScalePort } from "./use-scale"

/** Points at the scale's port; typing weights goes on whatever comes of it. */
export function ConnectScale() {
  const kiosk = useKiosk()
  const { scale } = useKioskState().settings
  const say = useWords()
  const [trouble, setTrouble] = useState<Awaited<ReturnType<typeof chooseScalePort>>>(undefined)
  if (scale === "none" || scale === "simulated") return null
  return (
    <>
      <button type="button" className="secondary" onClick={() => void chooseScalePort(kiosk).then(setTrouble)}>
        {say("connectScale")}
      </button>
      {trouble !== undefined && (
        <p className="bad" role="alert">
          ✕ {say(trouble)}
        </p>
      )}
    </>
  )
}
