import { colours } from "@suyuan/look/tokens"
import { type MapProps, Map as NativeMap } from "@tarojs/components"
import type { ComponentType } from "react"
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
  const last = points[points.length - 1] ?? { latitude: 0, longitude: 0 }
  // Without a picture of ours each platform draws its own pin.
  const markers: Pin[] = points.map(({ name, latitude, longitude }, id) => ({
    ...{ id, latitude, longitude, title: name },
    label: { ...{ content: name, color: colours.ink.light, fontSize: 12, bgColor: colours.card.light }, ...labelPlace },
  }))
  const polyline = legsOfWay(way).map((leg) => ({
    points: leg.map(onChineseMap).map(({ latitude, longitude }) => ({ latitude, longitude })),
    ...{ color: colours.leaf.light, width: 4, arrowLine: true },
  }))
  return (
    <>
      <PinMap
        className="map"
        latitude={last.latitude}
        longitude={last.longitude}
        markers={markers}
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

type Pin = Omit<MapProps.marker, "iconPath">

/** Taro's type wants a picture of each pin; WeChat and Alipay do not. */
const PinMap = NativeMap as ComponentType<Omit<MapProps, "markers"> & { readonly markers: Pin[] }>

const labelPlace = {
  ...{ anchorX: 0, anchorY: 0, padding: 4, borderRadius: 4, borderWidth: 0 },
  ...{ borderColor: "", textAlign: "center" as const },
}
