import { expect, test } from "bun:test"
import { regionOf } from "@suyuan/api/trace/region"

test("a code is told by its province and county", () => {
  expect(regionOf("130722")).toEqual({ province: "河北", provinceEn: "Hebei", county: "张北县" })
  expect(regionOf("110115")).toEqual({ province: "北京", provinceEn: "Beijing", county: "大兴区" })
  expect(regionOf("429004")).toEqual({ province: "湖北", provinceEn: "Hubei", county: "仙桃市" })
})

test("a code that names a city has no county but the city, and one that names less has none", () => {
  expect(regionOf("130700").county).toBe("张家口市")
  for (const code of ["130000", "130101", "469000", "139999", "13"]) expect(regionOf(code).county).toBeUndefined()
  expect(regionOf("990000")).toEqual({ province: "990000", provinceEn: "990000" })
})
