// Embedded PostgreSQL: the real server binaries from npm, on the loopback address, in the data directory.
import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { totalmem } from "node:os"
import { dirname, join } from "node:path"
import postgres from "postgres"
import { readKey } from "./keys"
import { LOOPBACK, type Ports, rememberedPort } from "./ports"
import { findBinaries, makeHome, removeAll } from "./postgres-home"
import { endProcess, type Processes, processStartedAt, type RunningProcess } from "./processes"
import { logSize, readLogFrom } from "./read-log"

const USER = "suyuan"
const PASSWORD_FILE = join("keys", "postgres-password")
const NOBODY = 65_534
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 20_000
const POLL_MS = 40
const PORT_ATTEMPTS = 5
/** Shared memory of a postmaster killed with -9 stays until its last backend has noticed. */
const LEFT_MEMORY_ATTEMPTS = 30

export type PostgresOptions = {
  /** The data directory of the whole installation; the password is `keys/postgres-password` in it. */
  readonly directory: string
  readonly processes: Processes
  readonly ports: Ports
  /** False for throwaway data: no fsync, so a power cut may lose it. */
  readonly durable: boolean
  /** Of the server, on top of ours: for whoever looks into it. */
  readonly settings?: Readonly<Record<string, string>>
}

export type PostgresEngine = {
  /** Of the superuser, naming a database of the same name. */
  readonly url: string
  readonly process: RunningProcess
  stop(): Promise<void>
}

function urlAt(port: number, password: string): string {
  return `postgres://${USER}:${password}@${LOOPBACK}:${port}/${USER}`
}

/** Of the server that runs in this data directory; `undefined` when none ever did. Throws when its password is missing. */
export function runningPostgresUrl(directory: string): string | undefined {
  const port = rememberedPort(join(directory, "ports.json"), "postgres")
  return port === undefined ? undefined : urlAt(port, readKey(join(directory, PASSWORD_FILE)))
}

export async function startPostgres(options: PostgresOptions): Promise<PostgresEngine> {
  const asRoot = process.getuid?.() === 0
  const home = makeHome(options.directory, asRoot)
  const binaries = findBinaries(home, asRoot)
  const password = await initialise(options, home, binaries, asRoot)
  await endLeftPostmaster(join(home, "data"))

  const logFile = join(options.directory, "logs", "postgres.log")
  let portAttempts = 0
  for (let attempt = 1; ; attempt += 1) {
    const port = await options.ports.claim("postgres")
    const logStart = logSize(logFile)
    const server = options.processes.start({
      name: "postgres",
      command: join(binaries, "bin", "postgres"),
      args: ["-D", join(home, "data"), "-p", String(port), ...settings(options)],
      logFile,
      stopSignal: "SIGINT", // "fast shutdown": ends sessions, writes a checkpoint
      stopTimeoutMs: STOP_TIMEOUT_MS,
      ...(asRoot ? { userId: NOBODY } : {}),
    })
    const url = urlAt(port, password)
    if (await isAnswering(server, url)) return { url, process: server, stop: server.stop }

    await server.stop()
    const words = readLogFrom(logFile, logStart)
    const portTaken = /could not (bind|create any TCP)/.test(words)
    if (portTaken && portAttempts < PORT_ATTEMPTS) {
      portAttempts += 1
      options.ports.forget("postgres")
    } else if (/shared memory block .* is still in use/.test(words) && attempt < LEFT_MEMORY_ATTEMPTS) {
      await Bun.sleep(1_000)
    } else {
      throw new Error(`PostgreSQL did not start; ${logFile} says:\n${words}`)
    }
  }
}

/** An eighth of the machine's memory, no less than a small database needs and no more than it can use. */
function buffersOf(memoryBytes: number): string {
  const megabytes = Math.round(memoryBytes / 8 / 2 ** 20)
  return `${Math.max(128, Math.min(4096, megabytes))}MB`
}

function settings({ durable, settings: added }: PostgresOptions): string[] {
  const chosen = {
    listen_addresses: LOOPBACK,
    unix_socket_directories: "",
    max_connections: "200",
    shared_buffers: durable ? buffersOf(totalmem()) : "128MB",
    max_wal_size: durable ? "1GB" : "256MB",
    random_page_cost: "1.1", // no disk of ours has arms to move; with 4, whole partitions are read to find a few rows
    max_parallel_workers_per_gather: "0", // one long statement must not take every core from the many short ones
    jit: "off", // short statements only: compiling them costs more than it saves
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    ...added,
  }
  return Object.entries(chosen).flatMap(([name, value]) => ["-c", `${name}=${value}`])
}

