// Everything that must hold in contracts/: lint, line coverage, all tests, types. `bun run check`, about half a minute.
// The coverage run comes first, because it leaves instrumented artifacts that the next run compiles anew.

import { mkdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const lineCoverageMinPercent = 95
/** Tests of the contracts' behaviour; the others read artifacts or gas, which instrumenting changes. */
const coverageTests = ["ParticipantRegistry", "TerminalRegistry", "TraceLedger"].map((name) => `test/${name}.test.ts`)

const folder = fileURLToPath(new URL("..", import.meta.url))
const home = `${folder}cache/home`
mkdirSync(home, { recursive: true })

const hardhat = ["--bun", "node_modules/.bin/hardhat", "test", "mocha"]
run("lint", ["node_modules/.bin/solhint", "--noPoster", "--disc", "--max-warnings", "0", "src/**/*.sol"])
run("coverage", [...hardhat, ...coverageTests, "--coverage"])
requireCoverage(readFileSync(`${folder}coverage/lcov.info`, "utf8"))
run("tests", hardhat)
run("types", ["../node_modules/.bin/tsc", "--noEmit", "-p", "tsconfig.json"])

function run(name: string, args: readonly string[]): void {
  const started = performance.now()
  const { exitCode } = Bun.spawnSync([process.execPath, ...args], {
    cwd: folder,
    // Hardhat makes folders in the user's home otherwise.
    env: { ...process.env, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    stdio: ["ignore", "inherit", "inherit"],
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`contracts ${name}: ${exitCode === 0 ? "passed" : "failed"} in ${seconds} s`)
  if (exitCode !== 0) process.exit(1)
}

/** @param lcov The report of a coverage run: `LF` lines and `LH` lines hit, for each source. */
function requireCoverage(lcov: string): void {
  const sum = (tag: string) =>
    [...lcov.matchAll(new RegExp(`^${tag}:(\\d+)$`, "gm"))].reduce((total, match) => total + Number(match[1]), 0)
  const lines = sum("LF")
  const percent = lines === 0 ? 0 : (100 * sum("LH")) / lines
  console.log(`contracts line coverage: ${percent.toFixed(2)} % of ${lines} lines`)
  if (percent < lineCoverageMinPercent) {
    console.error(`contracts line coverage is below ${lineCoverageMinPercent} %`)
    process.exit(1)
  }
}
