import { useState } from "react"
import { pictureAddress } from "../platform/picture-address"
import { useWords } from "../session/language"
import { Box, Picture } from "./elements"

type Stall = { readonly name: string; readonly number: string; readonly photo: string | null }

const size = { width: 96, height: 72 } as const

/** What the stall looks like; without a photo, or without a network, a plate with its number, as large. */
export function StallPhoto({ stall }: { readonly stall: Stall }) {
  const { say } = useWords()
  const [isGone, setGone] = useState(false)
  if (stall.photo === null || isGone) {
    return (
      <Box className="plate" label={`${say("stall")} ${stall.number}`}>
        <Box className="glyph">摊</Box>
        <Box className="plate-number">{stall.number}</Box>
      </Box>
    )
  }
  const label = `${say("stallPhoto")} ${stall.name}`
  const source = pictureAddress(stall.photo)
  return <Picture className="stall-photo" source={source} label={label} {...size} onFail={() => setGone(true)} />
}
