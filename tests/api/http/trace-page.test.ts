// What a trace looks like where no script runs: the plain page and the picture beside a shared link.
import { expect, test } from "bun:test"
import { inflateSync } from "node:zlib"
import { drawShareCard } from "../../../api/src/http/pages/share-card"
import { TracePage } from "../../../api/src/http/pages/trace-page"

const source = {
  ...{ lotId: "lot-1", base: "张北基地", baseEn: "Zhangbei base", province: "河北", declaredOrigin: "" },
  ...{ harvestedAt: "2026-12-08", mustGrams: 667, mayGrams: 999 },
}
const origin = {
  ...{ kind: "partly-from", places: ["河北张北基地"], placesEn: ["Zhangbei base"], unknownHighPercent: 34 },
  ...{ grams: 1000, sources: [source], unknown: { mustGrams: 1, mayGrams: 333 } },
}
const share = (mustPercent: number, mayPercent: number) => ({ mustPercent, mayPercent })
const tested = {
  ...{ recordId: "1", standard: "GB/T 5009.199", inhibitionPermille: 120, limitPermille: 500, conclusion: "passed" },
  testedAt: "2026-12-09",
}
const stop = {
  ...{ level: 1, site: "新发地", siteEn: "Xinfadi", kind: "wholesale", stall: "李记", stallNumber: "B-3", place: null },
  ...{ arrivedAt: "2026-12-09", harvested: false, inspections: 2 },
}
const trace = {
  ...{ recordId: "ab".repeat(16), recordState: "confirmed", development: true, soldAt: "2026-12-10", levels: 2 },
  stall: {
    ...{ name: "王记", number: "A-12", site: "东市", siteEn: "East market" },
    zone: "Asia/Shanghai",
    photo: null,
  },
  ...{ amountFen: null, state: "paid", originStatements: ["1"] },
  lines: [
    {
      ...{
        name: "大白菜",
        nameEn: "Chinese cabbage",
        grams: null,
        recalls: [],
        chosenLot: null,
        certificates: 1,
        way: [stop],
        origin,
      },
      ...{
        inspections: [tested],
        coverage: { tested: share(40, 100), failed: share(0, 0), certified: share(100, 100) },
      },
    },
  ],
} as unknown as Parameters<typeof TracePage>[0]["trace"]

const pageIn = (language: "zh" | "en") => String(TracePage({ trace, path: "/t/1", language, nonce: "n" }))

test("bars say no more than the books: lower bounds down, upper bounds up, and what is unknown has a bar of its own", () => {
  const html = pageIn("zh")
  for (const words of ["66%–100% 河北 张北基地，12月8日采收", "0%–34% 来源未知"]) expect(html).toContain(`>${words}<`)
  expect(pageIn("en")).toContain(">66%–100% Zhangbei base, harvested 2026-12-08<")
})

test("what is certain, possible and unknown differ by more than a colour, and a legend says which is which", () => {
  const html = pageIn("zh")
  const used = [...html.matchAll(/fill="url\(#([\w-]+)\)" width="(\d+%)"/g)].map(([, id, width]) => [id, width])
  expect(used).toEqual([
    ["bar-possible", "100%"],
    ["bar-certain", "66%"],
    ["bar-unknown", "34%"],
    ["bar-surely-unknown", "0%"],
  ])
  for (const [id] of used) expect(html.split(`<pattern id="${id}"`)).toHaveLength(2)
  expect(html).toContain("实心＝确定有；斜纹＝最多可能有；点状＝来源未知")
})

test("how much of the goods is covered by tests and certificates is told, and where on the way they were tested", () => {
  const html = pageIn("zh")
  for (const words of ["本批货中 40%–100% 经快检", "本批货中 100% 有合格证", "快检 × 2"]) expect(html).toContain(words)
})

test("the way goes from the first known stop to the buyer, each with its day", () => {
  const stops = [...pageIn("zh").matchAll(/<li>(.*?)<\/li>/gs)].map(([, stop = ""]) => stop.replaceAll(/<[^>]*>/g, " "))
  expect(stops).toEqual([expect.stringMatching(/新发地.*2026-12-09/s), expect.stringMatching(/买家.*2026-12-10/s)])
})

test("on the picture of a link, too, what is only possible is striped and what is unknown dotted", () => {
  const png = Buffer.from(drawShareCard(trace))
  const [width, paletteAt, dataAt] = [png.readUInt32BE(16), png.indexOf("PLTE"), png.indexOf("IDAT")]
  const rows = inflateSync(png.subarray(dataAt + 4, dataAt + 4 + png.readUInt32BE(dataAt - 4)))
  const colourAt = (x: number, y: number) => {
    const index = rows[y * (width + 1) + 1 + x] ?? 0
    return png.subarray(paletteAt + 4 + 3 * index, paletteAt + 7 + 3 * index).toString("hex")
  }
  const coloursIn = (y: number, from: number, to: number) =>
    new Set(Array.from({ length: to - from }, (_, at) => colourAt(from + at, y)))
  const [leaf, grain, paper] = ["2e7d46", "b7791f", "fbfaf5"]
  // The bars begin at 128 and are 300 wide.
  expect(coloursIn(110, 128, 128 + 200)).toEqual(new Set([leaf]))
  expect(coloursIn(110, 128 + 204, 128 + 296)).toEqual(new Set([leaf, paper]))
  expect(coloursIn(166, 128, 128 + 90)).toEqual(new Set([paper, grain]))
  expect(coloursIn(166, 128 + 110, 128 + 290)).toEqual(new Set([paper]))
})
