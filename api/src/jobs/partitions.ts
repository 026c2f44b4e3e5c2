import { makePartitions } from "@suyuan/drizzle/make-partitions"
import { sql } from "drizzle-orm"
import { raiseAlarms } from "../alarms/raise-alarms"
import type { Context } from "../context"
import { utcDay } from "../day"
import type { Job } from "./job"

const dayMs = 86_400_000
const daysAhead = 14
/** Goods are entered some days late, tablets come back from the drawer: such a day gets its partition, however old. */
const daysBackMax = 400
/** Half a minute for a table that is always in use; then again in an hour. */
const tries = 40

/**
 * Makes the coming days' partitions. A row that lay in a default partition all the same is an alarm; it moves to a
 * partition of its day, unless that day is none that a working clock can name. Returns how many partitions were made.
 */
export async function ensurePartitions(ctx: Context): Promise<number> {
  const nowMs = ctx.clock.nowMs()
  const day = (days: number) => utcDay(new Date(nowMs + days * dayMs))
  let made = await makePartitions(ctx.sql, { from: day(0), to: day(daysAhead), tries })
  for (const stray of await findStrays(ctx)) {
    ctx.log.error(stray, "rows lie in a default partition")
    await raiseStray(ctx, stray, day(0))
    const isPlausible = stray.day >= day(-daysBackMax) && stray.day <= day(daysAhead)
    if (isPlausible) made += await makePartitions(ctx.sql, { from: stray.day, to: stray.day, tries })
  }
  return made
}

async function raiseStray(ctx: Context, { table, day: rowsDay, rows }: Stray, today: string): Promise<void> {
  const about = {
    kind: "stray-rows",
    subject: `${table} ${rowsDay}`,
    day: today,
    siteId: null,
    merchantId: null,
  } as const
  await ctx.db.transaction((tx) => raiseAlarms(ctx, tx, [{ ...about, evidence: { table, rowsDay, rows } }]))
}

type Stray = { readonly table: string; readonly day: string; readonly rows: number }

/** In every table that is partitioned by day, whichever those are by now. */
async function findStrays(ctx: Context): Promise<Stray[]> {
  const defaults = await ctx.db.execute<{ name: string }>(sql`
    SELECT child.relname AS name FROM pg_partitioned_table AS parent
    JOIN pg_class AS child ON child.oid = parent.partdefid ORDER BY child.relname`)
  const strays: Stray[] = []
  for (const { name } of defaults) {
    const rows = await ctx.db.execute<{ day: string; rows: number }>(
      sql`SELECT day::text AS day, count(*)::int AS rows FROM ${sql.identifier(name)} GROUP BY day ORDER BY day`,
    )
    for (const row of rows) strays.push({ table: name, day: row.day, rows: row.rows })
  }
  return strays
}

const ensure: Job = {
  name: "partitions/ensure",
  everyMs: 3_600_000,
  // Once is enough: what could not be moved now cannot be moved at once either.
  run: async (ctx) => {
    await ensurePartitions(ctx)
    return 0
  },
}

export const partitionJobs: Job[] = [ensure]
