import { expect, test } from "bun:test"
import { findPurchases } from "@suyuan/miniprogram/find-purchases"

const purchase = (name: string, nameEn: string, number: string, settledAt = "2026-12-08T01:00:00Z") => ({
  settledAt,
  stall: { number, name: "甲摊", site: "东市", siteEn: "East market", zone: "Asia/Shanghai" },
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

test("finds by the market's day, however it is written; an evening's purchase is of its own day there", () => {
  const evening = purchase("大白菜", "Napa cabbage", "A-12", "2026-12-07T17:30:00Z")
  const before = purchase("大白菜", "Napa cabbage", "A-12", "2026-11-08T01:00:00Z")
  const found = (wanted: string) => findPurchases([evening, before], wanted)
  for (const day of ["2026-12-08", "12-08", "12-8", "12.8", "12/8", "12月8日", "2026年12月8日 白菜"]) {
    expect(found(day)).toEqual([evening])
  }
  expect(found("2026-12-07")).toEqual([])
  expect(found("08")).toEqual([evening, before])
})
