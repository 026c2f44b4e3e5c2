// `npm run demo [-- --sales N --seed S --json]`: a whole market day from real prices to verified traces, compressed into
// a minute or two, on engines and a data directory of its own that are gone afterwards.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command, InvalidArgumentError } from "commander"
import { openDataDirectory } from "./data-directory"
import { runDay } from "./demo/run-day"
import { say } from "./demo/tell"
import { readKey } from "./engines/keys"
import { readLogFrom } from "./engines/read-log"
import { awaitStopRequest } from "./stop-request"
import { startSupervisor } from "./supervisor"

const LOG_LINES_SHOWN = 20
const LOG_LINE_SHOWN = 2_000
const SALES_MIN = 10
const SALES_MAX = 20_000

/** What a person's shell may hand to the engines: nothing that names another database, broker, chain or platform. */
const KEPT_VARIABLES = ["PATH", "HOME", "USER", "TMPDIR", "TMP", "TEMP", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"]

/** The day is played faster than a day, from one address. */
const DAY_SETTINGS = { REQUESTS_PER_MINUTE: "1000000", LEDGER_BATCH_AGE_MS: "1500", GATEWAY_LOG_LEVEL: "warn" }

function wholeNumber(low: number, high: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`)
  }
}

const options = new Command("npm run demo --")
  .description("Plays a market day from real prices on throwaway engines, and checks what became of it.")
  .option("--sales <number>", "how many sales, of all levels", wholeNumber(SALES_MIN, SALES_MAX), 120)
  .option("--seed <number>", "the same seed plays the same day", wholeNumber(0, 0xffff_ffff), 1)
  .option("--json", "print the day's figures as JSON in the last line", false)
  .parse()
  .opts<{ sales: number; seed: number; json: boolean }>()

const asked = awaitStopRequest(say)
const beganAtMs = performance.now()
const directoryPath = mkdtempSync(join(tmpdir(), "suyuan-demo-"))
const stopped = new Promise<never>((_, reject) => {
  asked.addEventListener("abort", () => reject(new Error("stopped")))
})
stopped.catch(() => {})

async function run(): Promise<number> {
  const environment = {
    ...Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name]])),
    ...DAY_SETTINGS,
  }
  say("溯源 Suyuan：一个市场日 · a market day")
  say(
    "演示：零售价为模拟（均价 × 1.4，取整到 ¥0.10/斤），钱是假的 · Demonstration: retail prices are simulated, play money",
  )
  say(`2021-12-10 新发地批发价 · Xinfadi wholesale prices; ${options.sales} sales, seed ${options.seed}\n`)
  const supervisor = await startSupervisor({
    directory: openDataDirectory(directoryPath),
    environment,
    throwaway: true,
    signal: asked,
    report: say,
  })
  try {
    const { gatewayUrl, sandboxUrl, gatewaySettings } = supervisor
    if (sandboxUrl === undefined) throw new Error("the demonstration needs the payment sandbox")
    const day = runDay({
      ...{ gatewayUrl, sandboxUrl, directory: directoryPath, sales: options.sales, seed: options.seed },
      operatorToken: readKey(gatewaySettings.ADMIN_TOKEN_FILE ?? ""),
      chainRpcUrl: gatewaySettings.CHAIN_RPC_URLS?.split(",")[0] ?? "",
      deploymentText: readFileSync(gatewaySettings.CHAIN_DEPLOYMENT_FILE ?? "", "utf8"),
    })
    day.catch(() => {}) // When it is stopped it fails after nobody asks any more.
    const failed = supervisor.failed.then((error) => Promise.reject(error))
    failed.catch(() => {})
    const { figures, isGood } = await Promise.race([day, stopped, failed])
    const seconds = Number(((performance.now() - beganAtMs) / 1000).toFixed(1))
    await supervisor.stop()
    if (options.json) say(JSON.stringify({ ...figures, seconds, moneyAddsUp: figures.moneyAddsUp }))
    return isGood ? 0 : 1
  } finally {
    await supervisor.stop()
  }
}

/** The directory goes, so what the gateway said last is told here. */
function endOfLog(): string {
  const file = join(directoryPath, "logs", "gateway.log")
  if (!existsSync(file)) return ""
  const lines = readLogFrom(file, 0).trimEnd().split("\n").slice(-LOG_LINES_SHOWN)
  return `The gateway's log ends:\n${lines.map((line) => line.slice(0, LOG_LINE_SHOWN)).join("\n")}`
}

let exitCode = 1
try {
  exitCode = await run()
} catch (error) {
  if (asked.aborted) exitCode = 130
  else process.stderr.write(`${error}\n${(error as Error).stack ?? ""}\n${endOfLog()}\n`)
} finally {
  rmSync(directoryPath, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
process.exit(exitCode)
