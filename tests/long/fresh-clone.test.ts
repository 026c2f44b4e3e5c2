// What a newcomer does: clone, `npm start`, look, stop, start again; and what a machine does to it meanwhile. Installs the
// packages anew, so it needs the package registry or a warm download cache.
import { afterAll, beforeAll, expect, test } from "bun:test"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { endLeftProcesses, processStartedAt } from "../../scripts/engines/processes"

const root = resolve(import.meta.dir, "../..")
const folder = mkdtempSync(join(tmpdir(), "suyuan clones "))
const copies = ["one", "another"].map((name) => join(folder, name))
const START_MS = 300_000

beforeAll(() => {
  chmodSync(folder, 0o711) // as root, the databases run as another user in a folder below
  for (const copy of copies) execFileSync("git", ["-c", "safe.directory=*", "clone", "-q", root, copy])
})

afterAll(async () => {
  for (const copy of copies) await endLeftProcesses(recordOf(copy))
  rmSync(folder, { recursive: true, force: true })
})

function recordOf(copy: string): string {
  return join(copy, ".suyuan", "processes.json")
}

type Started = {
  readonly child: ChildProcess
  readonly gatewayUrl: string
  readonly traceUrl: string
  readonly ended: Promise<void>
  readonly said: () => string
}

async function start(copy: string): Promise<Started> {
  const [command = "", ...args] = Bun.which("npm") === null ? ["bun", "run", "start"] : ["npm", "start"]
  const child = spawn(command, args, { cwd: copy, env: withoutSettings(), stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said += chunk
    })
  }
  const ended = new Promise<void>((done) => child.once("close", () => done()))
  await Promise.race([until(() => said.includes("Ctrl-C stops everything")), ended])
  const place = (name: string) => new RegExp(`^ +${name} +(http\\S+)`, "m").exec(said)?.[1] ?? `no ${name} in: ${said}`
  return { child, gatewayUrl: place("gateway"), traceUrl: place("latest trace"), ended, said: () => said }
}

/** The run of these tests has engines, which a newcomer has not. */
function withoutSettings(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEST_|SUYUAN_|npm_)/.test(name)))
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(50)
}

function pidsOf(copy: string): number[] {
  if (!existsSync(recordOf(copy))) return []
  const { owner, processes } = JSON.parse(readFileSync(recordOf(copy), "utf8")) as {
    owner: { pid: number }
    processes: { pid: number }[]
  }
  return [owner, ...processes].map(({ pid }) => pid)
}

async function expectReady({ gatewayUrl, traceUrl }: Started): Promise<void> {
  expect((await fetch(new URL("/readyz", gatewayUrl))).status).toBe(200)
  expect((await fetch(traceUrl)).status).toBe(200)
}

test(
  "two fresh clones start at the same time, each with its own addresses, and stop when asked",
  async () => {
    const both = await Promise.all(copies.map(start))
    for (const each of both) await expectReady(each)
    expect(new Set(both.map(({ gatewayUrl }) => gatewayUrl)).size).toBe(2)
    const pids = copies.flatMap(pidsOf)
    expect(pids.length).toBeGreaterThanOrEqual(12)
    for (const { child } of both) child.kill("SIGTERM")
    await Promise.all(both.map(({ ended }) => ended))
    for (const { said } of both) expect(said()).toContain("Stopped.")
    expect(pids.filter((pid) => processStartedAt(pid) !== undefined)).toEqual([])
  },
  2 * START_MS,
)

test(
  "starts again at the same address after kill -9 of its supervisor",
  async () => {
    const [copy = ""] = copies
    const first = await start(copy)
    const [supervisor = 0] = pidsOf(copy)
    process.kill(supervisor, "SIGKILL")
    const second = await start(copy)
    await expectReady(second)
    expect(second.gatewayUrl).toBe(first.gatewayUrl)
    second.child.kill("SIGTERM")
    await second.ended
  },
  2 * START_MS,
)

test(
  "leaves nothing running when npm itself is killed, and starts again",
  async () => {
    const [copy = ""] = copies
    const first = await start(copy)
    const pids = pidsOf(copy)
    first.child.kill("SIGKILL")
    await until(() => pids.every((pid) => processStartedAt(pid) === undefined))
    const second = await start(copy)
    await expectReady(second)
    second.child.kill("SIGTERM")
    await second.ended
  },
  2 * START_MS,
)
