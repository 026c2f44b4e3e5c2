// Child processes, known by pid and start time, so that whatever a killed supervisor left behind can be ended, and
// nothing else: a pid alone may by now belong to a stranger.
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

const POLL_MS = 20

export type StopSignal = "SIGINT" | "SIGTERM"

type ProcessIdentity = { readonly pid: number; readonly startedAt: string }

type RecordedProcess = ProcessIdentity & {
  readonly name: string
  readonly stopSignal: StopSignal
  readonly stopTimeoutMs: number
}

type RecordFile = { readonly owner: ProcessIdentity; readonly processes: readonly RecordedProcess[] }

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export type RunningProcess = {
  readonly name: string
  readonly pid: number
  readonly exited: Promise<Exit>
  /** True until the process has ended. */
  isRunning(): boolean
  /** Asks it to stop, waits, kills it when it does not, and forgets it. */
  stop(): Promise<void>
}

export type ProcessOptions = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** All of it; this process's own when not given. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly workingDirectory?: string
  /** Run as this user; only root may ask for another. */
  readonly userId?: number
  readonly logFile: string
  readonly stopSignal: StopSignal
  readonly stopTimeoutMs: number
}

export type Processes = {
  start(options: ProcessOptions): RunningProcess
  /** Stops what still runs, last started first, and lets nothing start any more. */
  stopAll(): Promise<void>
}

/** Identifies a live process beyond reuse of its pid. Undefined when there is none, or only its unreaped remains. */
export function processStartedAt(pid: number): string | undefined {
  if (process.platform === "linux") {
    let stat: string
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    } catch {
      return undefined
    }
    // proc(5): fields after the parenthesised command begin with the state; the start time is field 22 of the line.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    if (fields[0] === "Z" || fields[0] === "X") return undefined
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`
  }
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim()
    return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "")
  } catch {
    return undefined
  }
}

function isSameProcess({ pid, startedAt }: ProcessIdentity): boolean {
  return processStartedAt(pid) === startedAt
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // Gone between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await Bun.sleep(POLL_MS)
  }
  return true
}

/** Ends a process that may not be a child of this one. */
export async function endProcess(identity: ProcessIdentity, signal: StopSignal, timeoutMs: number): Promise<void> {
  if (!isSameProcess(identity)) return
  sendSignal(identity.pid, signal)
  if (await waitUntil(() => !isSameProcess(identity), timeoutMs)) return
  sendSignal(identity.pid, "SIGKILL")
  await waitUntil(() => !isSameProcess(identity), timeoutMs)
}

/** Resolves when that process is gone. */
export async function awaitEnd(identity: ProcessIdentity): Promise<void> {
  while (isSameProcess(identity)) await Bun.sleep(POLL_MS)
}

function readRecord(file: string): RecordFile | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RecordFile
  } catch {
    // Written whole and renamed, so only a foreign hand or a lost disk leaves it unreadable.
    return undefined
  }
}

/**
 * Ends what the owner of the record left running, last started first. With `owner` only a record of that process
 * counts: a newer supervisor may have taken the data directory over.
 */
export async function endLeftProcesses(file: string, owner?: ProcessIdentity): Promise<string[]> {
  const record = readRecord(file)
  if (record === undefined) return []
  if (owner !== undefined && (record.owner.pid !== owner.pid || record.owner.startedAt !== owner.startedAt)) return []
  if (isSameProcess(record.owner)) return []
  const left = record.processes.filter(isSameProcess).reverse()
  for (const each of left) await endProcess(each, each.stopSignal, each.stopTimeoutMs)
  return left.map((each) => each.name)
}

/**
 * Opens the record of this process's children and sets a watcher that ends them should this process be killed.
 * `throwaway`: the watcher then also removes the record's directory.
 */
export function openProcesses(recordFile: string, throwaway = false): Processes {
  const startedAt = processStartedAt(process.pid)
  if (startedAt === undefined) throw new Error("This process cannot see its own start time.")
  const owner = { pid: process.pid, startedAt }
  let recorded: RecordedProcess[] = []
  const running = new Set<RunningProcess>()
  let closed = false

  function save(): void {
    if (!existsSync(dirname(recordFile))) return // A throwaway directory may go before its last child.
    writeFileSync(`${recordFile}.new`, JSON.stringify({ owner, processes: recorded }), { mode: 0o600 })
    renameSync(`${recordFile}.new`, recordFile)
  }

  save()
  // The watcher sees the end of its standard input when this process is gone, however it went.
  const watcher = spawn(
    process.execPath,
    [
      `${import.meta.dir}/end-left-processes.ts`,
      ...[recordFile, String(owner.pid), owner.startedAt, throwaway ? "remove" : "keep"],
    ],
    { detached: true, stdio: ["pipe", "ignore", "ignore"], cwd: "/" },
  )
  watcher.unref()

  function start(options: ProcessOptions): RunningProcess {
    if (closed) throw new Error(`${options.name} is not started: everything is being stopped.`)
    mkdirSync(dirname(options.logFile), { recursive: true })
    const log = openSync(options.logFile, "a", 0o600)
    // The shell waits for one line before it becomes the program: by then the pid is on record, so there is no moment
    // at which a kill -9 of this process could leave an unknown child.
    const child = spawn("/bin/sh", ["-c", 'read -r _ && exec "$@"', options.name, options.command, ...options.args], {
      cwd: options.workingDirectory ?? "/",
      detached: true,
      env: options.environment ?? process.env,
      stdio: ["pipe", log, log],
      ...(options.userId === undefined ? {} : { uid: options.userId, gid: options.userId }),
    })
    closeSync(log)
    const started = follow(child, options, (pid) => {
      const startedAt = processStartedAt(pid)
      if (startedAt === undefined) return () => {}
      const { name, stopSignal, stopTimeoutMs } = options
      const entry = { name, pid, startedAt, stopSignal, stopTimeoutMs }
      recorded = [...recorded, entry]
      save()
      return () => {
        recorded = recorded.filter((each) => each !== entry)
        save()
      }
    })
    running.add(started)
    started.exited.then(() => running.delete(started))
    return started
  }

  async function stopAll(): Promise<void> {
    closed = true
    for (const each of [...running].reverse()) await each.stop()
  }

  return { start, stopAll }
}

/** `record` notes the pid before the child goes on, and returns what takes the note back. */
function follow(child: ChildProcess, options: ProcessOptions, record: (pid: number) => () => void): RunningProcess {
  const { pid, stdin } = child
  if (pid === undefined || stdin === null) throw new Error(`${options.name}: no process could be started.`)
  const forget = record(pid)
  let running = true
  const exited = new Promise<Exit>((done) => {
    child.once("exit", (code, signal) => {
      running = false
      forget()
      done({ code, signal })
    })
  })
  // A child that ended at once cannot take the line; its exit says so.
  stdin.on("error", () => {})
  stdin.write("go\n")

  async function stop(): Promise<void> {
    if (!running) return
    child.kill(options.stopSignal)
    const timer = setTimeout(() => child.kill("SIGKILL"), options.stopTimeoutMs)
    await exited
    clearTimeout(timer)
  }
  return { name: options.name, pid, exited, isRunning: () => running, stop }
}
