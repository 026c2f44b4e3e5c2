/** The way of some goods as places on a map: each place once, from the field to me, and a line through them. */
import type { TraceAnswer } from "./origin-words"

type Stop = TraceAnswer["lines"][number]["way"][number]

export interface Place {
  readonly name: string
  /** Degrees, WGS 84. */
  readonly latitude: number
  readonly longitude: number
}

export interface WayMap {
  readonly places: readonly Place[]
  /** Sites whose place nobody has entered. */
  readonly missing: number
}

/** @param way of one line, from the stall back to the fields */
export function mapOfWay(way: readonly Stop[]): WayMap {
  const names = new Map<string, Stop>()
  // The furthest back first; several bases of one level stand side by side in the trace and one after the other here.
  for (const stop of [...way].reverse()) if (stop.site !== null) names.set(stop.site, stop)
  const stops = [...names.values()]
  const places = stops.flatMap(({ site, place }) => (place === null ? [] : [{ name: site ?? "", ...place }]))
  return { places, missing: stops.length - places.length }
}

/** Lines from each place to the ones of the next level: goods of two bases do not travel over one another. */
export function legsOfWay(way: readonly Stop[]): readonly (readonly [Place, Place])[] {
  const levels = new Set(way.map(({ level }) => level))
  const placesAt = (wanted: number) => mapOfWay(way.filter(({ level }) => level === wanted)).places
  const legs = [...levels].flatMap((level) =>
    placesAt(level + 1).flatMap((from) => placesAt(level).map((to) => [from, to] as const)),
  )
  return legs.filter(([from, to]) => from.name !== to.name)
}

const boundary = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 } as const
const radiusMetres = 6_378_245
const eccentricitySquared = 0.006_693_421_622_965_943

/**
 * WeChat's and Alipay's maps draw China by GCJ-02, which is some hundred metres off. By the formula that everybody uses;
 * good to a few metres.
 */
export function onChineseMap({ name, latitude, longitude }: Place): Place {
  const { west, east, south, north } = boundary
  if (longitude < west || longitude > east || latitude < south || latitude > north) return { name, latitude, longitude }
  const [x, y] = [longitude - 105, latitude - 35]
  const radians = (latitude / 180) * Math.PI
  const magic = 1 - eccentricitySquared * Math.sin(radians) ** 2
  const perLatitude = (radiusMetres * (1 - eccentricitySquared) * Math.PI) / (180 * magic * Math.sqrt(magic))
  const perLongitude = (radiusMetres * Math.cos(radians) * Math.PI) / (180 * Math.sqrt(magic))
  return {
    name,
    latitude: latitude + northShift(x, y) / perLatitude,
    longitude: longitude + eastShift(x, y) / perLongitude,
  }
}

const wave = (value: number, parts: readonly (readonly [number, number])[]) =>
  parts.reduce((sum, [amplitude, frequency]) => sum + (amplitude * 2 * Math.sin(value * frequency * Math.PI)) / 3, 0)

function northShift(x: number, y: number): number {
  const plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  const short = wave(x, [
    [20, 6],
    [20, 2],
  ])
  const long = wave(y, [
    [20, 1],
    [40, 1 / 3],
    [160, 1 / 12],
    [320, 1 / 30],
  ])
  return plane + short + long
}

function eastShift(x: number, y: number): number {
  const plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  const waves = wave(x, [
    [20, 6],
    [20, 2],
    [20, 1],
    [40, 1 / 3],
    [150, 1 / 12],
    [300, 1 / 30],
  ])
  return plane + waves
}

export interface DrawnPlace {
  readonly name: string
  readonly x: number
  readonly y: number
}

/** Where places stand in a picture of that size, north above; borders are nobody's to draw here. */
export function drawnPlaces(places: readonly Place[], width: number, height: number, margin: number): DrawnPlace[] {
  const middle = places.reduce((sum, { latitude }) => sum + latitude, 0) / Math.max(1, places.length)
  const narrowed = Math.cos((middle / 180) * Math.PI)
  const flat = places.map(({ name, latitude, longitude }) => ({ name, x: longitude * narrowed, y: -latitude }))
  const [xs, ys] = [flat.map(({ x }) => x), flat.map(({ y }) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top]
  const [roomX, roomY] = [width - 2 * margin, height - 2 * margin]
  const scale = Math.min(roomX / Math.max(wide, 1e-6), roomY / Math.max(high, 1e-6))
  const [spareX, spareY] = [(roomX - wide * scale) / 2, (roomY - high * scale) / 2]
  return flat.map(({ name, x, y }) => ({
    name,
    x: Math.round(margin + spareX + (x - left) * scale),
    y: Math.round(margin + spareY + (y - top) * scale),
  }))
}
