import { useState } from "react"
import { useKioskState, useWords } from "../session/use-kiosk"
import { chooseScalePort } from "./use-scale"

/** Points at the scale's port; typing weights goes on whatever comes of it. */
export function ConnectScale() {
  const { scale } = useKioskState().settings
  const say = useWords()
  const [trouble, setTrouble] = useState<Awaited<ReturnType<typeof chooseScalePort>>>(undefined)
  if (scale === "none" || scale === "simulated") return null
  return (
    <>
      <button type="button" className="secondary" onClick={() => void chooseScalePort().then(setTrouble)}>
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
