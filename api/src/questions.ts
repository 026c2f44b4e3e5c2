/** Questions that many ask and that indexes alone answer: what a code means, where goods came from, where they went. */
import { sql } from "drizzle-orm"
import type { Context } from "./context"

/**
 * Of the connections that such questions go over. Each statement is planned once a connection, for any parameters: for
 * tables of many partitions that takes longer than to answer. A plan may be older than what is in a partition, which was
 * empty when it was made: so that none reads one through as a whole, it is made as if that were dear.
 */
export const questionSettings = { plan_cache_mode: "force_generic_plan", enable_seqscan: "off" } as const

/** The same context, over those connections: for questions. */
export function asking<Of extends Pick<Context, "db" | "questions">>(ctx: Of): Of {
  return { ...ctx, db: ctx.questions }
}

/**
 * The same for what moves money, over connections of its own, which payments hold while they wait for a sale's lock: each
 * of its statements names one sale, attempt or refund by its key.
 */
export function settling<Of extends Pick<Context, "db" | "settlements">>(ctx: Of): Of {
  return { ...ctx, db: ctx.settlements }
}

/**
 * Ends a lateral subquery of a partitioned table: it is then asked for each of the few rows before it, by an index. As a
 * plain join, and planned when a partition was empty, the partition may as well be read through from one end to the other.
 */
export const lookedUp = sql`OFFSET 0`
