/** The 5:4 picture that stands beside a shared link: a slip with the bars of its goods, the way, and the seal. */
import { colours } from "@suyuan/look/tokens"
import type { Trace } from "../../trace/read-trace"
import { blankPicture, fillBox, fillDisc, hatchBox, type Pixels, pngOf } from "./pixel-picture"

export const cardSize = { width: 600, height: 480 } as const

const [paper, card, line, leaf, grain, grainInk, chilli] = [0, 1, 2, 3, 4, 5, 6] as const
const palette = [
  colours.paper.light,
  colours.card.light,
  colours.line.light,
  colours.leaf.light,
  colours.grain.light,
  colours["grain-ink"].light,
  colours.chilli.light,
]

const barsMax = 5
const slip = { x: 48, y: 40, width: 504, height: 392 } as const

/** 印 on 16 × 16. */
const seal = [
  "................",
  "......#.........",
  "...###..######..",
  "..#.....#....#..",
  "..#.....#....#..",
  "..#.....#....#..",
  "..#.....#....#..",
  "..#####.#....#..",
  "..#.....#....#..",
  "..#.....#....#..",
  "..#.....#....#..",
  "..#.....#..#.#..",
  "..#####.#...##..",
  "..#.....#....#..",
  "........#.......",
  "................",
]

type Bar = { readonly must: number; readonly may: number; readonly isUnknown: boolean }

/** For a trace as a share shows it: the same for everybody who has its link. */
export function drawShareCard(trace: Trace): Uint8Array<ArrayBuffer> {
  const pixels = blankPicture(cardSize.width, cardSize.height)
  drawSlip(pixels)
  for (const [index, bar] of barsOf(trace).entries()) drawBar(pixels, bar, slip.y + 56 + index * 56)
  drawWay(pixels, trace.levels)
  drawSeal(pixels)
  return pngOf(pixels, palette)
}

/** A slip with the seal alone: what stands in a chat while nothing is drawn of a trace, or nothing can be. */
export function drawPlainCard(): Uint8Array<ArrayBuffer> {
  const pixels = blankPicture(cardSize.width, cardSize.height)
  drawSlip(pixels)
  drawSeal(pixels)
  return pngOf(pixels, palette)
}

function barsOf(trace: Trace): Bar[] {
  const all = trace.lines.flatMap(({ origin }) => {
    if (origin === null || origin.grams === 0) return [{ must: 1, may: 1, isUnknown: true }]
    const share = (range: { mustGrams: number; mayGrams: number }, isUnknown: boolean) => {
      return { must: range.mustGrams / origin.grams, may: range.mayGrams / origin.grams, isUnknown }
    }
    const unknown = origin.unknown.mayGrams === 0 ? [] : [share(origin.unknown, true)]
    return [...origin.sources.map((source) => share(source, false)), ...unknown]
  })
  return all.slice(0, barsMax)
}

/** Paper with a torn edge. */
function drawSlip(pixels: Pixels): void {
  fillBox(pixels, paper, 0, 0, cardSize.width, cardSize.height)
  fillBox(pixels, line, slip.x - 2, slip.y - 2, slip.width + 4, slip.height + 4)
  fillBox(pixels, card, slip.x, slip.y, slip.width, slip.height)
  for (let x = slip.x; x < slip.x + slip.width; x += 24) {
    fillDisc(pixels, paper, x + 12, slip.y + slip.height + 4, 10)
  }
}

/** Solid is certain, hatched is possible, dots are unknown, the larger ones certainly so: as on the pages. */
function drawBar(pixels: Pixels, { must, may, isUnknown }: Bar, y: number): void {
  const [x, width, height] = [slip.x + 80, 300, 28]
  fillBox(pixels, line, x - 2, y - 2, width + 4, height + 4)
  fillBox(pixels, paper, x, y, width, height)
  if (!isUnknown) {
    hatchBox(pixels, leaf, x, y, width * may, height)
    fillBox(pixels, leaf, x, y, width * must, height)
    return
  }
  for (let dot = 8; dot < width * may; dot += 16) {
    const [colour, radius] = dot < width * must ? [grainInk, 6] : [grain, 4]
    fillDisc(pixels, colour, x + dot, y + height / 2, radius)
  }
}

/** A line from the field to me, one stop a trade. */
function drawWay(pixels: Pixels, levels: number): void {
  const stops = Math.max(2, Math.min(levels + 1, 6))
  const [x, top, bottom] = [slip.x + 36, slip.y + 56, slip.y + slip.height - 56]
  fillBox(pixels, leaf, x - 3, top, 6, bottom - top)
  for (let stop = 0; stop < stops; stop += 1) {
    const y = top + ((bottom - top) * stop) / (stops - 1)
    fillDisc(pixels, leaf, x, y, 12)
    if (stop < stops - 1) fillDisc(pixels, card, x, y, 7)
  }
}

function drawSeal(pixels: Pixels): void {
  const [x, y, side, dot] = [slip.x + slip.width - 120, slip.y + slip.height - 132, 104, 5]
  fillBox(pixels, chilli, x, y, side, side)
  fillBox(pixels, card, x + 5, y + 5, side - 10, side - 10)
  for (const [row, dots] of seal.entries()) {
    for (const [column, mark] of [...dots].entries()) {
      if (mark === "#") fillBox(pixels, chilli, x + 12 + column * dot, y + 12 + row * dot, dot, dot)
    }
  }
}
