import { colourOf, escaped, framed, PLOT, px, roundedUp, text, yOf } from "./draw-frame"

export interface Series {
  readonly name: string
  /** Which of the colours; the next one when left out. */
  readonly colour?: number
  /** One value a group. */
  readonly values: readonly number[]
}

export interface Bars {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly groups: readonly string[]
  readonly series: readonly Series[]
  /** A round number above everything when left out. */
  readonly yMax?: number
}

const GAP_SHARE = 0.2

export function groupedBars(bars: Bars): string {
  const { groups, series } = bars
  const yMax = bars.yMax ?? roundedUp(Math.max(...series.flatMap(({ values }) => values)))
  const groupWidth = (PLOT.right - PLOT.left) / groups.length
  const barWidth = (groupWidth * (1 - GAP_SHARE)) / series.length
  const startOf = (group: number) => PLOT.left + group * groupWidth + (groupWidth * GAP_SHARE) / 2
  const colours = series.map(({ colour }, index) => colourOf(colour ?? index))
  const body = series.flatMap(({ name, values }, index) =>
    values.flatMap((value, group) => {
      const x = startOf(group) + index * barWidth
      return bar({ x, barWidth, value, yMax, colour: colours[index]!, name: `${groups[group]}, ${name}` })
    }),
  )
  const labels = groups.map((group, index) => {
    return text(PLOT.left + (index + 0.5) * groupWidth, PLOT.bottom + 22, group, 'text-anchor="middle"')
  })
  return framed({ ...bars, yMax, legend: series.map(({ name }, index) => ({ name, colour: colours[index]! })) }, [
    ...body,
    ...labels,
  ])
}

interface Bar {
  readonly x: number
  readonly barWidth: number
  readonly value: number
  readonly yMax: number
  readonly colour: string
  readonly name: string
}

/** With its value on top: also a bar of zero is then seen. */
function bar({ x, barWidth, value, yMax, colour, name }: Bar): string[] {
  const y = yOf(value, yMax)
  const shown = shownValue(value)
  const size = `width="${px(barWidth - 2)}" height="${px(PLOT.bottom - y)}"`
  return [
    `<rect x="${px(x)}" y="${px(y)}" ${size} fill="${colour}"><title>${escaped(`${name}: ${shown}`)}</title></rect>`,
    text(x + barWidth / 2 - 1, y - 4, shown, 'text-anchor="middle" font-size="11"'),
  ]
}

function shownValue(value: number): string {
  if (value === 0 || value >= 10) return value.toFixed(0)
  return value < 0.05 ? "<0.1" : value.toFixed(1)
}
