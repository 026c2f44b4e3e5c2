// `npm test [-- --stage N] [--long] [part of a path …]`: the stages in order, one set of engines for all, and a last
// line `N passed, N failed`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { dirname, join, resolve } from "node:path"
import chromium from "@sparticuz/chromium"
import { Command, InvalidArgumentError } from "commander"
import { keptMemory } from "./engines/kept-memory"
import { openThrowawayEngines } from "./engines/throwaway"
import { givenSettings } from "./given-settings"
import { buildKiosk } from "./kiosk/build-kiosk"
import { buildMiniprogram, type Target } from "./miniprogram/build-miniprogram"
import { expectedTimes } from "./testing/long-files"
import {
  addTallies,
  describeTimes,
  noTests,
  readBunSummary,
  readFileTimes,
  readMochaSummary,
  slowest,
  type Tally,
} from "./testing/read-results"
import { runBun } from "./testing/run-bun"
import { makeScratch } from "./testing/scratch"
import { isLong, type Stage, stageOf, stages } from "./testing/stages"

const root = resolve(import.meta.dir, "..")
const WORKERS_MAX = 4
/** A test waits for conditions, not for times, so this only ends one that hangs. */
const TEST_MS_MAX = 90_000
const SLOWEST_SHOWN = 10

type Choice = { readonly stages: readonly Stage[]; readonly long: boolean; readonly filters: readonly string[] }

type Manner = Pick<Stage, "isolates" | "workersBeyond">

/** What takes minutes is alone with its processor, and with its modules. */
const alone: Manner = { isolates: true, workersBeyond: 0 }

/** A check counts as one test. */
async function check(name: string, args: readonly string[]): Promise<Tally> {
  const startedMs = performance.now()
  const { exitCode, text } = await runBun(args, { quiet: true })
  if (exitCode !== 0) process.stdout.write(text)
  say(`${exitCode === 0 ? "passed" : "FAILED"}  ${name} (${secondsSince(startedMs)} s)`)
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1 }
}

async function runChecks(): Promise<Tally> {
  return addTallies(
    await Promise.all([
      check("biome: format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]),
      check("tsc: types", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]),
      check("tsc: types of the terminal's screens", [
        ...["node_modules/typescript/bin/tsc", "--noEmit", "-p", "terminal-kiosk/screens"],
      ]),
      check("tsc: types of the buyer's pages", [
        ...["node_modules/typescript/bin/tsc", "--noEmit", "-p", "miniprogram/src"],
      ]),
      check("knip: unused code and dependencies", ["node_modules/knip/bin/knip-bun.js"]),
    ]),
  )
}

async function runContracts(): Promise<Tally> {
  const { exitCode, text } = await runBun(["scripts/check.ts"], { folder: "contracts", quiet: true })
  if (exitCode !== 0) process.stdout.write(text)
  const tally = readMochaSummary(text, exitCode)
  say(`${exitCode === 0 ? "passed" : "FAILED"}  contracts: lint, coverage, types, ${tally.passed} tests`)
  return tally
}

async function runFiles(files: readonly string[], { isolates, workersBeyond }: Manner): Promise<Tally> {
  if (files.length === 0) return noTests
  const [report, times] = [join(scratch, "junit.xml"), join(scratch, "times.json")]
  writeFileSync(times, expectedTimes(files))
  const workers = Math.min(availableParallelism() + workersBeyond, WORKERS_MAX, files.length)
  const { exitCode, text } = await runBun(
    [
      ...["test", `--parallel=${workers}`, ...(isolates ? [] : ["--no-isolate"])],
      ...[`--timeout=${TEST_MS_MAX}`, "--only-failures", `--timings=${times}`],
      ...["--reporter=junit", `--reporter-outfile=${report}`],
      ...files.map((file) => `./tests/${file}`),
    ],
    { environment: { ...keptMemory, ...givenSettings(process.env), TMPDIR: scratch } },
  )
  const taken = existsSync(report) ? readFileTimes(readFileSync(report, "utf8")) : []
  for (const time of slowest(taken, SLOWEST_SHOWN)) say(describeTimes(time))
  return readBunSummary(text, exitCode)
}

function testFiles(): string[] {
  return readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.test\.tsx?$/.test(path))
    .sort()
}

