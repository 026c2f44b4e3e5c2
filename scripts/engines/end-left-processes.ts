// Waits for the end of the process that started it (its standard input closes), then ends the children that the other
// left on record, and removes the record's directory when that was a throwaway one.
// usage: bun end-left-processes.ts <record> <owner pid> <owner start time> keep|remove
import { rmSync } from "node:fs"
import { dirname } from "node:path"
import { endLeftProcesses } from "./processes"

const [record, pid, startedAt, directory] = process.argv.slice(2)
if (record === undefined || pid === undefined || startedAt === undefined) throw new Error("missing arguments")
for await (const _ of Bun.stdin.stream()) {
  // Nothing is ever written: only the end matters.
}
await endLeftProcesses(record, { pid: Number(pid), startedAt })
if (directory === "remove") rmSync(dirname(record), { recursive: true, force: true })
