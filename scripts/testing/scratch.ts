// Where a run keeps what it throws away: databases above all, copied and dropped by the hundred, so in memory where
// there is room for them. A container's shared memory is often small, and may not run what lies in it.
import { spawnSync } from "node:child_process"
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const memoryFolder = "/dev/shm"
const namePattern = /^suyuan-test-(\d+)-/
const BYTES_FREE_MIN = 3 * 2 ** 30
/** What is kept there is taken from the memory that the tests themselves run in. */
const BYTES_AVAILABLE_MIN = 6 * 2 ** 30

/** For the temporary files of this run alone: what another user's run left behind must not be in the way. */
export function makeScratch(): string {
  return makeInMemory() ?? makeIn(tmpdir())
}

function makeInMemory(): string | undefined {
  try {
    accessSync(memoryFolder, constants.W_OK)
  } catch {
    return undefined
  }
  forgetKilled(memoryFolder)
  const folder = makeIn(memoryFolder)
  if (hasRoom(folder)) return folder
  rmSync(folder, { recursive: true, force: true })
  return undefined
}

/** Runs that were killed left memory taken. */
function forgetKilled(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = namePattern.exec(name) ?? []
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
    } catch {
      // Another user's.
    }
  }
}

function makeIn(parent: string): string {
  const folder = mkdtempSync(join(parent, `suyuan-test-${process.pid}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  chmodSync(folder, 0o711) // as root, a database runs as another user in a folder below
  process.once("exit", remove)
  return folder
}

function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= BYTES_FREE_MIN && availableBytes() >= BYTES_AVAILABLE_MIN && runs(folder)
}

function availableBytes(): number {
  const [, kilobytes = "0"] = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? []
  return Number(kilobytes) * 1024
}

function runs(folder: string): boolean {
  const file = join(folder, "runs")
  writeFileSync(file, "#!/bin/sh\nexit 0\n", { mode: 0o755 })
  const { status } = spawnSync(file)
  rmSync(file)
  return status === 0
}
