// The data directory of an installation: keys, database, chain, logs. One supervisor at a time.
import { Database } from "bun:sqlite"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs"
import { join, resolve } from "node:path"

const LOG_BYTES_MAX = 20 * 1024 * 1024

export type DataDirectory = {
  /** Absolute. */
  readonly path: string
  release(): void
}

/** Makes the directory when it is missing. Throws when another supervisor holds it. */
export function openDataDirectory(given: string): DataDirectory {
  const path = resolve(given)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(
      `${path} cannot be made (${(error as Error).message}): set SUYUAN_DATA_DIR to a writable directory.`,
    )
  }
  const lock = holdLock(path)
  startNewLogs(join(path, "logs"))
  return { path, release: () => lock.close() }
}

/** The kernel holds SQLite's file lock, so it ends with this process however the process ends. */
function holdLock(path: string): Database {
  let lock: Database
  try {
    lock = new Database(join(path, "lock"))
  } catch (error) {
    throw new Error(
      `${path} is not writable (${(error as Error).message}): set SUYUAN_DATA_DIR to a directory of yours.`,
    )
  }
  try {
    lock.run("PRAGMA busy_timeout = 0")
    lock.run("BEGIN EXCLUSIVE")
    return lock
  } catch {
    lock.close()
    throw new Error(
      `Another supervisor${holder(path)} uses ${path}: stop it, or set SUYUAN_DATA_DIR to another directory.`,
    )
  }
}

function holder(path: string): string {
  try {
    const { owner } = JSON.parse(readFileSync(join(path, "processes.json"), "utf8")) as { owner: { pid: number } }
    return ` (process ${owner.pid})`
  } catch {
    return "" // It has only just begun.
  }
}

function startNewLogs(directory: string): void {
  if (!existsSync(directory)) return
  for (const name of readdirSync(directory)) {
    const file = join(directory, name)
    if (name.endsWith(".log") && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  }
}
