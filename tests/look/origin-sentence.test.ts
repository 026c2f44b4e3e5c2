import { expect, test } from "bun:test"
import { type OriginStatement, originSentence } from "@suyuan/look/origin-sentence"

const hebei = { place: "河北", placeEn: "Hebei" }
const allFrom: OriginStatement = { kind: "all-from", places: ["河北"], placesEn: ["Hebei"], unknownHighPercent: 0 }
const several: OriginStatement = {
  ...allFrom,
  ...{ kind: "one-or-several", places: ["张北基地", "寿光基地"], placesEn: ["Zhangbei base", "Shouguang base"] },
}

test("[RG-19] bases inside one place are counted, and one harvest day is told", () => {
  const two = { ...allFrom, bases: 2 }
  expect(originSentence(two, "zh", "2026-12-08")).toBe("全部来自河北的 2 个基地，12月8日采收")
  expect(originSentence(two, "en", "2026-12-08")).toBe("All from 2 bases in Hebei, harvested 2026-12-08")
  expect(originSentence({ ...allFrom, bases: 1 }, "zh")).toBe("全部来自河北")
  expect(originSentence(allFrom, "en")).toBe("All from Hebei")
})

test("[RG-20] of one or several places the least that is from one of them is told", () => {
  const partly = { ...several, atLeast: { ...hebei, percent: 33 } }
  expect(originSentence(partly, "zh")).toBe("来自以下之一或多处：张北基地、寿光基地；至少 33% 来自河北")
  expect(originSentence(partly, "en")).toBe(
    "From one or more of: Zhangbei base, Shouguang base; at least 33% from Hebei",
  )
})

test("[RG-21] what may be unknown is told with the rest, and where nothing else can be in it no place is", () => {
  const partly: OriginStatement = { ...allFrom, kind: "partly-from", bases: 3, unknownHighPercent: 20 }
  expect(originSentence(partly, "zh")).toBe("已知的全部来自河北的 3 个基地；来源未知最多 20%")
  expect(originSentence({ ...allFrom, kind: "unknown" }, "zh", "2026-12-08")).toBe("来源未知")
})
