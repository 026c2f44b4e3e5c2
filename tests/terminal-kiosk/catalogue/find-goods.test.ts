import { describe, expect, test } from "bun:test"
import { matchesGoods } from "@suyuan/terminal-kiosk/catalogue/find-goods"
import { pinyinInitials } from "@suyuan/terminal-kiosk/catalogue/pinyin-initials"

test.each([
  ["大白菜", "dbc"],
  ["番茄", "fq"],
  ["西葫芦", "xhl"],
  ["鹌鹑蛋", "acd"],
  ["晓蜜25号", "xm25h"],
  ["后肘（去骨）", "hzqg"],
])("%s is found by %s", (name, initials) => {
  expect(pinyinInitials(name)).toBe(initials)
})

describe("what a seller types", () => {
  const cabbage = { number: 3, nameZh: "大白菜", nameEn: "Napa cabbage", synonyms: ["黄芽白"] }

  test.each(["", "3", "d", "dbc", "白菜", "napa", "黄芽"])("%p means cabbage", (typed) => {
    expect(matchesGoods(typed, cabbage)).toBe(true)
  })

  test.each(["4", "bc", "番茄", "dbcx"])("%p does not", (typed) => {
    expect(matchesGoods(typed, cabbage)).toBe(false)
  })
})
