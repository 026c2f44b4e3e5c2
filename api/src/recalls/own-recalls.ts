import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { recallNotices, recalls } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, desc, eq, inArray, isNull, ne, or, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import { ownIdentities } from "../buyers/own-identities"
import type { Context } from "../context"
import { localDay } from "../day"
import { ServiceError } from "../errors"

/** A recall as a buyer whom it may concern sees it. */
export type OwnRecall = {
  readonly recallId: string
  readonly reason: string
  readonly isOver: boolean
  /** One of the buyer's sales that may have some of it: opens the trace. */
  readonly saleRecordId: string
  /** Where the stall is. */
  readonly saleDay: string
  readonly isRead: boolean
  /** The seller said that it is of this lot; by the books none of it can be in any of theirs (RC-21). */
  readonly isClaimed: boolean
  /** What became of the message about it, by whichever identity got furthest; null: it was read without one. */
  readonly message: OwnMessage | null
}

/** The first that any identity of the person has. */
const messageStates = ["sent", "unknown", "waiting", "not-permitted", "failed"] as const
export type OwnMessage = (typeof messageStates)[number]

const listedMax = 100

/** Days of a payment of a sale of the notice's day. */
function isAbout(day: typeof attempts.day) {
  return sql`${day} BETWEEN ${recallNotices.saleDay} - 2 AND ${recallNotices.saleDay} + 2`
}

/** Recalls that may concern what this buyer bought by any joined identity, newest first; also where no message could be sent. */
export async function listOwnRecalls(ctx: Context, actor: Actor): Promise<OwnRecall[]> {
  requireBuyer(actor)
  const own = await ownIdentities(ctx.db, actor.id)
  const rows = await ctx.db
    .select({ notice: recallNotices, recall: recalls, soldAt: sales.effectiveAt, zone: sites.zone })
    .from(recallNotices)
    .innerJoin(recalls, eq(recalls.id, recallNotices.recallId))
    .leftJoin(sales, and(eq(sales.recordId, recallNotices.saleRecordId), eq(sales.day, recallNotices.saleDay)))
    .leftJoin(attempts, and(eq(attempts.outTradeNo, sales.settledBy), isAbout(attempts.day)))
    .leftJoin(sites, eq(sites.id, sales.siteId))
    .where(
      and(
        inArray(recallNotices.buyerId, own),
        ne(recalls.state, "withdrawn"),
        // Told by a join that was ended since: it is another person's purchase again.
        or(isNull(sales.buyerId), inArray(sales.buyerId, own), inArray(attempts.walletBuyerId, own)),
      ),
    )
    .orderBy(desc(recallNotices.createdAt))
    .limit(listedMax)
  const byRecall = Map.groupBy(rows, ({ recall }) => recall.id)
  return [...byRecall.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const { notice, recall, soldAt, zone } = first
    const saleDay = soldAt && zone ? localDay(soldAt, zone) : notice.saleDay
    // Each identity of one person has a notice.
    const isRead = [first, ...others].some((one) => one.notice.state === "read")
    const isClaimed = [first, ...others].every((one) => one.notice.isClaimed)
    return [
      {
        ...{ recallId: recall.id, reason: recall.reason, isOver: recall.state === "closed" },
        ...{ saleRecordId: notice.saleRecordId, saleDay, isRead, isClaimed },
        message: messageOf([first, ...others].map((one) => one.notice)),
      },
    ]
  })
}

function messageOf(notices: readonly (typeof recallNotices.$inferSelect)[]): OwnMessage | null {
  const states = notices.map(({ sentAt, state }) => (sentAt === null ? state : "sent"))
  return messageStates.find((one) => states.includes(one)) ?? null
}

/** The buyer opened the notice: whatever the platform said of it, they know. */
export async function noteRecallRead(ctx: Context, actor: Actor, recallId: string): Promise<void> {
  requireBuyer(actor)
  const identities = await ownIdentities(ctx.db, actor.id)
  const own = and(eq(recallNotices.recallId, recallId), inArray(recallNotices.buyerId, identities))
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
