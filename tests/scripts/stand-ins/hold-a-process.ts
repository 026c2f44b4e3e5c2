// Starts one long child and waits to be killed. usage: bun hold-a-process.ts <directory>
import { join } from "node:path"
import { openProcesses } from "../../../scripts/engines/processes"

const [directory = ""] = process.argv.slice(2)
const child = openProcesses(join(directory, "processes.json")).start({
  name: "sleeper",
  command: "/bin/sleep",
  args: ["600"],
  logFile: join(directory, "sleeper.log"),
  stopSignal: "SIGTERM",
  stopTimeoutMs: 5_000,
})
process.stdout.write(`${child.pid}\n`)
await child.exited