/**
 * Makes the cluster when there is none, under another name first, so that a half-made one is never taken for one.
 * Returns the password.
 */
async function initialise(options: PostgresOptions, home: string, binaries: string, asRoot: boolean): Promise<string> {
  const { directory } = options
  const passwordFile = join(directory, PASSWORD_FILE)
  const data = join(home, "data")
  if (existsSync(join(data, "PG_VERSION"))) {
    if (existsSync(passwordFile)) return readKey(passwordFile)
    throw new Error(`${passwordFile} is missing, and the database in ${data} opens with nothing else.`)
  }
  removeAll(home, /^(data$|unfinished-)/)
  const password = randomBytes(24).toString("hex")
  const unfinished = join(home, `unfinished-${randomBytes(4).toString("hex")}`)
  const passwordForInit = `${unfinished}-password`
  mkdirSync(unfinished, { mode: 0o700 })
  writeFileSync(passwordForInit, password, { mode: 0o600 })
  if (asRoot) {
    chownSync(unfinished, NOBODY, NOBODY)
    chownSync(passwordForInit, NOBODY, NOBODY)
  }
  await runInitdb(options, binaries, asRoot, [
    ...["-D", unfinished, "-U", USER, `--pwfile=${passwordForInit}`, "--auth=scram-sha-256", "--no-instructions"],
    ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ...(options.durable ? [] : ["--no-sync"]),
  ])
  rmSync(passwordForInit)
  mkdirSync(dirname(passwordFile), { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  renameSync(unfinished, data)
  return password
}

async function runInitdb(options: PostgresOptions, binaries: string, asRoot: boolean, args: string[]): Promise<void> {
  const logFile = join(options.directory, "logs", "initdb.log")
  const logStart = logSize(logFile)
  const initdb = options.processes.start({
    name: "initdb",
    command: join(binaries, "bin", "initdb"),
    args,
    logFile,
    stopSignal: "SIGINT",
    stopTimeoutMs: STOP_TIMEOUT_MS,
    ...(asRoot ? { userId: NOBODY } : {}),
  })
  const { code } = await initdb.exited
  if (code !== 0)
    throw new Error(
      `PostgreSQL's initdb failed (set DATABASE_URL to use a server of yours); ${logFile} says:\n${readLogFrom(logFile, logStart)}`,
    )
}

/**
 * A postmaster that outlived its supervisor is stopped. A `postmaster.pid` whose process is none of ours is removed:
 * after a restart of a container the same small pid is often somebody else, and PostgreSQL would refuse to start.
 */
async function endLeftPostmaster(data: string): Promise<void> {
  const file = join(data, "postmaster.pid")
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, "utf8").split("\n")[0])
  const startedAt = Number.isInteger(pid) && pid > 0 ? processStartedAt(pid) : undefined
  if (startedAt !== undefined && isPostmasterOf(data, pid)) {
    await endProcess({ pid, startedAt }, "SIGINT", STOP_TIMEOUT_MS)
  }
  rmSync(file, { force: true })
}

function isPostmasterOf(data: string, pid: number): boolean {
  const command =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
      : spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout
  return command.includes(`postgres -D ${data} `)
}

/** Waits until it answers a query, with the password, in the database of its user's name. */
async function isAnswering(server: RunningProcess, url: string): Promise<boolean> {
  const maintenance = new URL(url)
  maintenance.pathname = "/postgres"
  const deadline = performance.now() + START_TIMEOUT_MS
  while (server.isRunning() && performance.now() < deadline) {
    const sql = postgres(maintenance.href, { max: 1, connect_timeout: 5, onnotice: () => {} })
    try {
      const found = await sql`select 1 from pg_database where datname = ${USER}`
      if (found.length === 0) await sql.unsafe(`create database ${USER}`)
      return server.isRunning()
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      const isStarting = code === "ECONNREFUSED" || code === "57P03" || code === "CONNECTION_CLOSED"
      if (!isStarting) throw new Error(`PostgreSQL answers, but not to us: ${message}`)
      await Bun.sleep(POLL_MS)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  return false
}
