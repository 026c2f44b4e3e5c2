import { colourOf, framed, PLOT, px, roundedUp, text, yOf } from "./draw-frame"

interface Point {
  readonly x: number
  readonly y: number
}

export interface Lines {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** From left to right; all over the same span. */
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[]
}

const INSET = 24

export function lines(plot: Lines): string {
  const { series } = plot
  const yMax = roundedUp(Math.max(...series.flatMap(({ points }) => points.map(({ y }) => y))))
  const xs = series[0]?.points.map(({ x }) => x) ?? []
  const [first, last] = [Math.min(...xs), Math.max(...xs)]
  const xOf = (x: number) => PLOT.left + INSET + ((x - first) / (last - first)) * (PLOT.right - PLOT.left - 2 * INSET)
  const body = series.flatMap(({ points }, index) => {
    const placed = points.map(({ x, y }) => ({ x: xOf(x), y: yOf(y, yMax), value: y }))
    const path = placed.map(({ x, y }) => `${px(x)},${px(y)}`).join(" ")
    return [
      `<polyline points="${path}" fill="none" stroke="${colourOf(index)}" stroke-width="2.5"/>`,
      ...placed.flatMap(({ x, y, value }) => [
        `<circle cx="${px(x)}" cy="${px(y)}" r="4" fill="${colourOf(index)}"/>`,
        text(x, y + labelOffset(index), value.toFixed(0), 'text-anchor="middle" font-size="12"'),
      ]),
    ]
  })
  const labels = xs.map((x) => text(xOf(x), PLOT.bottom + 22, x.toFixed(0), 'text-anchor="middle"'))
  return framed({ ...plot, yMax, legend: series.map(({ name }, index) => ({ name, colour: colourOf(index) })) }, [
    ...body,
    ...labels,
  ])
}

/** Above the first line and below the second: where they meet both can be read. */
function labelOffset(index: number): number {
  return index % 2 === 0 ? -9 : 20
}
