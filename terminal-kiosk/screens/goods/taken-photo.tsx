import { useState } from "react"
import { useKioskState, useWords } from "../session/use-kiosk"
import { wholePhoto } from "./scale-photo"

type TakenPhotoProps = {
  readonly jpeg: string | undefined
  readonly onTake: (jpeg: string | undefined) => void
}

/** A photo of what is being entered: kept in the form, sent with it, hence only while there is a line. */
export function TakenPhoto({ jpeg, onTake }: TakenPhotoProps) {
  const { line } = useKioskState()
  const say = useWords()
  const [isUnusable, setUnusable] = useState(false)
  const take = async (file: File | undefined) => {
    if (file === undefined) return
    const taken = await wholePhoto(file).catch(() => undefined)
    setUnusable(taken === undefined)
    if (taken !== undefined) onTake(taken)
  }
  return (
    <fieldset className="choice">
      <legend>{say("testPhoto")}</legend>
      {jpeg !== undefined && <img className="taken-photo" src={jpeg} alt={say("testPhotoTaken")} />}
      {line.isOnline && (
        <label className="file-button">
          {say("takePhoto")}
          <input
            type="file"
            accept="image/*"
            capture="environment"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
      )}
      {jpeg !== undefined && (
        <button type="button" onClick={() => onTake(undefined)}>
          {say("removePhoto")}
        </button>
      )}
      {!line.isOnline && <p className="notice waiting">{say("testPhotoOffline")}</p>}
      {isUnusable && (
        <p className="bad" role="alert">
          ✕ {say("photoUnusable")}
        </p>
      )}
    </fieldset>
  )
}
