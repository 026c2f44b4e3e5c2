// The gateway with a sampling profiler in it: SIGUSR2 begins a profile, the next one ends it and writes
// `gateway.cpuprofile` into the data directory.
import { renameSync, writeFileSync } from "node:fs"
import { Session } from "node:inspector"
import { join } from "node:path"

const intervalMicroseconds = 500

const session = new Session()
session.connect()
let profiling = false

function post(method: string, parameters: object = {}): Promise<unknown> {
  return new Promise((done, fail) => {
    session.post(method, parameters, (error, result) => (error ? fail(error) : done(result)))
  })
}

await post("Profiler.enable")
await post("Profiler.setSamplingInterval", { interval: intervalMicroseconds })
process.on("SIGUSR2", async () => {
  profiling = !profiling
  if (profiling) return post("Profiler.start")
  const { profile } = (await post("Profiler.stop")) as { profile: object }
  const file = join(process.env.SUYUAN_DATA_DIR ?? "", "gateway.cpuprofile")
  writeFileSync(`${file}.new`, JSON.stringify(profile))
  renameSync(`${file}.new`, file)
})

await import("../../api/src/main")
