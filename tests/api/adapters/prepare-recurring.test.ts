import { afterAll, beforeAll, expect, test } from "bun:test"
import { prepareRecurring } from "@suyuan/api/adapters/prepare-recurring"
import { planAnew } from "@suyuan/api/plan-anew"
import { sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { type FreshDatabase, freshDatabase } from "../../support/engines"

let database: FreshDatabase
let client: postgres.Sql
beforeAll(async () => {
  database = await freshDatabase()
  client = postgres(database.url, { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

const preparedTexts = async () =>
  (await client`SELECT statement FROM pg_prepared_statements`).map((row) => String(row.statement))

test("prepares what recurs, in transactions too, and nothing whose text is always another or that is planned anew", async () => {
  const db = drizzle(prepareRecurring(client))
  for (let i = 0; i < 6; i += 1) {
    expect(await db.execute(sql`SELECT ${i}::int AS recurring`)).toMatchObject([{ recurring: i }])
    await db.transaction(async (tx) => {
      expect(await tx.execute(sql`SELECT ${i}::int AS within`)).toMatchObject([{ within: i }])
      await tx.transaction((deeper) => deeper.execute(sql`SELECT ${i}::int AS deeper`))
    })
    const list = sql.join(
      Array.from({ length: i + 1 }, (_, index) => sql`${index}::int`),
      sql`, `,
    )
    await db.execute(sql`SELECT 1 IN (${list}) AS listed`)
    await db.execute(sql`${planAnew}SELECT ${i}::int AS planned`)
  }
  const texts = await preparedTexts()
  for (const name of ["recurring", "within", "deeper"]) {
    expect(texts.filter((text) => text.endsWith(` AS ${name}`))).toHaveLength(1)
  }
  for (const name of ["listed", "planned"]) expect(texts.filter((text) => text.endsWith(` AS ${name}`))).toEqual([])
})

test("a failed statement and a rolled back transaction leave it working", async () => {
  const db = drizzle(prepareRecurring(client))
  const divide = (by: number) => db.transaction((tx) => tx.execute(sql`SELECT 1 / ${by}::int AS quotient`))
  for (let i = 0; i < 6; i += 1) {
    await expect(divide(0)).rejects.toThrow()
    expect(await divide(1)).toMatchObject([{ quotient: 1 }])
  }
})
