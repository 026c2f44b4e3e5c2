import { displayWords } from "@suyuan/look/display-words"
import { useState } from "react"
import { QrCode } from "./qr-code"

type TurningCodeProps = {
  readonly url: string
  readonly label: string
  readonly language: "zh" | "en"
}

/** A code for cameras: it turns by quarters, and a tap holds it where it is (WCAG 2.2.2). */
export function TurningCode({ url, label, language }: TurningCodeProps) {
  const [isHeld, setHeld] = useState(false)
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return <QrCode url={url} label={label} />
  return (
    <button type="button" className={isHeld ? "turning held" : "turning"} onClick={() => setHeld(!isHeld)}>
      <QrCode url={url} label={label} />
      <small>{displayWords[isHeld ? "letTurn" : "holdStill"][language]}</small>
    </button>
  )
}
