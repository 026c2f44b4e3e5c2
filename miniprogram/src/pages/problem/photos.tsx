import { useState } from "react"
import { photosMax } from "../../../core/photo-size"
import { Box, Picture, Press } from "../../parts/elements"
import { Mark } from "../../parts/states"
import { type ChosenPhoto, choosePhotos } from "../../platform/choose-photos"
import { useWords } from "../../session/language"

interface PhotosProps {
  readonly photos: readonly ChosenPhoto[]
  readonly onChange: (photos: readonly ChosenPhoto[]) => void
}

/** At most three, small and each with a way to leave it out again; nothing is sent before the report is. */
export function Photos({ photos, onChange }: PhotosProps) {
  const { say } = useWords()
  const [isUnusable, setUnusable] = useState(false)
  const add = async () => {
    const chosen = await choosePhotos(photosMax - photos.length)
    setUnusable(chosen.unusable > 0)
    onChange([...photos, ...chosen.photos].slice(0, photosMax))
  }
  return (
    <Box className="actions">
      {photos.map((photo, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may be there twice
        <Box key={index} className="chosen">
          <Picture
            className="shown-small"
            source={photo.shown}
            label={`${say("photoNumber")} ${index + 1}`}
            width={96}
            height={72}
          />
          <Press
            id={`drop-photo-${index}`}
            className="quiet"
            onPress={() => onChange(photos.filter((_, at) => at !== index))}
          >
            {say("dropPhoto")} {index + 1}
          </Press>
        </Box>
      ))}
      {photos.length < photosMax && (
        <Press id="add-photo" className="secondary" onPress={() => void add()}>
          {say("addPhotos")}
        </Press>
      )}
      {isUnusable && (
        <Box isStatus>
          <Mark shape="refused">{say("photoUnusable")}</Mark>
        </Box>
      )}
      <Box className="soft">{say("photosWho")}</Box>
    </Box>
  )
}
