import { expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { awaitEnd, processStartedAt } from "../../../scripts/engines/processes"

const runBun = join(import.meta.dir, "../../../scripts/testing/run-bun.ts")
/** Says its number, and would stay. */
const stays = "console.log(process.pid); setInterval(() => {}, 1000)"

test("what a runner started ends with it, also after kill -9", async () => {
  const program = `const { runBun } = await import(${JSON.stringify(runBun)}); await runBun(["-e", ${JSON.stringify(stays)}])`
  const runner = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] })
  const pid = await new Promise<number>((done) => runner.stdout.once("data", (said) => done(Number(said))))
  const startedAt = processStartedAt(pid)
  if (startedAt === undefined) throw new Error("it does not run")
  runner.kill("SIGKILL")
  await awaitEnd({ pid, startedAt })
  expect(processStartedAt(pid)).not.toBe(startedAt)
})
