// Commits rows to the journal it is given, and prints the number of each one that is durable, until it is killed.
import { openJournalStore } from "@suyuan/terminal-kiosk/store/journal-store"

const store = await openJournalStore(process.argv[2] ?? "")
for (let i = 0; ; i++) {
  await store.commit([
    {
      table: "outbox",
      change: "insert",
      key: String(i).padStart(8, "0"),
      row: { kind: "sale", envelope: "a1".repeat(100), queuedAtMs: i },
    },
  ])
  process.stdout.write(`${i}\n`)
}
