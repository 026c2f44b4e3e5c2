import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { expectedTimes, namedFiles } from "../../../scripts/testing/long-files"

const tests = resolve(import.meta.dir, "../..")

test("names files that are there", () => {
  expect(namedFiles.filter((file) => !existsSync(join(tests, file)))).toEqual([])
})

test("gives every file of a run a time, long ones a longer one", () => {
  const { version, files } = JSON.parse(expectedTimes(["faults/killed.test.ts", "api/leases.test.ts"]))
  expect(version).toBe(1)
  expect(Object.keys(files)).toEqual(["tests/faults/killed.test.ts", "tests/api/leases.test.ts"])
  expect(files["tests/faults/killed.test.ts"]).toBeGreaterThan(10 * files["tests/api/leases.test.ts"])
})
