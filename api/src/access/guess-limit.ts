import { guessLimits } from "@suyuan/drizzle/schema/merchants"
import { and, eq, gte, lt, sql } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"

export type GuessLimit = {
  /** What is guessed and by whom: `claim:203.0.113.7`. Addresses are kept as keyed hashes. */
  readonly subject: string
  readonly failuresMax: number
  readonly windowMs: number
}

const keptMs = 86_400_000

function windowStart(nowMs: number, limit: GuessLimit): Date {
  return new Date(Math.floor(nowMs / limit.windowMs) * limit.windowMs)
}

/** Refuses who failed too often in this window or in the one before: no fresh start at the turn of a window. */
export async function requireGuessesLeft(ctx: Pick<Context, "db" | "clock">, limit: GuessLimit): Promise<void> {
  const start = windowStart(ctx.clock.nowMs(), limit)
  const [row] = await ctx.db
    .select({ failures: sql<number>`coalesce(sum(${guessLimits.failures}), 0)::int` })
    .from(guessLimits)
    .where(
      and(
        eq(guessLimits.subject, limit.subject),
        gte(guessLimits.windowStartsAt, new Date(start.getTime() - limit.windowMs)),
      ),
    )
  if ((row?.failures ?? 0) >= limit.failuresMax) throw new ServiceError("request/too-many")
}

/** Counts a failure, outside of the transaction that failed. */
export async function countWrongGuess(ctx: Pick<Context, "db" | "clock">, limit: GuessLimit): Promise<void> {
  const nowMs = ctx.clock.nowMs()
  await ctx.db
    .insert(guessLimits)
    .values({ subject: limit.subject, windowStartsAt: windowStart(nowMs, limit), failures: 1 })
    .onConflictDoUpdate({
      target: [guessLimits.subject, guessLimits.windowStartsAt],
      set: { failures: sql`${guessLimits.failures} + 1` },
    })
  await ctx.db.delete(guessLimits).where(lt(guessLimits.windowStartsAt, new Date(nowMs - keptMs)))
}
