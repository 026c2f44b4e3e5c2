// Axes, title and legend that all plots share. Colours are legible on white and on black, and differ in lightness too.
const WIDTH = 760
const HEIGHT = 420
export const PLOT = { left: 70, right: 740, top: 110, bottom: 350 } as const
const TICKS = 5
/** A legend of long names has two columns, else three. */
const LONG_NAME_LETTERS = 24

const COLOURS = ["#0b7a4b", "#d97706", "#7c3aed", "#64748b", "#0284c7", "#be123c"] as const

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]!
}

/** A round number that nothing goes beyond. */
export function roundedUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-6)))
  return [1, 1.25, 1.5, 2, 2.5, 5, 10].map((step) => step * power).find((value) => value >= most)!
}

export function yOf(value: number, yMax: number): number {
  return PLOT.bottom - (Math.min(value, yMax) / yMax) * (PLOT.bottom - PLOT.top)
}

export function px(value: number): string {
  return value.toFixed(1)
}

export function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escaped(content)}</text>`
}

export interface Frame {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly yMax: number
  readonly legend: readonly { readonly name: string; readonly colour: string }[]
}

export function framed({ title, xLabel, yLabel, yMax, legend }: Frame, body: readonly string[]): string {
  const middleY = (PLOT.top + PLOT.bottom) / 2
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    "<style>",
    "  svg { background: #ffffff; font: 14px system-ui, sans-serif } text { fill: #1f2937 } .grid { stroke: #d1d5db }",
    "  @media (prefers-color-scheme: dark) {",
    "    svg { background: #0d1117 } text { fill: #e5e7eb } .grid { stroke: #374151 }",
    "  }",
    "</style>",
    text(PLOT.left, 26, title, 'font-size="17" font-weight="600"'),
    ...legendOf(legend),
    ...Array.from({ length: TICKS + 1 }, (_, tick) => gridLine((yMax * tick) / TICKS, yMax)),
    text(0, 0, yLabel, `text-anchor="middle" transform="translate(18 ${middleY}) rotate(-90)"`),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 14, xLabel, 'text-anchor="middle"'),
    ...body,
    "</svg>",
  ]
  return `${parts.join("\n")}\n`
}

function legendOf(legend: Frame["legend"]): string[] {
  const columns = legend.some(({ name }) => name.length > LONG_NAME_LETTERS) ? 2 : 3
  return legend.flatMap(({ name, colour }, index) => {
    const x = PLOT.left + (index % columns) * ((PLOT.right - PLOT.left) / columns)
    const y = 44 + Math.floor(index / columns) * 20
    return [
      `<rect x="${px(x)}" y="${y}" width="12" height="12" fill="${colour}"/>`,
      text(x + 18, y + 11, name, 'font-size="13"'),
    ]
  })
}

function gridLine(value: number, yMax: number): string {
  const y = px(yOf(value, yMax))
  const label = text(PLOT.left - 8, yOf(value, yMax) + 5, String(Number(value.toFixed(2))), 'text-anchor="end"')
  return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>${label}`
}
