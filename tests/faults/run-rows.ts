import { describe, test } from "bun:test"
import { platformsOf } from "../api/payments/platforms"
import { type FaultRow, type FaultTable, table } from "./table"

type Platform = (typeof platformsOf)[number]
type RunOf<Row> = Row extends { readonly each: "platform" }
  ? (platform: Platform) => Promise<void>
  : () => Promise<void>

/** A test for each row of the group: the compiler misses the run of a row that has none. */
export function runRows<Group extends keyof FaultTable>(
  group: Group,
  runs: { readonly [Name in keyof FaultTable[Group]]: RunOf<FaultTable[Group][Name]> },
): void {
  const rows = Object.entries(table[group]) as [keyof FaultTable[Group], FaultRow][]
  for (const step of new Set(rows.map(([, row]) => row.step))) {
    describe(step, () => {
      for (const [name, row] of rows.filter(([, { step: own }]) => own === step)) {
        const run = runs[name] as (platform?: Platform) => Promise<void>
        const title = `${row.fault} → ${row.expected}`
        if (row.each === undefined) test(title, () => run())
        else for (const platform of platformsOf) test(`${platform}: ${title}`, () => run(platform))
      }
    })
  }
}
