import { describe, expect, test } from "bun:test"
import { matchesGoods } from "@suyuan/terminal-kiosk/catalogue/find-goods"

describe("what a seller types", () => {
  const cabbage = { number: 3, nameZh: "大白菜", nameEn: "Napa cabbage", synonyms: ["黄芽白"], initials: "dbc" }

  test.each(["", "3", "d", "dbc", "白菜", "napa", "黄芽"])("%p means cabbage", (typed) => {
    expect(matchesGoods(typed, cabbage)).toBe(true)
  })

  test.each(["4", "bc", "番茄", "dbcx"])("%p does not", (typed) => {
    expect(matchesGoods(typed, cabbage)).toBe(false)
  })
})
