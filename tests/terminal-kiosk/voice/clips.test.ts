import { expect, test } from "bun:test"
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { chineseAmount } from "@suyuan/terminal-kiosk/voice/chinese-amount"
import { clips, clipsOf } from "@suyuan/terminal-kiosk/voice/clips"

const folder = join(import.meta.dir, "../../../terminal-kiosk/screens/public/voice")

test("a sentence is joined of its words", () => {
  expect(clipsOf("收款到账 十二元八角")).toEqual(["received", "ten", "2", "yuan", "8", "jiao"])
})

test("no word of any amount is left out", () => {
  for (const fen of [0, 1, 10, 105, 1280, 11_000, 101_005, 1_001_050, 12_345_678, 99_999_999, 10_000_000_001]) {
    const amount = chineseAmount(fen)
    expect(clipsOf(amount)).toHaveLength(amount.length)
  }
})

test("every word has its clip, and all of them together are small", () => {
  const files = Object.values(clips).map((name) => join(folder, `${name}.mp3`))
  expect(files.filter((file) => !existsSync(file))).toEqual([])
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(200_000)
})
