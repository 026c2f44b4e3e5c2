import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { faultPage } from "../faults/fault-page"
import { table } from "../faults/table"

test("the page of faults says what the tests run", () => {
  expect(readFileSync(new URL("../../docs/faults.md", import.meta.url), "utf8")).toBe(faultPage())
})

test("every group of rows has its test file", () => {
  const files = Object.keys(table).map((group) =>
    group === "long" ? "../long/outages.test.ts" : `../faults/${group}.test.ts`,
  )
  expect(files.filter((file) => !existsSync(new URL(file, import.meta.url)))).toEqual([])
})
