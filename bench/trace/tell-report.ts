// The judgement in words and columns, for whoever runs `npm run simulate`.

import type { Broken } from "./judge-broken"
import type { ClearingReport } from "./judge-clearing"
import type { HabitReport, KeptTooLong } from "./judge-world"
import { GROUPINGS } from "./range-books"

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function ratio(value: number): string {
  return value.toFixed(2)
}

function columns(cells: readonly string[]): string {
  const [first = "", ...rest] = cells
  return `  ${first.padEnd(18)}${rest.map((cell) => cell.padStart(14)).join("")}`
}

export function describeHabit(report: HabitReport): string {
  const { habit, days, records, lots, complete, certain, late } = report
  const { base, wholesaler, stall } = complete.byLevel
  return [
    `${habit}: ${days} days, ${lots} lots, ${records} records, ${complete.bags} sales`,
    `  complete books     ${complete.covered} of ${complete.bags} sales inside every range (${base.bags} of bases, ${wholesaler.bags} of wholesalers, ${stall.bags} of stalls)`,
    `  late books         ${late.records} messages, ${late.isSame ? "exactly the same" : "DIFFERENT"}`,
    ...[report.missing, report.offBook, report.careless].map(describeBroken),
    describeKeptTooLong(report.keptTooLong),
    "",
    columns(["what is certain", ...GROUPINGS]),
    columns(["a part", ...GROUPINGS.map((grouping) => percent(certain.partly[grouping]))]),
    columns(["all of it", ...GROUPINGS.map((grouping) => percent(certain.wholly[grouping]))]),
    columns(["mean width", ...GROUPINGS.map((grouping) => percent(complete.meanWidth[grouping]))]),
    `  something finer than "unknown" is certain for ${percent(certain.anything)} of the bags`,
    "",
    ...describeMethods(report),
    "",
  ].join("\n")
}

function describeBroken(broken: Broken): string {
  const { kind, covered, bags, lostRecords, falseRevealed, falseUnnoticed, saidAtNoon, recalls } = broken
  const wrong = `${bags - covered} of ${bags} sales false (${falseRevealed} where a shortfall showed, ${falseUnnoticed} unnoticed)`
  const atNoon = `as known at noon ${saidAtNoon.false} of ${saidAtNoon.sales}`
  const recalled = `recall ÷ truth ${ratio(recalls.scopeToTruth)}, ÷ window ${ratio(recalls.scopeToWindow)}, missed ${recalls.missedSales}`
  return `  ${`${kind} books`.padEnd(18)} ${lostRecords} records lost: ${wrong}; ${atNoon}; ${recalled}`
}

function describeKeptTooLong({ bags, covered, soldOver, recalls }: KeptTooLong): string {
  const wrong = `${bags - covered} of ${bags} sales false, recall missed ${recalls.missedSales}`
  return `  kept too long      ${soldOver} sales held goods beyond their shelf life: ${wrong} (the window ${recalls.missedByWindow}), ÷ window ${ratio(recalls.scopeToWindow)}`
}

function describeMethods({ methods, window, commodities }: HabitReport): string[] {
  const { fromHarvest, fromArrival } = window
  const sums = [...methods, { method: "window", ...fromHarvest }, { method: "window, arrival", ...fromArrival }]
  return [
    columns(["recall of each lot", "÷ truth", "÷ window", "missed", "share error", "right"]),
    ...sums.map((sum) => {
      const shares = "rightShare" in sum ? [percent(sum.expectedShareError), percent(sum.rightShare)] : ["–", "–"]
      return columns([sum.method, ratio(sum.scopeToTruth), ratio(sum.scopeToWindow), `${sum.missedSales}`, ...shares])
    }),
    ...commodities.map((one) => {
      return columns([
        `ours, ${one.commodity}`,
        ratio(one.scopeToTruth),
        ratio(one.scopeToWindow),
        `${one.missedSales}`,
      ])
    }),
  ]
}

export function describeClearing(reports: readonly ClearingReport[]): string {
  const rows = reports.map(({ factor, certain, methods }) => {
    const ours = methods.find(({ method }) => method === "ours")!
    return columns([percent(factor), percent(certain.anything), ratio(ours.scopeToTruth), ratio(ours.scopeToWindow)])
  })
  const habit = reports[0]?.habit ?? ""
  return [columns([`clearing, ${habit}`, "certain", "÷ truth", "÷ window"]), ...rows].join("\n")
}
