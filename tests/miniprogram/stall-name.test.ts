import { expect, test } from "bun:test"
import { hasNumber, stallName } from "@suyuan/miniprogram/stall-name"
import { weightText } from "@suyuan/miniprogram/weights"

test("a stall's number is said once, where its name says it already", () => {
  expect(stallName({ name: "B-07 摊", number: "B-07" })).toBe("B-07 摊")
  expect(stallName({ name: "甲摊", number: "B-07" })).toBe("甲摊 B-07")
  expect([hasNumber({ name: "甲摊", number: "" }), hasNumber({ name: "甲摊", number: "B-07" })]).toEqual([true, false])
})

test("a weight is in jin for who reads Chinese, no gram lost", () => {
  expect([weightText(650, "zh"), weightText(650, "en"), weightText(1001, "zh")]).toEqual([
    "1.3 斤",
    "0.65 kg",
    "2.002 斤",
  ])
})
