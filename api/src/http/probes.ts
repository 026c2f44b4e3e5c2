import { newestMigration } from "@suyuan/drizzle/migrate"
import { sql } from "drizzle-orm"
import type { Context } from "../context"
import type { Probe } from "./health"

export function databaseProbe(ctx: Pick<Context, "db">): Probe {
  return {
    name: "database",
    check: async () => {
      await ctx.db.execute(sql`SELECT 1`)
    },
  }
}

/** Fails while the database is behind this program: another gateway may be migrating it just now. */
export function migrationsProbe(ctx: Pick<Context, "db">): Probe {
  return {
    name: "migrations",
    check: async () => {
      const [applied] = await ctx.db.execute<{ at: string | null }>(
        sql`SELECT max(created_at) AS at FROM drizzle.__drizzle_migrations`,
      )
      if (Number(applied?.at ?? 0) < newestMigration()) throw new Error("a migration of this program has not run")
    },
  }
}
