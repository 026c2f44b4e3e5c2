import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"

const root = new URL("../../", import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), "utf8")

/** Cells of the table of figures, a row each. */
function rows(): string[][] {
  const table = read("docs/performance.md").split("\n| figure |")[1]?.split("\n\n")[0] ?? ""
  const lines = table.split("\n").slice(2)
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** Each figure has a file of its own, which names it. */
function measured(): string[] {
  const files = readdirSync(new URL("bench/", root)).filter((name) => name.endsWith(".ts"))
  return files.flatMap((file) => /^ {2}name: "([^"]+)",$/m.exec(read(`bench/${file}`))?.[1] ?? [])
}

test("the table of figures holds what is measured, and nothing else", () => {
  const named = rows().flatMap(([figure = ""]) => [...figure.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  expect(named.toSorted()).toEqual(measured().toSorted())
  expect(named.length).toBeGreaterThan(30)
})

test("no figure is left without a floor", () => {
  for (const row of rows()) expect(row.map((cell) => cell !== "")).toEqual([true, true, true, true])
})
