// The plots of docs/trace.md, as SVG without a script, for light and dark pages.
import { mkdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { groupedBars } from "./draw-bars"
import { lines } from "./draw-lines"
import type { ClearingReport } from "./judge-clearing"
import type { Teller } from "./judge-methods"
import type { HabitReport } from "./judge-world"
import { GROUPINGS } from "./range-books"

const folder = resolve(import.meta.dir, "../../docs/images/trace")

/** A method has the same colour in all plots. */
const NAMES: Readonly<Record<Teller, string>> = {
  ours: "ranges",
  fifo: "first in, first out",
  lifo: "last in, first out",
  "equal-in-window": "equal in window",
  proportional: "proportional",
}
const WINDOW_COLOUR = Object.keys(NAMES).length

type Reports = readonly HabitReport[]

/** @returns the files that it wrote */
export function writePlots(reports: Reports, clearing: readonly ClearingReport[]): string[] {
  mkdirSync(folder, { recursive: true })
  const plots = {
    "coverage.svg": coverage(reports),
    "certain.svg": certain(reports),
    "recall-scope.svg": recallScope(reports),
    "recall-missed.svg": recallMissed(reports),
    "share-error.svg": shareError(reports),
    "clearing.svg": whatClearingDoes(clearing),
  }
  return Object.entries(plots).map(([name, svg]) => {
    const path = join(folder, name)
    writeFileSync(path, svg)
    return path
  })
}

function tellers(reports: Reports): Teller[] {
  return reports[0]?.methods.map(({ method }) => method) ?? []
}

function perHabit(reports: Reports, of: (report: HabitReport) => number) {
  return reports.map(of)
}

function perMethod(reports: Reports, of: (method: HabitReport["methods"][number], report: HabitReport) => number) {
  return tellers(reports).map((teller, index) => ({
    name: NAMES[teller],
    colour: index,
    values: perHabit(reports, (report) => of(report.methods[index]!, report)),
  }))
}

function habits(reports: Reports): string[] {
  return reports.map(({ habit }) => habit)
}

function coverage(reports: Reports): string {
  const covered = ({ complete }: HabitReport) => (100 * complete.covered) / complete.bags
  return groupedBars({
    title: "Bags that hold what was said of them",
    yLabel: "% of bags",
    xLabel: "how sellers take goods from the pile",
    groups: habits(reports),
    series: perMethod(reports, ({ method, rightShare }, report) => {
      return method === "ours" ? covered(report) : 100 * rightShare
    }),
    yMax: 100,
  })
}

function certain(reports: Reports): string {
  return groupedBars({
    title: "Bags of which something is certain",
    yLabel: "% of bags sold to consumers",
    xLabel: "counted by",
    groups: GROUPINGS,
    series: reports.map(({ habit, certain: { partly } }) => ({
      name: habit,
      values: GROUPINGS.map((grouping) => 100 * partly[grouping]),
    })),
    yMax: 100,
  })
}

function recallScope(reports: Reports): string {
  const window = {
    name: "shelf-life window",
    colour: WINDOW_COLOUR,
    values: perHabit(reports, (report) => report.window.fromHarvest.scopeToTruth),
  }
  const shown = perMethod(reports, ({ scopeToTruth }) => scopeToTruth)
  return groupedBars({
    title: "Sales that a recall reaches, for each one that is affected",
    yLabel: "sales in scope ÷ sales affected",
    xLabel: "how sellers take goods from the pile",
    groups: habits(reports),
    series: [...shown.filter(({ name }) => name !== NAMES["equal-in-window"]), window],
  })
}

function recallMissed(reports: Reports): string {
  return groupedBars({
    title: "Affected sales that a recall misses",
    yLabel: "% of affected sales, all levels",
    xLabel: "how sellers take goods from the pile",
    groups: habits(reports),
    series: perMethod(reports, ({ missedSales, affectedSales }) => (100 * missedSales) / affectedSales),
  })
}

function shareError(reports: Reports): string {
  return groupedBars({
    title: "Part of a bag that is expected from a wrong lot",
    yLabel: "% of the bag's weight, mean",
    xLabel: "how sellers take goods from the pile",
    groups: habits(reports),
    series: perMethod(reports, ({ expectedShareError }) => 100 * expectedShareError),
    yMax: 100,
  })
}

function whatClearingDoes(clearing: readonly ClearingReport[]): string {
  const at = (of: (report: ClearingReport) => number) =>
    clearing.map((report) => ({ x: 100 * report.factor, y: 100 * of(report) }))
  const ours = ({ methods }: ClearingReport) => methods.find(({ method }) => method === "ours")!.scopeToWindow
  return lines({
    title: "What an empty pile is worth",
    xLabel: "how often piles are cleared, % of the world's own",
    yLabel: "%",
    series: [
      { name: "bags of which something is certain", points: at(({ certain: { anything } }) => anything) },
      { name: "recall scope ÷ shelf-life window", points: at(ours) },
    ],
  })
}
