import type postgres from "postgres"

/** Partitions of days gone by, from the day before this one on. Each table by itself: the gateway works meanwhile. */
export async function openDays(sql: postgres.Sql, firstDay: string): Promise<void> {
  for (const { parent } of await sql`SELECT day_partitioned_tables() AS parent`) {
    await sql`SELECT ensure_day_partitions_of(${parent}, ${firstDay}::date - 1, (now() AT TIME ZONE 'UTC')::date)`
  }
}
