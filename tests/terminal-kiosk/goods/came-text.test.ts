import { expect, test } from "bun:test"
import { type TerminalWord, terminalWords } from "@suyuan/look/terminal-words"
import { declaredOf } from "../../../terminal-kiosk/screens/goods/came-text"

const say = (word: TerminalWord) => terminalWords[word].zh
const came = (origin: Parameters<typeof declaredOf>[0]["origin"]) => ({
  seller: { name: "七号大棚", stallNumber: "B-07", site: "张北蔬菜基地", siteEn: "Zhangbei base" },
  origin,
  certificates: [],
})

test("goods from the own wallet are offered with the origin that the books are certain of, and with no more", () => {
  const places = ["张北蔬菜基地", "寿光蔬菜基地"]
  const rows = [
    [{ kind: "all-from", places: ["张北蔬菜基地"], unknownHighPercent: 0 }, "张北蔬菜基地"],
    [{ kind: "one-or-several", places, unknownHighPercent: 0 }, "来自以下之一或多处 张北蔬菜基地、寿光蔬菜基地"],
    [
      { kind: "partly-from", places: ["张北蔬菜基地"], unknownHighPercent: 20 },
      "已知的全部来自 张北蔬菜基地 · 来源未知最多 20%",
    ],
    [{ kind: "unknown", places: [], unknownHighPercent: 100 }, ""],
    // More than a tile may say.
    [{ kind: "one-or-several", places: places.concat(Array(10).fill("又一处基地")), unknownHighPercent: 0 }, ""],
  ] as const
  for (const [origin, declared] of rows) expect(declaredOf(came(origin), say)).toBe(declared)
})
