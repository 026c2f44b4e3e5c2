import { sql } from "drizzle-orm"
import type { Context } from "../context"
import type { Job } from "./job"

const daysAhead = 14

/** Makes the coming days' partitions. A row that lands in a default partition all the same is an alarm. */
export async function ensurePartitions(ctx: Context): Promise<number> {
  const today = new Date(ctx.clock.nowMs())
  const until = new Date(today.getTime() + daysAhead * 86_400_000)
  await ctx.db.execute(
    sql`SELECT ensure_day_partitions(${today.toISOString().slice(0, 10)}::date, ${until.toISOString().slice(0, 10)}::date)`,
  )
  for (const table of ["sales", "attempts", "records", "pile_events"]) {
    const strays = await ctx.db.execute(sql`SELECT 1 FROM ${sql.identifier(`${table}_default`)} LIMIT 1`)
    if (strays.length > 0) ctx.log.error({ table }, "a row lies in the default partition")
  }
  return 0
}

export const partitionJobs: Job[] = [{ name: "partitions/ensure", everyMs: 3_600_000, run: ensurePartitions }]
