import { expect, test } from "bun:test"
import { findPurchases } from "@suyuan/miniprogram/find-purchases"

const purchase = (name: string, nameEn: string, number: string) => ({
  stall: { number, name: "甲摊", site: "东市", siteEn: "East market" },
  lines: [{ name, nameEn }],
})
const cabbage = purchase("大白菜", "Napa cabbage", "A-12")
const pepper = purchase("杭椒", "Hang pepper", "B-3")

test("finds by goods in either language, by stall and by market, every word of what was typed", () => {
  const found = (wanted: string) => findPurchases([cabbage, pepper], wanted)
  expect(found("白菜")).toEqual([cabbage])
  expect(found(" PEPPER b-3 ")).toEqual([pepper])
  expect(found("east")).toEqual([cabbage, pepper])
  expect(found("")).toEqual([cabbage, pepper])
  expect(found("白菜 b-3")).toEqual([])
})