function filesOf(stage: Stage, { long, filters }: Choice): string[] {
  return testFiles().filter(
    (path) =>
      isLong(path) === long &&
      stageOf(path) === stage.number &&
      (filters.length === 0 || filters.some((part) => `tests/${path}`.includes(part))),
  )
}

async function runStage(stage: Stage, choice: Choice): Promise<Tally> {
  const files = filesOf(stage, choice)
  const withChecks = !choice.long && choice.filters.length === 0
  if (files.length === 0 && !withChecks) return noTests
  const startedMs = performance.now()
  say(`\nStage ${stage.number}  ${stage.name}`)
  if (stage.needsEngines && files.length > 0) await ensureEngines()
  if (stage.needsEngines && files.length > 1) await unpackBrowser()
  if (stage.needsPages) await buildPages(files)
  const tallies: Tally[] = []
  if (withChecks && stage.number === 0) tallies.push(await runChecks())
  if (withChecks && stage.number === 1) tallies.push(await runContracts())
  tallies.push(await runFiles(files, choice.long ? alone : stage))
  const tally = addTallies(tallies)
  say(
    `Stage ${stage.number}: ${tally.passed} passed and ${tally.failed} failed in ${secondsSince(startedMs)} s (budget ${stage.budgetSeconds} s)`,
  )
  return tally
}

let engines: Promise<void> | undefined

/** One set for the whole run, handed on by environment variables; see tests/support/engines.ts. */
function ensureEngines(): Promise<void> {
  engines ??= startEngines()
  return engines
}

async function startEngines(): Promise<void> {
  const startedMs = performance.now()
  const throwaway = openThrowawayEngines()
  const [database, broker, chain] = await Promise.all([
    throwaway.startPostgres(),
    throwaway.startBroker(),
    throwaway.startChain(),
  ])
  Object.assign(process.env, {
    TEST_DATABASE_URL: database.url,
    TEST_MQTT_URL: broker.url,
    TEST_MQTT_WS_URL: broker.webSocketUrl,
    TEST_MQTT_TOKEN_SECRET_FILE: throwaway.tokenSecretFile,
    TEST_CHAIN_RPC_URL: chain.url,
  })
  say(`engines: ready in ${secondsSince(startedMs)} s`)
}

/** Before the files that launch it: two that begin at once would write one file over the other's. */
async function unpackBrowser(): Promise<void> {
  if (process.env.CHROMIUM_PATH) return
  const { TMPDIR } = process.env
  process.env.TMPDIR = scratch
  process.env.CHROMIUM_PATH = await chromium.executablePath()
  process.env.TMPDIR = TMPDIR
}

/** Before the files that open them: several files at once would each begin the same builds. One file makes its own. */
async function buildPages(files: readonly string[]): Promise<void> {
  if (files.length < 2) return
  const startedMs = performance.now()
  const isAbout = (folder: string) => files.some((path) => path.startsWith(`${folder}/`))
  const mini = async (...targets: readonly Target[]) => {
    if (isAbout("miniprogram")) for (const target of targets) await buildMiniprogram(target, say)
  }
  const kiosk = async () => void (isAbout("terminal-kiosk") && (await buildKiosk(say)))
  await Promise.all([kiosk().then(() => mini("weapp")), mini("h5", "alipay")])
  say(`pages: built in ${secondsSince(startedMs)} s`)
}

function secondsSince(startedMs: number): string {
  return ((performance.now() - startedMs) / 1_000).toFixed(1)
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}

function stageNumber(text: string): Stage {
  const stage = stages.find(({ number }) => String(number) === text)
  if (stage === undefined) throw new InvalidArgumentError(`One of ${stages.map(({ number }) => number).join(", ")}.`)
  return stage
}

const command = new Command("npm test --")
  .option("--stage <number>", "only this stage", stageNumber)
  .option("--long", "what takes minutes, instead of the rest", false)
  .argument("[part...]", "only test files whose path has one of these parts")
  .parse()
const { stage, long } = command.opts<{ stage?: Stage; long: boolean }>()
const choice = { stages: stage === undefined ? stages : [stage], long, filters: command.args }

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130))

const scratch = makeScratch()
process.env.TMPDIR = dirname(scratch) // the engines are ended, and removed, after this process
const tallies: Tally[] = []
for (const each of choice.stages) tallies.push(await runStage(each, choice))
const total = addTallies(tallies)
say(`\n${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)
