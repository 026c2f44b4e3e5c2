// `npm run bench:data [-- --trades N]`: builds a province with so many trades in `.suyuan/bench-data`, by COPY and the
// product's own engine, for the figures that are about size (in another `--directory` none of them finds it). Then compares
// what is remembered of some of them with what their whole history says.
import { Command, InvalidArgumentError } from "commander"
import { buildProvince, closeKeptProvince, keptProvince, provinceDirectory } from "./data/kept-province"
import { spotCheck } from "./data/spot-check"

const checkedTraces = 40

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number above 0, please.")
  return value
}

const { trades, directory } = new Command("npm run bench:data --")
  .option("--trades <number>", "about how many", whole, 10_000_000)
  .option("--directory <path>", "where", provinceDirectory)
  .parse()
  .opts<{ trades: number; directory: string }>()

const say = (sentence: string) => void process.stdout.write(`${sentence}\n`)
const run = { quick: false, seconds: (full: number) => full, say }

const built = await buildProvince(run, trades, directory)
say(JSON.stringify(built))
try {
  const { line } = await keptProvince(run, directory)
  const checked = await spotCheck(line, checkedTraces)
  say(`${checked} traces are the same, line for line, without anything that is remembered.`)
} finally {
  await closeKeptProvince()
}
