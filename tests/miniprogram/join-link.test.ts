import { expect, test } from "bun:test"
import { joinCodeIn, joinCodeOf } from "@suyuan/miniprogram/join-link"

const gateway = "https://pay.example.cn"
const link = `${gateway}/m/#/pages/join/index?code=`

test("[BY-4] a camera's text is a join code only as our own gateway's link", () => {
  expect(joinCodeIn(`${link}7KQM2X9P`, gateway)).toBe("7KQM2X9P")
  for (const text of [
    "7KQM2X9P",
    link,
    `${link}7KQM2X9`,
    `${link}7KQM2X9P&x=1`,
    `${link}7kqm2x9p`,
    `${link}0O1I2345`,
    `${link}${"7".repeat(400)}`,
    `https://pay.example.cn.evil.example/m/#/pages/join/index?code=7KQM2X9P`,
    `http://pay.example.cn/m/#/pages/join/index?code=7KQM2X9P`,
    `${gateway}/p/7777777777`,
    "",
  ]) {
    expect([text, joinCodeIn(text, gateway)]).toEqual([text, undefined])
  }
})

test("a page's parameter is a code or nothing", () => {
  expect(joinCodeOf("7KQM2X9P")).toBe("7KQM2X9P")
  for (const code of [undefined, "", "7KQM2X9PP", "7KQM 2X9P", "<script>"]) expect(joinCodeOf(code)).toBeUndefined()
})
