import { expect, test } from "bun:test"
import { drawnPlaces, legsOfWay, mapOfWay, onChineseMap } from "@suyuan/miniprogram/map-of-way"
import type { TraceAnswer } from "@suyuan/miniprogram/origin-words"

type Stop = TraceAnswer["lines"][number]["way"][number]

const stop = (level: number, site: string, place: Stop["place"]): Stop => ({
  ...{
    level,
    site,
    siteEn: site,
    place,
    kind: "base",
    stall: "甲",
    stallNumber: "1",
    arrivedAt: null,
    harvested: false,
    inspections: 0,
  },
})
const zhangbei = { latitude: 41.16, longitude: 114.72 }
const yanqing = { latitude: 40.46, longitude: 115.97 }
const xinfadi = { latitude: 39.81, longitude: 116.33 }
const market = { latitude: 39.9, longitude: 116.4 }
const way = [
  ...[stop(0, "菜市场", market), stop(1, "新发地", xinfadi)],
  ...[stop(2, "张北基地", zhangbei), stop(2, "延庆基地", yanqing), stop(2, "无名基地", null)],
]

test("each place is there once, the fields first; a site that nobody placed is counted, not invented", () => {
  const { places, missing } = mapOfWay([...way, stop(2, "张北基地", zhangbei)])
  expect(places.map(({ name }) => name).sort()).toEqual(["张北基地", "延庆基地", "新发地", "菜市场"].sort())
  expect(places.at(-1)?.name).toBe("菜市场")
  expect(missing).toBe(1)
  expect(mapOfWay([])).toEqual({ places: [], missing: 0 })
})

test("lines go from level to level: the goods of two bases do not travel over one another", () => {
  const legs = legsOfWay(way).map(([from, to]) => `${from.name}→${to.name}`)
  expect(legs.sort()).toEqual(["张北基地→新发地", "延庆基地→新发地", "新发地→菜市场"].sort())
})

test("the platforms' maps of China are shifted by some hundred metres; elsewhere nothing is", () => {
  // Tiananmen, as both systems have it: 39.90734, 116.39089 and 39.90874, 116.39713.
  const shifted = onChineseMap({ name: "a", latitude: 39.907_34, longitude: 116.390_89 })
  expect(Math.abs(shifted.latitude - 39.908_74)).toBeLessThan(0.0001)
  expect(Math.abs(shifted.longitude - 116.397_13)).toBeLessThan(0.0001)
  const paris = { name: "b", latitude: 48.86, longitude: 2.35 }
  expect(onChineseMap(paris)).toEqual(paris)
})

test("drawn places lie inside the picture with north above, one place in its middle", () => {
  const drawn = drawnPlaces(mapOfWay(way).places, 320, 200, 24)
  for (const { x, y } of drawn) {
    expect(x >= 24 && x <= 296 && y >= 24 && y <= 176).toBe(true)
  }
  const at = (name: string) => drawn.find((place) => place.name === name) ?? { x: Number.NaN, y: Number.NaN }
  expect(at("张北基地").y).toBeLessThan(at("菜市场").y)
  expect(at("张北基地").x).toBeLessThan(at("新发地").x)
  expect(drawnPlaces([{ name: "a", ...market }], 320, 200, 24)).toEqual([{ name: "a", x: 160, y: 100 }])
})
