import { expect, test } from "bun:test"
import { rangeText } from "@suyuan/look/origin-bars"
import { type Origin, originBars, originSentence } from "@suyuan/miniprogram/origin-words"

const source = (base: string, mustGrams: number, mayGrams: number, day = "2026-12-08") => ({
  ...{ lotId: base, base, baseEn: "", province: "河北", declaredOrigin: "", harvestedAt: `${day}T01:00:00.000Z` },
  ...{ mustGrams, mayGrams },
})
const origin = (more: Partial<Origin>): Origin => ({
  ...{ kind: "all-from", places: ["河北"], placesEn: ["Hebei"], unknownHighPercent: 0, grams: 1000 },
  ...{ unknown: { mustGrams: 0, mayGrams: 0 }, sources: [source("河北张北基地", 1000, 1000)] },
  ...more,
})

test("the finest statement is one sentence, with the day where there is one day", () => {
  expect(originSentence(origin({}), "zh").text).toBe("全部来自河北，12月8日采收")
  expect(originSentence(origin({}), "en").text).toBe("All from Hebei, harvested 2026-12-08")
  const twoDays = [source("甲", 0, 1000), source("乙", 0, 1000, "2026-12-07")]
  expect(originSentence(origin({ kind: "one-or-several", places: ["甲", "乙"], sources: twoDays }), "zh").text).toBe(
    "来自以下之一或多处：甲、乙",
  )
})

test("in English a place is called by its English name, where it has one", () => {
  const named = origin({
    places: ["张北基地"],
    placesEn: ["Zhangbei base"],
    sources: [{ ...source("张北基地", 1000, 1000), baseEn: "Zhangbei base" }],
  })
  expect(originSentence(named, "en").text).toBe("All from Zhangbei base, harvested 2026-12-08")
  expect(originBars(named, "en")[0]?.label).toBe("Zhangbei base, harvested 2026-12-08")
  expect(originSentence(named, "zh").text).toBe("全部来自张北基地，12月8日采收")
})

test("before eight in the morning it is the market's day already, and a share's day stays what it is", () => {
  const early = { ...source("甲", 1000, 1000), harvestedAt: "2026-12-07T22:30:00.000Z" }
  expect(originSentence(origin({ sources: [early] }), "zh").text).toBe("全部来自河北，12月8日采收")
  expect(originBars(origin({ sources: [early] }), "zh")[0]?.label).toBe("河北 甲，12月8日采收")
  expect(originBars(origin({ sources: [early] }), "zh", "Asia/Kathmandu")[0]?.label).toBe("河北 甲，12月8日采收")
  expect(originBars(origin({ sources: [early] }), "zh", "Europe/Paris")[0]?.label).toBe("河北 甲，12月7日采收")
  const shared = { ...early, harvestedAt: "2026-12-08" }
  expect(originSentence(origin({ sources: [shared] }), "zh").text).toBe("全部来自河北，12月8日采收")
})

test("what may be unknown is said with the rest, and nothing known is called unknown", () => {
  const partly = origin({ kind: "partly-from", unknownHighPercent: 20, unknown: { mustGrams: 0, mayGrams: 200 } })
  expect(originSentence(partly, "zh").text).toContain("；来源未知最多 20%")
  for (const nothing of [null, undefined, origin({ kind: "unknown" })]) {
    expect(originSentence(nothing, "zh")).toEqual({ text: "来源未知", isKnown: false })
  }
})

test("bars never say more than the books: lower bounds down, upper bounds up, the unknown its own bar", () => {
  const mixed = origin({ unknown: { mustGrams: 1, mayGrams: 333 }, sources: [source("乙", 667, 999)] })
  const bars = originBars(mixed, "zh")
  expect(bars.map(({ mustPercent, mayPercent, isUnknown }) => [mustPercent, mayPercent, isUnknown])).toEqual([
    [66, 100, false],
    [0, 34, true],
  ])
  expect(bars[0]?.label).toBe("河北 乙，12月8日采收")
  expect(rangeText({ mustPercent: 66, mayPercent: 100 })).toBe("66%–100%")
  expect(rangeText({ mustPercent: 100, mayPercent: 100 })).toBe("100%")
  expect(originBars({ ...mixed, grams: 0 }, "en")[0]).toMatchObject({ mustPercent: 0, mayPercent: 0 })
})
