import { recallNotices, recalls } from "@suyuan/drizzle/schema/recalls"
import { and, desc, eq, ne, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import { ServiceError } from "../errors"

/** A recall as a buyer whom it may concern sees it. */
export type OwnRecall = {
  readonly recallId: string
  readonly reason: string
  readonly isOver: boolean
  /** One of the buyer's sales that may have some of it: opens the trace. */
  readonly saleRecordId: string
  readonly saleDay: string
  readonly isRead: boolean
}

const listedMax = 100

/** Recalls that may concern what this buyer bought, newest first; also where no message could be sent. */
export async function listOwnRecalls(ctx: Context, actor: Actor): Promise<OwnRecall[]> {
  requireBuyer(actor)
  const rows = await ctx.db
    .select({ notice: recallNotices, recall: recalls })
    .from(recallNotices)
    .innerJoin(recalls, eq(recalls.id, recallNotices.recallId))
    .where(and(eq(recallNotices.buyerId, actor.id), ne(recalls.state, "withdrawn")))
    .orderBy(desc(recallNotices.createdAt))
    .limit(listedMax)
  return rows.map(({ notice, recall }) => ({
    ...{ recallId: recall.id, reason: recall.reason, isOver: recall.state === "closed" },
    ...{ saleRecordId: notice.saleRecordId, saleDay: notice.saleDay, isRead: notice.state === "read" },
  }))
}

/** The buyer opened the notice: whatever the platform said of it, they know. */
export async function noteRecallRead(ctx: Context, actor: Actor, recallId: string): Promise<void> {
  requireBuyer(actor)
  const own = and(eq(recallNotices.recallId, recallId), eq(recallNotices.buyerId, actor.id))
  const read = await ctx.db
    .update(recallNotices)
    .set({
      state: "read",
      nextTryAt: null,
      readAt: sql`coalesce(${recallNotices.readAt}, ${new Date(ctx.clock.nowMs()).toISOString()}::timestamptz)`,
    })
    .where(own)
    .returning({ id: recallNotices.id })
  if (read.length === 0) throw new ServiceError("recall/unknown")
}
