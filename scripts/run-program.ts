// A program of this repository as a child process that says over HTTP when it is ready.
import { join, resolve } from "node:path"
import { keptMemory } from "./engines/kept-memory"
import type { Processes } from "./engines/processes"
import { logSize, readLogFrom } from "./engines/read-log"
import type { Service } from "./keep-running"

const READY_TIMEOUT_MS = 120_000
const ANSWER_TIMEOUT_MS = 2_000
const STOP_TIMEOUT_MS = 15_000
const POLL_MS = 50
const LOG_LINES_SHOWN = 25

export type ProgramOptions = {
  readonly name: string
  /** The TypeScript file. */
  readonly file: string
  readonly environment: Record<string, string>
  /** Answers 200 when the program is ready. */
  readonly readyUrl: string
  /** The data directory; the log is `logs/<name>.log` in it. */
  readonly directory: string
  readonly processes: Processes
}

/** Throws with the last lines of its log when it ends, or is not ready in time. */
export async function runProgram(options: ProgramOptions): Promise<Service> {
  const logFile = join(options.directory, "logs", `${options.name}.log`)
  const logStart = logSize(logFile)
  const running = options.processes.start({
    name: options.name,
    command: process.execPath,
    args: [options.file],
    workingDirectory: resolve(import.meta.dir, ".."),
    environment: { ...keptMemory, ...options.environment },
    logFile,
    stopSignal: "SIGTERM",
    stopTimeoutMs: STOP_TIMEOUT_MS,
  })
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (running.isRunning() && performance.now() < deadline) {
    if (await isReady(options.readyUrl)) return { process: running, stop: running.stop }
    await Bun.sleep(POLL_MS)
  }
  const what = running.isRunning() ? `was not ready within ${READY_TIMEOUT_MS / 1_000} s` : "ended while starting"
  await running.stop()
  throw new Error(`${options.name} ${what}; ${logFile} says:\n${lastLines(logFile, logStart)}`)
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })).ok
  } catch {
    return false // Not listening yet.
  }
}

function lastLines(file: string, offset: number): string {
  return readLogFrom(file, offset).split("\n").slice(-LOG_LINES_SHOWN).join("\n")
}
