import { fileURLToPath } from "node:url"
import { drizzle } from "drizzle-orm/postgres-js"
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator"
import postgres from "postgres"
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
    await sql`SELECT ensure_day_partitions((now() AT TIME ZONE 'UTC')::date - 3, (now() AT TIME ZONE 'UTC')::date + 14)`
  } finally {
    await sql.end()
  }
}

/** When the newest migration of this program was made, as the database remembers it: milliseconds since 1970. */
export function newestMigration(): number {
  return Math.max(...journal.entries.map((entry) => entry.when))
}
