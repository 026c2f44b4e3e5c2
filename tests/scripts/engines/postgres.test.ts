import { afterAll, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import postgres from "postgres"
import { openPorts, type Ports } from "../../../scripts/engines/ports"
import { type PostgresEngine, startPostgres } from "../../../scripts/engines/postgres"
import { openProcesses, type Processes } from "../../../scripts/engines/processes"

const directory = mkdtempSync(join(tmpdir(), "suyuan-postgres-"))
const data = join(directory, "postgres", "data")
let processes: Processes
let ports: Ports | undefined

afterAll(async () => {
  await processes.stopAll()
  rmSync(directory, { recursive: true, force: true })
})

/** As after a new start of the supervisor: nothing is known but what the directory holds. */
async function start(): Promise<PostgresEngine> {
  processes = openProcesses(join(directory, "processes.json"))
  // The process before is gone, and with it what it had reserved.
  await ports?.release()
  ports = openPorts(join(directory, "ports.json"))
  return startPostgres({ directory, processes, ports, durable: false })
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return (await sql.unsafe(statement)) as unknown as T[]
  } finally {
    await sql.end()
  }
}

/** Shared by the tests below, which follow one database through its life. */
let url = ""

test("makes a UTF-8 database that opens only with its password, on loopback only", async () => {
  mkdirSync(join(directory, "postgres", "unfinished-0123"), { recursive: true }) // of an initdb that was killed
  const engine = await start()
  url = engine.url
  const [row] = await query(
    url,
    "select current_database() name, current_setting('server_encoding') encoding, current_setting('listen_addresses') address, lower('ÄÖ市') folded",
  )
  expect(row).toEqual({ name: "suyuan", encoding: "UTF8", address: "127.0.0.1", folded: "äö市" })
  const wrong = new URL(url)
  wrong.password = "wrong"
  await expect(query(wrong.href, "select 1")).rejects.toThrow("password authentication failed")
  expect(statSync(join(directory, "keys", "postgres-password")).mode & 0o777).toBe(0o600)
  expect(existsSync(join(directory, "postgres", "unfinished-0123"))).toBe(false)
  await query(url, "create table kept (name text)")
  await query(url, "insert into kept values ('白菜')")
  await engine.stop()
})

test("has the same address and data after a restart", async () => {
  const engine = await start()
  expect(engine.url).toBe(url)
  expect(await query<{ name: string }>(url, "select name from kept")).toEqual([{ name: "白菜" }])
  process.kill(engine.process.pid, "SIGKILL")
  await engine.process.exited
})

test("starts after kill -9, and although its old pid now belongs to somebody else", async () => {
  const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")
  writeFileSync(join(data, "postmaster.pid"), [String(process.ppid), ...lines.slice(1)].join("\n"))
  const engine = await start()
  expect(await query<{ name: string }>(url, "select name from kept")).toEqual([{ name: "白菜" }])
  expect(engine.url).toBe(url)
})

test("stops a postmaster of its own data that nobody has on record, and starts anew", async () => {
  const before = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0])
  const engine = await start() // the one of the test before still runs
  expect(engine.process.pid).not.toBe(before)
  expect(await query<{ name: string }>(engine.url, "select name from kept")).toEqual([{ name: "白菜" }])
})
