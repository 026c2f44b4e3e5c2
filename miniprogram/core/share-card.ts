/**
 * What a shared trace looks like as a picture: a 5:4 card for chats and the timeline, and a poster with a code. Pure: what
 * to draw, not how. Neither price, weight, time nor record number is in it, whatever the trace says.
 */

import { type OriginBar, rangeText } from "@suyuan/look/origin-bars"
import { colours } from "@suyuan/look/tokens"
import { tracePageWords } from "@suyuan/look/trace-page-words"
import { marketDay } from "./market-day"
import { type Language, originBars, originSentence, type TraceAnswer } from "./origin-words"

export type Stroke =
  | ({
      readonly kind: "box"
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
    } & Coloured)
  /** Slanting stripes inside a box. */
  | ({
      readonly kind: "hatch"
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
    } & Coloured)
  | ({ readonly kind: "disc"; readonly x: number; readonly y: number; readonly radius: number } & Coloured)
  /** `y` is the baseline; what is longer than `width` is broken, at most `lines` times, then cut. */
  | ({
      readonly kind: "text"
      readonly x: number
      readonly y: number
      readonly size: number
      readonly isBold?: boolean
      readonly width: number
      readonly lines: number
      readonly text: string
    } & Coloured)
  | {
      readonly kind: "picture"
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly source: string
    }

type Coloured = { readonly colour: string }

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly strokes: readonly Stroke[]
}

/** Printed and sent on: always as in daylight. */
const ink = Object.fromEntries(Object.entries(colours).map(([name, { light }]) => [name, light])) as Record<
  keyof typeof colours,
  string
>

const card = { width: 500, height: 400 } as const
const poster = { width: 500, height: 640, codeSide: 180 } as const
const margin = 36
const barsMax = 3
const barHeight = 14
const dotStep = 10

/** Names of the goods: the title of a share everywhere. */
export function shareTitle(trace: TraceAnswer, language: Language): string {
  const names = trace.lines.map((line) => (language === "zh" ? line.name : line.nameEn) ?? "").filter((name) => name)
  const [comma, dot] = language === "zh" ? ["、", " · "] : [", ", " · "]
  return [names.join(comma), tracePageWords.whereFrom[language]].filter((part) => part !== "").join(dot)
}

export function shareCard(trace: TraceAnswer, language: Language): Drawing {
  return { ...card, strokes: [...paper(card), ...content(trace, language)] }
}

/** @param codeSource address of the platform's code that opens the share */
export function sharePoster(trace: TraceAnswer, language: Language, codeSource: string): Drawing {
  const { codeSide: side } = poster
  const y = card.height
  const code: Stroke[] = [
    { kind: "picture", x: margin, y, width: side, height: side, source: codeSource },
    {
      ...{ kind: "text", x: margin + side + 24, y: y + 80, size: 24, isBold: true, lines: 3 },
      ...{ width: poster.width - side - 2 * margin - 24, colour: ink.ink, text: tracePageWords.scanToSee[language] },
    },
  ]
  return {
    width: poster.width,
    height: poster.height,
    strokes: [...paper(poster), ...content(trace, language), ...code],
  }
}

function paper({ width, height }: { readonly width: number; readonly height: number }): Stroke[] {
  const teeth = Array.from(
    { length: Math.ceil(width / 24) },
    (_, i): Stroke => ({ kind: "disc", x: i * 24 + 12, y: height - 10, radius: 9, colour: ink.paper }),
  )
  return [
    { kind: "box", x: 0, y: 0, width, height, colour: ink.paper },
    { kind: "box", x: 14, y: 14, width: width - 28, height: height - 28, colour: ink.card },
    ...teeth,
  ]
}

function content(trace: TraceAnswer, language: Language): Stroke[] {
  const width = card.width - 2 * margin
  const text = (
    y: number,
    size: number,
    words: string,
    more: Partial<Extract<Stroke, { kind: "text" }>> = {},
  ): Stroke => ({
    ...{ kind: "text", x: margin, y, size, width, lines: 1, colour: ink.ink, text: words },
    ...more,
  })
  const [first] = trace.lines
  const { text: finest, isKnown } = originSentence(first?.origin, language, trace.stall.zone)
  const bars = first?.origin ? originBars(first.origin, language, trace.stall.zone).slice(0, barsMax) : []
  const site = language === "zh" ? trace.stall.site : trace.stall.siteEn
  return [
    text(76, 34, shareTitle(trace, language), { isBold: true, width: width - 90 }),
    text(116, 22, `${trace.stall.name} · ${site} · ${marketDay(trace.soldAt, trace.stall.zone)}`, {
      ...{ colour: ink["ink-soft"], width: width - 90 },
    }),
    text(164, 26, finest, { isBold: true, lines: 2, colour: isKnown ? ink.ink : ink["grain-ink"] }),
    ...bars.flatMap((bar, index): Stroke[] => {
      const y = 224 + index * 44
      return [
        { kind: "box", x: margin, y, width, height: barHeight, colour: ink["ink-soft"] },
        { kind: "box", x: margin + 1, y: y + 1, width: width - 2, height: barHeight - 2, colour: ink.paper },
        ...(bar.isUnknown ? unknownPart(bar, y, width) : knownPart(bar, y, width)),
        text(y + 34, 18, `${rangeText(bar)} ${bar.label}`, { colour: ink["ink-soft"] }),
      ]
    }),
    ...seal(card.width - margin - 72, 40),
  ]
}

/** Solid is certain, hatched is possible, as on the pages. */
function knownPart({ mustPercent, mayPercent }: OriginBar, y: number, width: number): Stroke[] {
  const place = { x: margin, y, height: barHeight, colour: ink.leaf }
  return [
    { kind: "hatch", ...place, width: (width * mayPercent) / 100 },
    { kind: "box", ...place, width: (width * mustPercent) / 100 },
  ]
}

/** Dots, the larger ones where it is certain that nothing is known. */
function unknownPart({ mustPercent, mayPercent }: OriginBar, y: number, width: number): Stroke[] {
  const dots = Math.floor((width * mayPercent) / 100 / dotStep)
  return Array.from({ length: dots }, (_, dot): Stroke => {
    const isCertain = (dot + 1) * dotStep <= (width * mustPercent) / 100
    const look = isCertain ? { radius: 4, colour: ink["grain-ink"] } : { radius: 2.5, colour: ink.grain }
    return { kind: "disc", x: margin + (dot + 0.5) * dotStep, y: y + barHeight / 2, ...look }
  })
}

function seal(x: number, y: number): Stroke[] {
  return [
    { kind: "box", x, y, width: 72, height: 72, colour: ink.chilli },
    { kind: "box", x: x + 4, y: y + 4, width: 64, height: 64, colour: ink.card },
    { kind: "text", x: x + 14, y: y + 52, size: 44, isBold: true, width: 60, lines: 1, colour: ink.chilli, text: "印" },
  ]
}
