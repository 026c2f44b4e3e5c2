// Waits for a watcher that a busy machine starts late: hence not among the quick ones.
import { afterAll, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { processStartedAt } from "../../scripts/engines/processes"

const folder = mkdtempSync(join(tmpdir(), "suyuan-owner-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a child is gone soon after its owner was killed with -9", async () => {
  const owner = spawn(process.execPath, [join(import.meta.dir, "../scripts/stand-ins/hold-a-process.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const pid = Number(await new Promise((done) => owner.stdout.once("data", (line) => done(String(line)))))
  expect(processStartedAt(pid)).toBeDefined()
  owner.kill("SIGKILL")
  while (processStartedAt(pid) !== undefined) await Bun.sleep(10)
})
