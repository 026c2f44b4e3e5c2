// A whole installation for one figure: the real gateway process and the embedded engines, in a temporary directory, on
// ports that the system chooses. PostgreSQL writes to disk as it does for `npm start` (it syncs every commit); the
// development chain keeps its blocks in memory, because its state file is rewritten whole every second.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { databaseOver } from "@suyuan/api/adapters/database"
import { nativeVerifier } from "@suyuan/api/adapters/native-signatures"
import { Afterwards } from "@suyuan/api/afterwards"
import { loadConfig, readSecret } from "@suyuan/api/config"
import type { Context } from "@suyuan/api/context"
import { deriveKeys } from "@suyuan/api/keys"
import { questionSettings } from "@suyuan/api/questions"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { pino } from "pino"
import postgres from "postgres"
import { openPorts } from "../scripts/engines/ports"
import { startPostgres } from "../scripts/engines/postgres"
import { openProcesses } from "../scripts/engines/processes"
import { startSupervisor } from "../scripts/supervisor"
import type { Run } from "./figure"

const COMPLAINTS_SHOWN = 5
const repository = join(import.meta.dir, "..")

export type Installation = {
  readonly directory: string
  readonly gatewayUrl: string
  readonly sandboxUrl: string
  readonly brokerUrl: string
  readonly brokerSecret: string
  /** Bearer token that may read everything. */
  readonly operatorToken: string
  /** On the gateway's own database and keys, to load what a figure needs by the product's own functions. */
  readonly ctx: Context
  /** Processes by name, for their processor time. */
  readonly processIds: () => ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** What a profile adds: it makes everything slower, so no figure is measured with it. */
export type Looking = {
  readonly gatewayProgram: string
  readonly databaseSettings: Readonly<Record<string, string>>
}

/** A database that stays when the installation goes. */
export type KeptDatabase = {
  readonly directory: string
  readonly durable: boolean
  readonly settings?: Readonly<Record<string, string>>
}

export async function openInstallation(run: Run, looking?: Looking, kept?: KeptDatabase): Promise<Installation> {
  const path = mkdtempSync(join(tmpdir(), "suyuan-bench-"))
  const databaseDirectory = kept?.directory ?? mkdtempSync(join(tmpdir(), "suyuan-bench-database-"))
  const processes = openProcesses(join(databaseDirectory, "processes.json"), kept === undefined)
  const settings = { ...looking?.databaseSettings, ...kept?.settings }
  const database = await startPostgres({
    ...{ directory: databaseDirectory, processes, ports: openPorts(), durable: kept?.durable ?? true, settings },
  })
  const supervisor = await startSupervisor({
    directory: { path, release: () => {} },
    environment: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      GATEWAY_LOG_LEVEL: "warn",
      REQUESTS_PER_MINUTE: "100000000",
    },
    throwaway: true,
    blockTimeSeconds: 1,
    ...(looking && { programs: { gateway: looking.gatewayProgram, sandbox: join(repository, "sandbox/src/main.ts") } }),
    report: run.say,
  })
  const { gatewaySettings } = supervisor
  const config = loadConfig(gatewaySettings)
  const sql = postgres(config.DATABASE_URL, { max: 4, onnotice: () => {} })
  const questions = postgres(config.DATABASE_URL, { max: 4, connection: questionSettings, onnotice: () => {} })
  const master = fromHex(readSecret(config.GATEWAY_MASTER_KEY_FILE)) ?? new Uint8Array()
  const log = pino({ level: "silent" })
  const ctx: Context = {
    config,
    db: databaseOver(sql),
    questions: databaseOver(questions),
    settlements: databaseOver(questions),
    duties: databaseOver(questions),
    sql,
    clock: { nowMs: () => Date.now() },
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), uuid: () => Bun.randomUUIDv7() },
    log,
    afterwards: new Afterwards(log),
    keys: deriveKeys(master, config.NETWORK_ID),
    verifySignature: nativeVerifier(),
  }
  return {
    directory: path,
    gatewayUrl: supervisor.gatewayUrl,
    sandboxUrl: supervisor.sandboxUrl ?? "",
    brokerUrl: config.MQTT_URL,
    brokerSecret: readSecret(config.MQTT_TOKEN_SECRET_FILE),
    operatorToken: readSecret(config.ADMIN_TOKEN_FILE ?? ""),
    ctx,
    processIds: () => new Map([...recordedProcesses(path), ...recordedProcesses(databaseDirectory)]),
    async stop() {
      await ctx.afterwards.stop()
      await Promise.all([sql.end(), questions.end()])
      await supervisor.stop()
      // Whoever reads a figure should know that the gateway complained meanwhile.
      const complaints = readFileSync(join(path, "logs", "gateway.log"), "utf8")
        .trim()
        .split("\n")
      for (const complaint of complaints.slice(-COMPLAINTS_SHOWN)) if (complaint) run.say(complaint.slice(0, 600))
      await database.stop()
      await processes.stopAll()
      rmSync(path, { recursive: true, force: true })
      if (!kept) rmSync(databaseDirectory, { recursive: true, force: true })
    },
  }
}

function recordedProcesses(directory: string): [string, number][] {
  const file = readFileSync(join(directory, "processes.json"), "utf8")
  const { processes } = JSON.parse(file) as { processes: { name: string; pid: number }[] }
  return processes.map(({ name, pid }) => [name, pid])
}
