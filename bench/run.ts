// `npm run bench [-- --json] [--only NAME] [--quick] [--seconds S]`: a line that names the machine, then the figures.
// Each figure has its file here, which says what it measures and the least that it could be; how far we are from it stands
// in docs/performance.md.
import { Command, InvalidArgumentError } from "commander"
import { alarmsJudgeDay } from "./alarms-judge-day"
import { balanceMarketDay } from "./balance-market-day"
import { cityPerSale } from "./city-per-sale"
import { closeKeptProvince } from "./data/kept-province"
import { describeRequired, type Figure, type Reading, type Run, reaches } from "./figure"
import { kioskColdStart } from "./kiosk-cold-start"
import { kioskDecodeRate } from "./kiosk-decode-rate"
import { kioskInteraction } from "./kiosk-interaction"
import { kioskSaleJs } from "./kiosk-sale-js"
import { kioskSettleToCode } from "./kiosk-settle-to-code"
import { kioskSync500 } from "./kiosk-sync500"
import { ledgerGasOverCalldataFloor } from "./ledger-gas-over-calldata-floor"
import { ledgerGasVsStruct } from "./ledger-gas-vs-struct"
import { closeTradedMarket } from "./market/traded-market"
import { describeMachine } from "./measure/machine"
import { miniAlipayRaw } from "./mini-alipay-raw"
import { miniH5JsGzip } from "./mini-h5-js-gzip"
import { miniPayPageScript } from "./mini-pay-page-script"
import { miniPayReadableCold } from "./mini-pay-readable-cold"
import { miniPayReadableWarm } from "./mini-pay-readable-warm"
import { miniTraceLongTask } from "./mini-trace-long-task"
import { miniVerify } from "./mini-verify"
import { miniWeappRaw } from "./mini-weapp-raw"
import { paycodeModules } from "./paycode-modules"
import { paycodeVerify } from "./paycode-verify"
import { proofVerify } from "./proof-verify"
import { recallP9910m } from "./recall-p99-10m"
import { scanP99 } from "./scan-p99"
import { storagePerTrade } from "./storage-per-trade"
import { traceApply } from "./trace-apply"
import { traceApplyStored } from "./trace-apply-stored"
import { traceCertain } from "./trace-certain"
import { traceCoverage } from "./trace-coverage"
import { traceLate } from "./trace-late"
import { traceP99 } from "./trace-p99"
import { traceP9910m } from "./trace-p99-10m"
import { traceRecallMissed } from "./trace-recall-missed"
import { traceRecallNarrowing } from "./trace-recall-narrowing"
import { tradeToAnchored } from "./trade-to-anchored"

const figures: readonly Figure[] = [
  paycodeVerify,
  paycodeModules,
  ledgerGasOverCalldataFloor,
  ledgerGasVsStruct,
  proofVerify,
  traceCoverage,
  traceCertain,
  traceRecallMissed,
  traceRecallNarrowing,
  traceApply,
  kioskDecodeRate,
  kioskSaleJs,
  kioskSettleToCode,
  kioskColdStart,
  kioskInteraction,
  kioskSync500,
  miniWeappRaw,
  miniAlipayRaw,
  miniH5JsGzip,
  miniPayPageScript,
  miniPayReadableCold,
  miniPayReadableWarm,
  miniVerify,
  miniTraceLongTask,
  scanP99,
  traceP99,
  traceApplyStored,
  balanceMarketDay,
  alarmsJudgeDay,
  traceLate,
  traceP9910m,
  recallP9910m,
  tradeToAnchored,
  cityPerSale,
  storagePerTrade,
]

const QUICK_FACTOR = 0.1
const QUICK_SECONDS_MIN = 2

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError("a number above 0, please.")
  return value
}

function chosen(only: readonly string[]): readonly Figure[] {
  const known = (name: string) => figures.filter((figure) => figure.name === name || figure.name.startsWith(`${name}.`))
  for (const name of only) {
    if (known(name).length > 0) continue
    throw new InvalidArgumentError(`no figure ${name}; there are ${figures.map((figure) => figure.name).join(", ")}.`)
  }
  return only.length === 0
    ? figures.filter(isReady)
    : figures.filter((figure) => only.some((name) => known(name).includes(figure)))
}

/** What needs data that nobody built is measured when it is asked for by name, and says what is missing. */
function isReady({ name, needs }: Figure): boolean {
  if (needs === undefined || needs.isThere()) return true
  process.stderr.write(`${name} is left out: ${needs.from} first.\n`)
  return false
}

function asText(figure: Figure, { name, value, unit, n }: Reading): string {
  const verdict =
    name === figure.name ? `  ${describeRequired(figure)}  ${reaches(figure, value) ? "reached" : "MISSED"}` : ""
  return `${name.padEnd(28)} ${String(value).padStart(12)} ${unit}  (n ${n})${verdict}`
}

const program = new Command("npm run bench --")
  .option("--json", "one line of JSON a figure")
  .option("--only <name>", "this figure, or all that begin with it; may be repeated", collect, [])
  .option("--quick", "a tenth of the time: to see that it runs, not for the record")
  .option("--seconds <s>", "of steady measuring, instead of each figure's own", positive)
program.parse()
const options = program.opts<{ json?: boolean; only: string[]; quick?: boolean; seconds?: number }>()

function collect(name: string, before: readonly string[]): string[] {
  return [...before, name]
}

const run: Run = {
  quick: options.quick ?? false,
  seconds: (full) => options.seconds ?? (options.quick ? Math.max(QUICK_SECONDS_MIN, full * QUICK_FACTOR) : full),
  say: (sentence) => process.stderr.write(`  ${sentence}\n`),
}

print(describeMachine())
process.once("SIGTERM", () => process.exit(143))
for (const figure of chosen(options.only)) {
  try {
    for (const reading of await figure.measure(run)) {
      print(options.json ? JSON.stringify(reading) : asText(figure, reading))
    }
  } catch (error) {
    process.stderr.write(`${figure.name} was not measured: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}
await closeTradedMarket()
await closeKeptProvince()
// Engines that a figure's market has started end with this process.
process.exit()
