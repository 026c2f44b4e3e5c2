// `npm run simulate -- [--json] [--plots] [--seed N] [--days N] [--habit NAME] [--world FILE]`: plays the committed world
// (bench/trace/world.json) item by item in each habit, keeps its books, and judges what the trace engine and four other
// methods say about every sale. docs/trace.md tells what it shows.
import { readFileSync } from "node:fs"
import { Command, InvalidArgumentError, Option } from "commander"
import { writePlots } from "../bench/trace/draw-plots"
import { judgeClearing } from "../bench/trace/judge-clearing"
import { judgeHabit } from "../bench/trace/judge-world"
import { describeClearing, describeHabit } from "../bench/trace/tell-report"
import { committedWorld, DAYS_MAX, HABITS, type Habit, parseWorld, type World } from "../bench/trace/world"

const SEED_MAX = 0xffff_ffff
const failed = 1

function wholeNumber(low: number, high: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`)
  }
}

function worldIn(path: string): World {
  try {
    return parseWorld(JSON.parse(readFileSync(path, "utf8")))
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

const options = new Command("npm run simulate --")
  .description("A market of single items with known origins, and what can be said about its bags from the books.")
  .option("--json", "print everything as one line of JSON", false)
  .option("--plots", "draw the plots of docs/trace.md anew", false)
  .option("--seed <number>", "the same seed plays the same days", wholeNumber(0, SEED_MAX), 1)
  .option("--days <number>", "instead of the world's own", wholeNumber(1, DAYS_MAX))
  .addOption(new Option("--habit <name>", "only this one of the world's").choices(HABITS))
  .option("--world <file>", "another world, in the form of bench/trace/world.json", worldIn)
  .parse()
  .opts<{ json: boolean; plots: boolean; seed: number; days?: number; habit?: Habit; world?: World }>()

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

const given = options.world ?? committedWorld
const world = { ...given, days: options.days ?? given.days }
const reports = (options.habit ? [options.habit] : world.habits).map((habit) => {
  const report = judgeHabit(world, habit, options.seed)
  if (!options.json) print(describeHabit(report))
  return report
})
const clearing = judgeClearing(world, options.habit ?? "mixed", options.seed)
if (options.json) print(JSON.stringify({ seed: options.seed, days: world.days, habits: reports, clearing }))
else print(describeClearing(clearing))
if (options.plots) for (const path of writePlots(reports, clearing)) process.stderr.write(`${path}\n`)

/** Whole books must never be wrong: whoever runs this in a check hears of it. */
const isWrong = reports.some(({ complete, late, missing, methods }) => {
  const ours = methods.find(({ method }) => method === "ours")
  const isMissed = ours === undefined || ours.missedSales + missing.recalls.missedSales + missing.narrowerSales > 0
  return complete.covered !== complete.bags || missing.covered !== missing.bags || !late.isSame || isMissed
})
if (isWrong) process.exitCode = failed
