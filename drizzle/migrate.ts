import { fileURLToPath } from "node:url"
import { drizzle } from "drizzle-orm/postgres-js"
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator"
import postgres from "postgres"
import { makePartitions, PartitionsInUse } from "./make-partitions"
import journal from "./migrations/meta/_journal.json"

const migrationLock = 7_305_231

/**
 * Brings a database to the newest schema. One connection under an advisory lock: gateways that start together wait for
 * each other. Safe to repeat.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await sql`SELECT pg_advisory_lock(${migrationLock})`
    await runMigrations(drizzle(sql), { migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)) })
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    await makePartitions(sql, { from: day(-3), to: day(14), tries: 3 }).catch((error: unknown) => {
      // Of a database in use the fourteen days are there from before, and a job makes what is missing.
      if (!(error instanceof PartitionsInUse)) throw error
    })
  } finally {
    await sql.end()
  }
}

/** When the newest migration of this program was made, as the database remembers it: milliseconds since 1970. */
export function newestMigration(): number {
  return Math.max(...journal.entries.map((entry) => entry.when))
}
