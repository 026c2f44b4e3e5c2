import { buyerSessions } from "@suyuan/drizzle/schema/buyers"
import { lte } from "drizzle-orm"
import type { Context } from "../context"

/** Sessions that are over open nothing: they go, those of browsers too, which nobody logs in to again. */
export async function dropExpiredSessions(ctx: Pick<Context, "db" | "clock">): Promise<number> {
  await ctx.db.delete(buyerSessions).where(lte(buyerSessions.expiresAt, new Date(ctx.clock.nowMs())))
  return 0
}
