/** Paints a drawing on a canvas: the few things of it that WeChat, Alipay and browsers all have. */
import { fontStack } from "@suyuan/look/tokens"
import type { Drawing, Stroke } from "./share-card"

export interface Brush<Image> {
  fillStyle: unknown
  font: string
  fillRect(x: number, y: number, width: number, height: number): void
  beginPath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  fill(): void
  fillText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
  drawImage(image: Image, x: number, y: number, width: number, height: number): void
}

/** @param load gives a picture that is there; what it rejects with, this does */
export async function paint<Image>(
  brush: Brush<Image>,
  drawing: Drawing,
  load: (source: string) => Promise<Image>,
): Promise<void> {
  for (const stroke of drawing.strokes) {
    if (stroke.kind === "picture") {
      brush.drawImage(await load(stroke.source), stroke.x, stroke.y, stroke.width, stroke.height)
      continue
    }
    brush.fillStyle = stroke.colour
    if (stroke.kind === "box") brush.fillRect(stroke.x, stroke.y, stroke.width, stroke.height)
    else if (stroke.kind === "hatch") paintHatch(brush, stroke)
    else if (stroke.kind === "disc") paintDisc(brush, stroke)
    else paintText(brush, stroke)
  }
}

const stripe = { width: 3, step: 9 } as const

/** Each stripe leans by the box's height; what of the last ones would stand beside the box is cut off. */
function paintHatch<Image>(brush: Brush<Image>, { x, y, width, height }: Extract<Stroke, { kind: "hatch" }>): void {
  const inside = (given: number) => Math.min(x + width, Math.max(x, given))
  for (let foot = x - height; foot < x + width; foot += stripe.step) {
    brush.beginPath()
    brush.moveTo(inside(foot), y + height)
    brush.lineTo(inside(foot + stripe.width), y + height)
    brush.lineTo(inside(foot + stripe.width + height), y)
    brush.lineTo(inside(foot + height), y)
    brush.fill()
  }
}

function paintDisc<Image>(brush: Brush<Image>, { x, y, radius }: Extract<Stroke, { kind: "disc" }>): void {
  brush.beginPath()
  brush.arc(x, y, radius, 0, 2 * Math.PI)
  brush.fill()
}

function paintText<Image>(brush: Brush<Image>, stroke: Extract<Stroke, { kind: "text" }>): void {
  brush.font = `${stroke.isBold ? "bold " : ""}${stroke.size}px ${fontStack}`
  const fits = (text: string) => brush.measureText(text).width <= stroke.width
  for (const [index, line] of brokenLines(stroke.text, stroke.lines, fits).entries()) {
    brush.fillText(line, stroke.x, stroke.y + index * stroke.size * 1.35)
  }
}

/** Chinese has no spaces to break at: a line ends where it is full. The last one that is too long ends in `…`. */
export function brokenLines(text: string, most: number, fits: (text: string) => boolean): string[] {
  const lines: string[] = []
  let rest = [...text]
  while (rest.length > 0 && lines.length < most) {
    const isLast = lines.length === most - 1
    let count = rest.length
    const lineOf = (length: number) => rest.slice(0, length).join("") + (isLast && length < rest.length ? "…" : "")
    while (count > 1 && !fits(lineOf(count))) count -= 1
    lines.push(lineOf(count).trim())
    rest = rest.slice(count)
  }
  return lines
}
