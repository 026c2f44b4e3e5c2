import { readFileSync } from "node:fs"
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os"

/** One line that says on what, and beside how much else, the figures were measured. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? "unknown processor"
  const memoryGib = (totalmem() / 2 ** 30).toFixed(1)
  const load = loadavg().map((value) => value.toFixed(2))
  const system = `${distribution()}, ${type()} ${release()} ${arch()}`
  return `machine: ${model}, ${availableParallelism()} cores, ${memoryGib} GiB, ${system}, Bun ${Bun.version}, ${hugePages()}, load ${load.join(" ")}`
}

/** With them PostgreSQL maps its shared memory at once; without, each connection 4 KB by 4 KB. */
function hugePages(): string {
  try {
    const pages = Number(readFileSync("/proc/sys/vm/nr_hugepages", "utf8"))
    return pages === 0 ? "no huge pages" : `${pages} huge pages set aside`
  } catch {
    return "huge pages unknown"
  }
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown system"
  } catch {
    return "unknown system"
  }
}
