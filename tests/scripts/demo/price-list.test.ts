import { expect, test } from "bun:test"
import { readSeed } from "@suyuan/api/catalogue/seed-catalogue"
import { plainName } from "@suyuan/api/catalogue/unmapped-names"
import { type Goods, readCatalogue, readPriceList, readPublishedNames } from "../../../scripts/demo/price-list"
import { readOrigins } from "../../../scripts/demo/provinces"

const catalogue = readCatalogue()
const goods = readPriceList(catalogue)
const named = (name: string): Goods => {
  const found = goods.find(({ nameZh }) => nameZh === name)
  if (found === undefined) throw new Error(name)
  return found
}

test("everything that is sold per 斤 is one commodity, under a code that stays", () => {
  expect(goods).toHaveLength(366)
  expect(new Set(goods.map(({ code }) => code)).size).toBe(366)
  expect(named("杭椒").code).toBe(1001)
  expect(goods.at(-1)?.code).toBe(1366)
  // Per piece, box or bag.
  for (const name of ["鸵鸟蛋", "猪肺", "白玉北豆腐"]) expect(goods.some(({ nameZh }) => nameZh === name)).toBe(false)
})

test("every published name means one commodity, by its name or a synonym, in whatever it is sold", () => {
  const meanings = new Map<string, number[]>()
  for (const { code, nameZh, nameEn, synonyms } of readSeed()) {
    for (const name of [nameZh, nameEn, ...synonyms].map(plainName)) {
      meanings.set(name, [...(meanings.get(name) ?? []), code])
    }
  }
  const published = readPublishedNames()
  expect(published.size).toBe(379)
  const unclear = [...published].filter((name) => meanings.get(plainName(name))?.length !== 1)
  expect(unclear).toEqual([])
  expect(meanings.get("香香内脂豆腐")).toEqual(meanings.get("内酯豆腐"))
})

test("names are short enough for a record, and no two commodities share one", () => {
  const names = catalogue.flatMap(({ nameZh, nameEn }) => [nameZh, nameEn.toLowerCase()])
  expect(new Set(names).size).toBe(names.length)
  for (const { nameZh, nameEn, shelfLifeHours } of catalogue) {
    expect(nameZh.length).toBeLessThanOrEqual(12)
    expect(nameEn.length).toBeLessThanOrEqual(32)
    expect(shelfLifeHours).toBeGreaterThan(0)
  }
})

test("yuan per 斤 become fen per kilogram; retail is the average × 1.4, rounded to ¥0.10 per 斤", () => {
  // 3.5, 3.75 and 4.0 yuan; 3.75 × 1.4 = 5.25, half up 5.3.
  expect(named("杭椒")).toMatchObject({ lowFen: 700, averageFen: 750, retailFen: 1060 })
  for (const { lowFen, averageFen, retailFen } of goods) {
    expect(lowFen).toBeLessThanOrEqual(averageFen)
    expect(retailFen % 20).toBe(0)
    expect(Math.abs(retailFen * 10 - averageFen * 14)).toBeLessThanOrEqual(100)
  }
})

test("origins are provinces, however the list writes them", () => {
  expect(readOrigins("鄂冀川").map(({ name }) => name)).toEqual(["湖北", "河北", "四川"])
  expect(readOrigins("新疆").map(({ name }) => name)).toEqual(["新疆"])
  expect(readOrigins("")).toEqual([])
  expect(() => readOrigins("沪")).toThrow("沪")
  const provinces = new Set(goods.flatMap(({ origins }) => origins))
  expect(provinces.size).toBe(20)
  for (const { regionCode } of provinces) expect(regionCode).toMatch(/^[1-6][0-9]{5}$/)
  expect(goods.filter(({ origins }) => origins.length > 0)).toHaveLength(86)
})
