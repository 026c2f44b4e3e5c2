// `npm run profile [-- --seconds S]`: where the time of `trade.toAnchored` goes, per record. Three views of one run:
// processor time of the gateway by stage and by function (a sampling profiler in the process), time of the database by
// statement (pg_stat_statements), and what the gateway's connections were seen doing (pg_stat_activity, sampled), which
// is the waiting. Looking costs time itself: the figure is measured by `npm run bench`, not here.
import { copyFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Context } from "@suyuan/api/context"
import { Command } from "commander"
import type { Installation } from "./installation"
import { byFunction, byStage, type CpuProfile } from "./measure/gateway-profile"
import { describeMachine } from "./measure/machine"
import { measureTrades, type TradeRun } from "./trade-to-anchored"

const sampleEveryMs = 20
const statementsShown = 25
const functionsShown = 40
const profileMsMax = 30_000

type Statement = {
  readonly query: string
  readonly calls: number
  readonly rows: number
  readonly executing: number
  readonly planning: number
}

type Seen = { readonly samples: number; readonly doing: ReadonlyMap<string, number> }

function print(text = ""): void {
  process.stdout.write(`${text}\n`)
}

const program = new Command("npm run profile --")
  .option("--seconds <s>", "of measuring", Number, 15)
  .option("--keep <file>", "the gateway's profile, for a viewer of .cpuprofile files")
program.parse()
const { seconds, keep } = program.opts<{ seconds: number; keep?: string }>()

let line: Installation | undefined
let profile: CpuProfile | undefined
let statements: Statement[] = []
let seen: Seen = { samples: 0, doing: new Map() }
let watching: ReturnType<typeof watchConnections> | undefined

async function begin(installation: Installation): Promise<void> {
  line = installation
  const { sql } = installation.ctx
  await sql`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`
  await sql`SELECT pg_stat_statements_reset()`
  signal(installation)
  watching = watchConnections(installation.ctx)
}

async function end(): Promise<void> {
  if (!line || !watching) throw new Error("it has not begun")
  seen = await watching.stop()
  signal(line)
  statements = await line.ctx.sql<Statement[]>`
    SELECT query, calls::int, rows::int, total_exec_time AS executing, total_plan_time AS planning
    FROM pg_stat_statements ORDER BY total_exec_time + total_plan_time DESC LIMIT ${statementsShown}`
  const file = join(line.directory, "gateway.cpuprofile")
  const untilMs = performance.now() + profileMsMax
  while (!existsSync(file) && performance.now() < untilMs) await Bun.sleep(sampleEveryMs)
  profile = JSON.parse(readFileSync(file, "utf8")) as CpuProfile
  if (keep) copyFileSync(file, keep)
}

function signal(installation: Installation): void {
  const pid = installation.processIds().get("gateway")
  if (pid === undefined) throw new Error("the gateway does not run")
  process.kill(pid, "SIGUSR2")
}

/** Looks again and again at what the gateway's connections do, or wait for, and after which statement. */
function watchConnections({ sql }: Context): { stop(): Promise<Seen> } {
  const doing = new Map<string, number>()
  let samples = 0
  let stopped = false
  const watch = (async () => {
    while (!stopped) {
      const rows = await sql<{ state: string; wait: string | null; query: string }[]>`
        SELECT state, CASE WHEN wait_event_type <> 'Client' THEN wait_event END AS wait, query
        FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')`
      samples += 1
      for (const { state, wait, query } of rows) {
        const name = `${state === "active" ? "in   " : "after"} ${oneLine(query)}${wait ? `  [${wait}]` : ""}`
        doing.set(name, (doing.get(name) ?? 0) + 1)
      }
      await Bun.sleep(sampleEveryMs)
    }
  })()
  return {
    async stop() {
      stopped = true
      await watch
      return { samples, doing }
    },
  }
}

function oneLine(query: string): string {
  return query.replace(/\s+/g, " ").trim().slice(0, 110)
}

function printRun(run: TradeRun): void {
  print(`${run.anchored} records in ${run.seconds.toFixed(1)} s, ${Math.round(run.anchored / run.seconds)} a second`)
  print("\nprocessor time, ms a record")
  for (const [name, used] of run.processorSeconds) print(row((used * 1000) / run.anchored, name))
}

function row(value: number, name: string): string {
  return `${value.toFixed(4).padStart(9)}  ${name}`
}

print(describeMachine())
const run = await measureTrades(
  { quick: true, seconds: () => seconds, say: (sentence) => process.stderr.write(`  ${sentence}\n`) },
  {
    gatewayProgram: join(import.meta.dir, "measure", "profiled-gateway.ts"),
    databaseSettings: { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.track_planning": "on" },
    begin,
    end,
  },
)
printRun(run)
if (profile) {
  print("\ngateway by stage, ms a record")
  for (const { name, ms } of byStage(profile)) print(row(ms / run.anchored, name))
  print("\ngateway by function, ms a record in the function itself")
  for (const { name, ms } of byFunction(profile).slice(0, functionsShown)) print(row(ms / run.anchored, name))
}
print("\ndatabase by statement, ms a record: executing, planning; calls; rows a record")
for (const { query, calls, rows, executing, planning } of statements) {
  const per = (value: number) => (value / run.anchored).toFixed(4)
  print(
    `${per(executing).padStart(9)} ${per(planning).padStart(8)} ${String(calls).padStart(6)} ${per(rows).padStart(8)}  ${oneLine(query)}`,
  )
}
print("\nconnections of the gateway, ms a record that one was seen so; after: the transaction waits for the gateway")
const msPerSample = (run.seconds * 1000) / Math.max(1, seen.samples) / run.anchored
for (const [name, count] of [...seen.doing].sort(([, a], [, b]) => b - a).slice(0, statementsShown)) {
  print(row(count * msPerSample, name))
}
