import { useState } from "react"
import { pictureAddress } from "../platform/picture-address"
import { useWords } from "../session/language"
import { Picture, Press } from "./elements"

const small = { width: 96, height: 72 } as const
/** As wide as the narrowest slip allows. */
const large = { width: 280, height: 210 } as const

export interface TestPhotoProps {
  readonly id: string
  /** Its path at the gateway. */
  readonly path: string
  /** Of the test, as `2026-12-08`. */
  readonly day: string
}

/** What the inspector photographed; a tap shows all of it. Its place is kept before it comes, and goes if it does not. */
export function TestPhoto({ id, path, day }: TestPhotoProps) {
  const { say } = useWords()
  const [isLarge, setLarge] = useState(false)
  const [isGone, setGone] = useState(false)
  const size = isLarge ? large : small
  if (isGone) return null
  return (
    <Press id={id} className="test-photo" isOpen={isLarge} onPress={() => setLarge(!isLarge)}>
      <Picture
        className={isLarge ? "shown-whole" : "shown-small"}
        source={pictureAddress(path)}
        label={`${say("testPhoto")} ${day} · ${say(isLarge ? "makeSmaller" : "makeLarger")}`}
        {...size}
        isWhole={isLarge}
        isLazy
        onFail={() => setGone(true)}
      />
    </Press>
  )
}
