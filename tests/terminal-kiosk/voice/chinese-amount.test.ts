import { expect, test } from "bun:test"
import { chineseAmount } from "@suyuan/terminal-kiosk/voice/chinese-amount"

test.each([
  [1280, "十二元八角"],
  [1, "一分"],
  [10, "一角"],
  [105, "一元零五分"],
  [1000, "十元"],
  [10_100, "一百零一元"],
  [11_000, "一百一十元"],
  [100_000, "一千元"],
  [101_005, "一千零一十元零五分"],
  [1_000_000, "一万元"],
  [1_001_050, "一万零一十元五角"],
  [12_345_678, "十二万三千四百五十六元七角八分"],
  [0, "零元"],
])("%i fen: %s", (fen, words) => {
  expect(chineseAmount(fen)).toBe(words)
})
