// The data of the large figures, built small: a table's new column or constraint is noticed here, not after ten million rows.
import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const directory = mkdtempSync(join(tmpdir(), "suyuan-province-"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test("a province of some trades is built, and what is remembered of it is what its history says", async () => {
  const script = join(import.meta.dir, "../../bench/data.ts")
  const building = Bun.spawn([process.execPath, script, "--trades", "60000", "--directory", directory], {
    stdout: "pipe",
    stderr: "pipe",
  })
  const [said, complaints] = await Promise.all([
    new Response(building.stdout).text(),
    new Response(building.stderr).text(),
  ])
  expect(await building.exited, complaints).toBe(0)
  expect(said).toContain("40 traces are the same, line for line, without anything that is remembered.")
}, 600_000)
