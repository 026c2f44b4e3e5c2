// What a shared trace looks like as a picture, and what is never on it.
import { expect, test } from "bun:test"
import { colours } from "@suyuan/look/tokens"
import type { Origin, TraceAnswer } from "@suyuan/miniprogram/origin-words"
import { type Brush, brokenLines, paint } from "@suyuan/miniprogram/paint"
import { shareCard, sharePoster, shareTitle } from "@suyuan/miniprogram/share-card"

const source = {
  ...{
    lotId: "lot-1",
    base: "张北基地",
    baseEn: "Zhangbei base",
    province: "河北",
    declaredOrigin: "",
    harvestedAt: "2026-12-08T01:23:45.000Z",
  },
  ...{ mustGrams: 12_345, mayGrams: 12_345 },
}
const origin: Origin = {
  ...{
    kind: "all-from",
    places: ["河北张北基地"],
    placesEn: ["Zhangbei base"],
    unknownHighPercent: 0,
    grams: 12_345,
    sources: [source],
  },
  unknown: { mustGrams: 0, mayGrams: 0 },
}
/** As its payer sees it: with everything that a share must not show. */
const trace = {
  ...{ recordId: "ab".repeat(16), recordState: "confirmed", development: true, state: "paid", levels: 2 },
  stall: {
    name: "王记蔬菜",
    number: "A-12",
    site: "张家湾菜市场",
    siteEn: "Zhangjiawan market",
    zone: "Asia/Shanghai",
    photo: null,
  },
  ...{ soldAt: "2026-12-09T02:34:56.000Z", amountFen: 7381, originStatements: [] },
  lines: [
    {
      ...{ name: "大白菜", nameEn: "Chinese cabbage", grams: 12_345, certificates: 0, coverage: null },
      ...{ inspections: [], way: [] },
      origin,
    },
  ],
} as unknown as TraceAnswer

const textsOf = (drawing: ReturnType<typeof shareCard>) =>
  drawing.strokes.flatMap((stroke) => (stroke.kind === "text" ? [stroke.text] : [])).join("\n")

test("the card is 5:4 and says what, whence and from which stall; a poster has the code besides", () => {
  const card = shareCard(trace, "zh")
  expect(card.width / card.height).toBe(5 / 4)
  for (const words of ["大白菜", "全部来自", "王记蔬菜", "2026-12-09", "100%"]) expect(textsOf(card)).toContain(words)
  expect(textsOf(shareCard(trace, "en"))).toContain("Chinese cabbage")
  const poster = sharePoster(trace, "zh", "/shares/x/code")
  expect(poster.strokes.filter(({ kind }) => kind === "picture")).toHaveLength(1)
  expect(shareTitle(trace, "zh")).toBe("大白菜 · 它从哪里来")
})

test("what is certain is solid, what is possible hatched, what is unknown dotted, each as wide as the books say", () => {
  const unknown = { mustGrams: 3086, mayGrams: 6173 }
  const open: Origin = { ...origin, sources: [{ ...source, mustGrams: 6173 }], unknown, unknownHighPercent: 51 }
  const { strokes } = shareCard(
    { ...trace, lines: [{ ...trace.lines[0]!, origin: open }] } as unknown as TraceAnswer,
    "zh",
  )
  const bars = strokes.filter((stroke) => "colour" in stroke && stroke.kind !== "text" && stroke.x === 36)
  expect(bars.flatMap((stroke) => ("width" in stroke ? [[stroke.kind, stroke.width]] : []))).toEqual([
    ["box", 428],
    ["hatch", 428],
    ["box", (428 * 50) / 100],
    ["box", 428],
  ])
  const dots = strokes.filter((stroke) => stroke.kind === "disc" && stroke.radius < 9)
  expect(dots).toHaveLength(21)
  expect(dots.filter((stroke) => "colour" in stroke && stroke.colour === colours["grain-ink"].light)).toHaveLength(10)
})

test("stripes stay inside their box, and a narrow one has some, too", async () => {
  const points: [number, number][] = []
  const put = (x: number, y: number) => void points.push([x, y])
  const brush = { ...{ beginPath() {}, fill() {} }, moveTo: put, lineTo: put } as unknown as Brush<string>
  for (const width of [2, 200]) {
    points.length = 0
    const box = { kind: "hatch", x: 36, y: 100, width, height: 14, colour: "#000000" } as const
    await paint(brush, { width: 500, height: 400, strokes: [box] }, async (given) => given)
    expect(points.length).toBeGreaterThan(0)
    for (const [x, y] of points) expect([x >= 36, x <= 36 + width, y === 100 || y === 114]).toEqual([true, true, true])
  }
})

test("neither price, weight, time of day nor record number is on it", () => {
  for (const language of ["zh", "en"] as const) {
    const texts = textsOf(sharePoster(trace, language, ""))
    expect(texts).not.toMatch(/73\.?81|12\.?345|\d\d:\d\d|abab|¥|克|斤/)
  }
})

test("nothing is drawn beside the paper, and colours are the look's own", () => {
  const known = new Set<string>(Object.values(colours).map(({ light }) => light))
  const drawing = sharePoster(trace, "zh", "")
  for (const stroke of drawing.strokes) {
    if ("colour" in stroke) expect(known.has(stroke.colour)).toBe(true)
    if ("width" in stroke) expect(stroke.x + stroke.width).toBeLessThanOrEqual(drawing.width)
  }
})

test("what is too long is broken where the line is full, and the last line is cut with a sign", () => {
  const fits = (text: string) => [...text].length <= 6
  expect(brokenLines("全部来自河北张北基地", 2, fits)).toEqual(["全部来自河北", "张北基地"])
  expect(brokenLines("全部来自河北的两个基地之一", 2, fits)).toEqual(["全部来自河北", "的两个基地…"])
  expect(brokenLines("", 2, fits)).toEqual([])
})

test("every stroke is painted, and a picture that does not come stops it", async () => {
  const calls: string[] = []
  const brush = {
    ...{ fillStyle: "", font: "", moveTo() {}, lineTo() {} },
    ...{ fillRect: () => calls.push("box"), beginPath: () => {}, arc: () => {}, fill: () => calls.push("disc") },
    ...{ fillText: (text: string) => calls.push(text), measureText: (text: string) => ({ width: text.length * 10 }) },
    drawImage: () => calls.push("picture"),
  } as unknown as Brush<string>
  await paint(brush, sharePoster(trace, "zh", "code"), async (given) => given)
  expect(calls.filter((call) => call === "picture")).toHaveLength(1)
  expect(calls).toContain("印")
  const missing = paint(brush, sharePoster(trace, "zh", "code"), () => Promise.reject(new Error("gone")))
  expect(await missing.catch((error: Error) => error.message)).toBe("gone")
})
