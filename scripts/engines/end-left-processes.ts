// Waits for the end of the process that started it (its standard input closes), then ends the children that the other
// left on record, and removes the record's directory when that was a throwaway one.
// usage: bun end-left-processes.ts <record> <owner pid> <owner start time> keep|remove
import { rmSync } from "node:fs"
import { dirname } from "node:path"
import { awaitEnd, endLeftProcesses } from "./processes"

const [record, pid, startedAt, directory] = process.argv.slice(2)
if (record === undefined || pid === undefined || startedAt === undefined) throw new Error("missing arguments")
for await (const _ of Bun.stdin.stream()) {
  // Nothing is ever written: only the end matters.
}
const owner = { pid: Number(pid), startedAt }
// The kernel closes a dying process's files a moment before the process is gone, and on a busy machine that is long.
await awaitEnd(owner)
await endLeftProcesses(record, owner)
if (directory === "remove") rmSync(dirname(record), { recursive: true, force: true })
