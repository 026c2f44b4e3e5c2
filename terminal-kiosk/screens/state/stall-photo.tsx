import { useState } from "react"
import { wholePhoto } from "../goods/scale-photo"
import { refusalWords } from "../session/refusals"
import { takeStallPhoto } from "../session/stall-photo"
import { useKiosk, useKioskState, useWords } from "../session/use-kiosk"
import { useOnce } from "../session/use-once"

/** What customers see of the stall, on their screen and when they scan. */
export function StallPhoto() {
  const kiosk = useKiosk()
  const { stallPhoto, stallTests, settings } = useKioskState()
  const say = useWords()
  const [isUnusable, setUnusable] = useState(false)
  const [isBusy, once] = useOnce()
  const take = async (file: File | undefined) => {
    if (file === undefined) return
    const jpeg = await wholePhoto(file).catch(() => undefined)
    setUnusable(jpeg === undefined)
    if (jpeg !== undefined) await once(() => takeStallPhoto(kiosk, jpeg))
  }
  const shown = stallPhoto?.jpeg ?? stallTests?.photo
  return (
    <>
      <h2>{say("stallPhoto")}</h2>
      {shown !== undefined && <img className="stall-photo" src={shown} alt={say("stallPhoto")} />}
      <p className="soft">{say("stallPhotoHint")}</p>
      <label className="file-button">
        {say(isBusy ? "oneMoment" : "takePhoto")}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          disabled={isBusy}
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {isUnusable && (
        <p className="bad" role="alert">
          ✕ {say("photoUnusable")}
        </p>
      )}
      {stallPhoto !== undefined && (
        <p className={stallPhoto.code === undefined ? "notice waiting" : "notice bad"} role="status">
          {stallPhoto.code === undefined
            ? `◔ ${say("stallPhotoWaiting")}`
            : `✕ ${refusalWords(stallPhoto.code, settings.language)}`}
        </p>
      )}
      {stallPhoto === undefined && stallTests?.photo !== undefined && <p role="status">✓ {say("stallPhotoSent")}</p>}
    </>
  )
}
