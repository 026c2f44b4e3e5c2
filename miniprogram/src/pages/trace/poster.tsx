import Taro from "@tarojs/taro"
import { useEffect, useState } from "react"
import type { TraceAnswer } from "../../../core/origin-words"
import { sharePoster } from "../../../core/share-card"
import { Box, Picture, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { drawPicture, showPicture } from "../../platform/draw-picture"
import { pictureAddress } from "../../platform/picture-address"
import { codePlatform } from "../../platform/share"
import { useWords } from "../../session/language"

type Made = { readonly at: "none" | "drawing" | "failed" } | { readonly at: "there"; readonly source: string }

/** A picture with the platform's code on it, to be saved and printed. */
export function Poster({ trace, shareId }: { readonly trace: TraceAnswer; readonly shareId: string }) {
  const { language, say } = useWords()
  const [made, setMade] = useState<Made>({ at: "none" })
  const isThere = made.at === "there"
  useEffect(() => {
    // It stands below the fold, where nobody would look for it.
    if (isThere) void Taro.pageScrollTo({ selector: ".poster", duration: 0 }).catch(() => {})
  }, [isThere])
  const draw = async () => {
    setMade({ at: "drawing" })
    const code = pictureAddress(`/shares/${shareId}/code?platform=${codePlatform}`)
    const source = await drawPicture(sharePoster(trace, language, code))
    setMade({ at: "there", source })
    await showPicture(source).catch(() => {})
  }
  return (
    <>
      <Press
        id="poster"
        className="secondary"
        isDisabled={made.at === "drawing"}
        onPress={() => void draw().catch(() => setMade({ at: "failed" }))}
      >
        {say(made.at === "drawing" ? "drawingPoster" : "makePoster")}
      </Press>
      {made.at === "failed" && <Mark shape="refused">{say("posterFailed")}</Mark>}
      {made.at === "there" && (
        <Box className="poster">
          <Picture source={made.source} label={say("makePoster")} width={250} height={320} />
          <Box className="soft">{say("posterHint")}</Box>
        </Box>
      )}
    </>
  )
}
