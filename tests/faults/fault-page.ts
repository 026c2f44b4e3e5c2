import { type FaultRow, steps, table } from "./table"

/** docs/faults.md: every row by its step, with the file that runs it. */
export function faultPage(): string {
  const rows = Object.entries(table).flatMap(([group, own]) =>
    Object.values(own as Record<string, FaultRow>).map((row) => ({ ...row, group })),
  )
  const sections = steps.flatMap((step) => {
    const own = rows.filter((row) => row.step === step)
    if (own.length === 0) return []
    const lines = own.map(({ fault, expected, each, group }) => {
      const where = group === "long" ? "tests/long" : `tests/faults/${group}.test.ts`
      return `| ${fault}${each === undefined ? "" : " (each platform)"} | ${expected} | \`${where}\` |`
    })
    return [`## ${step}`, "", "| fault | expected | run by |", "|---|---|---|", ...lines, ""]
  })
  return [
    "# Faults",
    "",
    "What goes wrong on the straight line ([architecture.md](architecture.md)), step by step, and what must be true",
    "afterwards. Every row is a test on real engines: PostgreSQL, broker, chain, the payment sandbox, and where a row",
    "says *killed*, the gateway's own process. After each row the same identities are checked",
    "(`scripts/soak/identities.ts`):",
    "",
    "- no sale that was paid or acknowledged is lost, what was paid is paid, none is there twice;",
    "- Σ platform receipts − Σ platform refunds = Σ (paidFen − refundedFen), to the fen; with a whole installation also",
    "  order by order;",
    "- every settled and uploaded sale has exactly one record, every refund of one too;",
    "- every record stands in at most one batch, batches have no gap, the chain holds each record once;",
    "- what was bought of a pile is what the events of those who bought it say.",
    "",
    "`npm run soak -- --minutes M [--seed S]` does the same at random, under load; what an operator sees and does in each",
    "outage is in [operations/running.md](operations/running.md#when-a-part-is-away).",
    "",
    "Written by `bun scripts/write-faults.ts` from `tests/faults/table.ts`; a test fails when the two differ.",
    "",
    ...sections,
  ].join("\n")
}
