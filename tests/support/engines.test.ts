import { expect, test } from "bun:test"
import postgres from "postgres"
import { freshDatabase } from "./engines"

test("gives each caller a migrated database of its own", async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()])
  expect(one.url).not.toBe(other.url)
  const sql = postgres(one.url, { max: 1 })
  const [row] = await sql`select count(*)::int as tables from pg_tables where schemaname = 'public'`
  await sql.end()
  expect(row?.tables).toBeGreaterThan(10)
  await Promise.all([one.drop(), other.drop()])
})
