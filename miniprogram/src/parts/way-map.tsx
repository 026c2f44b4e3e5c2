import { colours } from "@suyuan/look/tokens"
import { Map as NativeMap } from "@tarojs/components"
import { legsOfWay, mapOfWay, onChineseMap } from "../../core/map-of-way"
import { useWords } from "../session/language"
import type { WayMapProps } from "./element-types"
import { Box } from "./elements"

/** The platform's own map with the places of the way; no place of the phone is asked for. */
export function WayMap({ way }: WayMapProps) {
  const { say } = useWords()
  const { places, missing } = mapOfWay(way)
  if (places.length < 2) return null
  const points = places.map(onChineseMap)
  const last = points.at(-1) ?? { latitude: 0, longitude: 0 }
  // Without a picture of ours each platform draws its own pin.
  const markers = points.map(({ name, latitude, longitude }, id) => ({
    ...{ id, latitude, longitude, title: name },
    label: { ...{ content: name, color: colours.ink.light, fontSize: 12, bgColor: colours.card.light }, ...labelPlace },
  }))
  const polyline = legsOfWay(way).map((leg) => ({
    points: leg.map(onChineseMap).map(({ latitude, longitude }) => ({ latitude, longitude })),
    ...{ color: colours.leaf.light, width: 4, arrowLine: true },
  }))
  return (
    <>
      <NativeMap
        className="map"
        latitude={last.latitude}
        longitude={last.longitude}
        markers={markers as never}
        polyline={polyline}
        includePoints={points.map(({ latitude, longitude }) => ({ latitude, longitude }))}
        scale={8}
        enableRotate={false}
        onError={() => {}}
      />
      {missing > 0 && <Box className="soft">{say("placesMissing")}</Box>}
    </>
  )
}

const labelPlace = {
  ...{ anchorX: 0, anchorY: 0, padding: 4, borderRadius: 4, borderWidth: 0 },
  ...{ borderColor: "", textAlign: "center" },
}
