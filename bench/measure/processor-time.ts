import { existsSync, readFileSync } from "node:fs"

/** USER_HZ of every Linux that Bun runs on. */
const ticksPerSecond = 100

/** Seconds of processor time that each process and its children's children have used; empty where there is no /proc. */
export function processorSeconds(processes: ReadonlyMap<string, number>): Map<string, number> {
  const seconds = new Map<string, number>()
  if (!existsSync("/proc/self/stat")) return seconds
  const parents = readParents()
  for (const [name, pid] of processes) {
    let ticks = 0
    for (const [each, parent] of parents) {
      if (each === pid || parent === pid) ticks += ticksOf(each)
    }
    seconds.set(name, ticks / ticksPerSecond)
  }
  return seconds
}

/** pid → parent, of everything that runs. */
function readParents(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of new Bun.Glob("*/stat").scanSync({ cwd: "/proc", onlyFiles: false })) {
    const pid = Number.parseInt(name, 10)
    const fields = statOf(pid)
    if (fields) parents.set(pid, Number(fields[1]))
  }
  return parents
}

function ticksOf(pid: number): number {
  const fields = statOf(pid)
  return fields ? Number(fields[11]) + Number(fields[12]) : 0
}

/** From `state` on: after it come the parent, and as eleventh and twelfth the ticks in user and system mode. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  } catch {
    return undefined
  }
}
