import { drawnPlaces, legsOfWay, mapOfWay } from "../../core/map-of-way"
import { useWords } from "../session/language"
import type { WayMapProps } from "./element-types"
import { Box } from "./elements"

const size = { width: 320, height: 200, margin: 24 } as const

/** The way drawn as a line between dots, without borders: names stand in the list beside it. */
export function WayMap({ way }: WayMapProps) {
  const { say } = useWords()
  const { places, missing } = mapOfWay(way)
  if (places.length < 2) return null
  const { width, height, margin } = size
  const drawn = drawnPlaces(places, width, height, margin)
  const at = new Map(drawn.map((place) => [place.name, place]))
  const label = `${say("theWay")}: ${places.map(({ name }) => name).join(" → ")}`
  return (
    <>
      <svg
        className="map drawn"
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={label}
      >
        {legsOfWay(way).map(([from, to]) => {
          const [a, b] = [at.get(from.name), at.get(to.name)]
          return a && b && <line key={`${from.name} ${to.name}`} className="leg" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
        })}
        {drawn.map(({ name, x, y }, index) => (
          <g key={name}>
            <circle className={index === drawn.length - 1 ? "dot mine" : "dot"} cx={x} cy={y} r="11" />
            <text className="dot-number" x={x} y={y + 5} textAnchor="middle">
              {index + 1}
            </text>
          </g>
        ))}
      </svg>
      <ol className="map-names">
        {places.map(({ name }) => (
          <li key={name}>{name}</li>
        ))}
      </ol>
      {missing > 0 && <Box className="soft">{say("placesMissing")}</Box>}
    </>
  )
}
