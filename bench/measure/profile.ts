// What a profile of an installation sees between its begin and its end: processor time of the gateway by stage and by function
// (a sampling profiler in the process), time of the database by statement (pg_stat_statements), and what the gateway's
// connections were seen doing (pg_stat_activity, sampled), which is the waiting.
import { copyFileSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Context } from "@suyuan/api/context"
import type { Installation, Looking } from "../installation"
import { byFunction, byStage, type CpuProfile } from "./gateway-profile"

const sampleEveryMs = 20
const statementsShown = 25
/** Beside those that took longest. */
const statementsOftenShown = 30
const functionsShown = 40
const profileMsMax = 30_000

/** Looking costs time itself: figures are measured by `npm run bench`. */
export const profiled: Looking = {
  gatewayProgram: join(import.meta.dir, "profiled-gateway.ts"),
  databaseSettings: { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.track_planning": "on" },
}

export type Profile = {
  readonly gateway: CpuProfile
  readonly statements: readonly Statement[]
  readonly connections: Seen
  readonly seconds: number
}

type Statement = {
  readonly query: string
  readonly calls: number
  readonly rows: number
  readonly executing: number
  readonly planning: number
}

type Seen = { readonly samples: number; readonly doing: ReadonlyMap<string, number> }

/** Looks until `end`. */
export async function beginProfile(line: Installation): Promise<{ end(keep?: string): Promise<Profile> }> {
  const { sql } = line.ctx
  await sql`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`
  await sql`SELECT pg_stat_statements_reset()`
  signal(line)
  const beganMs = performance.now()
  const watching = watchConnections(line.ctx)
  return {
    async end(keep) {
      const connections = await watching.stop()
      const seconds = (performance.now() - beganMs) / 1000
      signal(line)
      const statements = await sql<Statement[]>`
        SELECT query, calls::int, rows::int, total_exec_time AS executing, total_plan_time AS planning
        FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_activity%'
        ORDER BY total_exec_time + total_plan_time DESC`
      return { gateway: await writtenProfile(line, keep), statements, connections, seconds }
    },
  }
}

async function writtenProfile({ directory }: Installation, keep?: string): Promise<CpuProfile> {
  const file = join(directory, "gateway.cpuprofile")
  const untilMs = performance.now() + profileMsMax
  while (!existsSync(file)) {
    if (performance.now() > untilMs) throw new Error("the gateway wrote no profile")
    await Bun.sleep(sampleEveryMs)
  }
  if (keep) copyFileSync(file, keep)
  return JSON.parse(readFileSync(file, "utf8")) as CpuProfile
}

/** @param count of what `unit` names: all times are for one of them. */
export function printProfile(
  { gateway, statements, connections, seconds }: Profile,
  unit: string,
  count: number,
): void {
  print(`\ngateway by stage, ms a ${unit}`)
  for (const { name, ms } of byStage(gateway)) print(row(ms / count, name))
  print(`\ngateway by function, ms a ${unit} in the function itself`)
  for (const { name, ms } of byFunction(gateway).slice(0, functionsShown)) print(row(ms / count, name))
  print(`\ndatabase by statement, ms a ${unit}: executing, planning; calls; rows a ${unit}`)
  const often = statements.toSorted((a, b) => b.calls - a.calls).slice(0, statementsOftenShown)
  const shown = new Set([...statements.slice(0, statementsShown), ...often])
  for (const { query, calls, rows, executing, planning } of shown) {
    const per = (value: number) => (value / count).toFixed(4)
    const numbers = [
      per(executing).padStart(9),
      per(planning).padStart(8),
      String(calls).padStart(6),
      per(rows).padStart(8),
    ]
    print(`${numbers.join(" ")}  ${oneLine(query)}`)
  }
  const asked = statements.reduce((sum, { calls }) => sum + calls, 0)
  print(row(asked / count, `statements a ${unit} in all`))
  print(`\nconnections of the gateway, ms a ${unit} that one was seen so; after: the transaction waits for the gateway`)
  const msPerSample = (seconds * 1000) / Math.max(1, connections.samples) / count
  for (const [name, seen] of [...connections.doing].sort(([, a], [, b]) => b - a).slice(0, statementsShown)) {
    print(row(seen * msPerSample, name))
  }
}

export function printProcessors(used: ReadonlyMap<string, number>, unit: string, count: number): void {
  print(`\nprocessor time, ms a ${unit}`)
  for (const [name, seconds] of used) print(row((seconds * 1000) / count, name))
}

export function print(text = ""): void {
  process.stdout.write(`${text}\n`)
}

function row(value: number, name: string): string {
  return `${value.toFixed(4).padStart(9)}  ${name}`
}

function signal(line: Installation): void {
  const pid = line.processIds().get("gateway")
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
