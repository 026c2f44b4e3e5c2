import { afterAll, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { endLeftProcesses, openProcesses, processStartedAt } from "../../../scripts/engines/processes"

const folder = mkdtempSync(join(tmpdir(), "suyuan-processes-"))
const record = join(folder, "record.json")
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function sleeper() {
  const child = spawn("/bin/sleep", ["600"], { stdio: "ignore" })
  const ended = new Promise<NodeJS.Signals | null>((done) => child.once("exit", (_code, signal) => done(signal)))
  const pid = child.pid ?? 0
  return { child, pid, startedAt: processStartedAt(pid) ?? "", ended }
}

/** A record as a supervisor that was killed leaves it: no process has the owner's start time. */
function writeRecord(pid: number, startedAt: string): void {
  const left = { name: "sleeper", pid, startedAt, stopSignal: "SIGTERM", stopTimeoutMs: 5_000 }
  writeFileSync(record, JSON.stringify({ owner: { pid: process.pid, startedAt: "long ago" }, processes: [left] }))
}

test("ends what a killed owner left on record", async () => {
  const { pid, startedAt, ended } = sleeper()
  writeRecord(pid, startedAt)
  expect(await endLeftProcesses(record)).toEqual(["sleeper"])
  expect(await ended).toBe("SIGTERM")
})

test("leaves a stranger alone that has the pid of a process on record", async () => {
  const { child, pid, ended } = sleeper()
  writeRecord(pid, "another start time")
  expect(await endLeftProcesses(record)).toEqual([])
  expect(processStartedAt(pid)).toBeDefined()
  child.kill("SIGKILL")
  expect(await ended).toBe("SIGKILL")
})

test("leaves everything alone while its owner lives, or when a newer owner has the record", async () => {
  const { child, pid, startedAt, ended } = sleeper()
  writeRecord(pid, startedAt)
  expect(await endLeftProcesses(record, { pid: 1, startedAt: "another" })).toEqual([])
  const whole = JSON.parse(readFileSync(record, "utf8"))
  whole.owner = { pid: process.pid, startedAt: processStartedAt(process.pid) }
  writeFileSync(record, JSON.stringify(whole))
  expect(await endLeftProcesses(record)).toEqual([])
  child.kill("SIGKILL")
  await ended
})

test("a watcher whose pipe ended before its owner did waits for the owner's end", async () => {
  const [owner, child] = [sleeper(), sleeper()]
  const left = { name: "sleeper", stopSignal: "SIGTERM", stopTimeoutMs: 5_000, pid: child.pid }
  const identity = { pid: owner.pid, startedAt: owner.startedAt }
  writeFileSync(record, JSON.stringify({ owner: identity, processes: [{ ...left, startedAt: child.startedAt }] }))
  const watch = (startedAt: string) => {
    const file = join(import.meta.dir, "../../../scripts/engines/end-left-processes.ts")
    return spawn(process.execPath, [file, record, String(owner.pid), startedAt, "keep"], { stdio: "ignore" })
  }
  const watcher = watch(owner.startedAt)
  // One that was started later has come and gone: the first has seen the end of its pipe by now.
  const later = watch("another start time")
  await new Promise((done) => later.once("exit", done))
  expect(processStartedAt(watcher.pid ?? 0)).toBeDefined()
  owner.child.kill("SIGKILL")
  expect(await child.ended).toBe("SIGTERM")
})

test("stopAll stops what runs and lets nothing start any more", async () => {
  const processes = openProcesses(join(folder, "own.json"))
  const options = { command: "/bin/sleep", args: ["600"], stopSignal: "SIGTERM", stopTimeoutMs: 5_000 } as const
  const child = processes.start({ ...options, name: "one", logFile: join(folder, "one.log") })
  await processes.stopAll()
  expect(child.isRunning()).toBe(false)
  expect(await child.exited).toEqual({ code: null, signal: "SIGTERM" })
  expect(() => processes.start({ ...options, name: "two", logFile: join(folder, "two.log") })).toThrow("two")
  expect(JSON.parse(readFileSync(join(folder, "own.json"), "utf8")).processes).toEqual([])
})

test("a child that does not stop when asked is killed", async () => {
  const child = openProcesses(join(folder, "stubborn.json")).start({
    name: "stubborn",
    command: "/bin/sh",
    args: ["-c", "trap '' TERM; echo ready; while :; do /bin/sleep 1; done"],
    logFile: join(folder, "stubborn.log"),
    stopSignal: "SIGTERM",
    stopTimeoutMs: 200,
  })
  while (!readFileSync(join(folder, "stubborn.log"), "utf8").includes("ready")) await Bun.sleep(10)
  await child.stop()
  expect((await child.exited).signal).toBe("SIGKILL")
})
