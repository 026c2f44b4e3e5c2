/** Rows that the schedule has made due. A claim is a short lease, of one call: after a crash the row becomes due again. */
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { and, eq, inArray, isNotNull, lte } from "drizzle-orm"
import type { Context } from "../context"
import type { AttemptKey, AttemptRow, RefundKey, RefundRow } from "./attempts"

/** For what stands around a call: the database, and a process that others keep waiting. */
const aroundCallMs = 2000

/**
 * Until when a row that is being worked on is left alone by others: as long as a call takes at most. Who calls again for
 * it claims again before. One that is overtaken all the same does no harm: a number is one order, and one refund.
 */
export function claimUntil(ctx: Pick<Context, "clock" | "config">): Date {
  return new Date(ctx.clock.nowMs() + ctx.config.PLATFORM_TIMEOUT_MS + aroundCallMs)
}

/** Before one more call for it. What is not due any more stays so. */
export async function claimAttemptAgain(ctx: Context, { outTradeNo, day }: AttemptKey): Promise<void> {
  await ctx.db
    .update(attempts)
    .set({ nextQueryAt: claimUntil(ctx) })
    .where(and(eq(attempts.outTradeNo, outTradeNo), eq(attempts.day, day), isNotNull(attempts.nextQueryAt)))
}

export async function claimRefundAgain(ctx: Context, { outRefundNo, day }: RefundKey): Promise<void> {
  await ctx.db
    .update(refunds)
    .set({ nextTryAt: claimUntil(ctx) })
    .where(and(eq(refunds.outRefundNo, outRefundNo), eq(refunds.day, day), isNotNull(refunds.nextTryAt)))
}

export async function claimDueAttempts(ctx: Context, limit: number): Promise<AttemptRow[]> {
  return ctx.duties.transaction(async (tx) => {
    const due = await tx
      .select({ outTradeNo: attempts.outTradeNo, day: attempts.day })
      .from(attempts)
      .where(lte(attempts.nextQueryAt, new Date(ctx.clock.nowMs())))
      .orderBy(attempts.nextQueryAt)
      .limit(limit)
      .for("update", { skipLocked: true })
    if (due.length === 0) return []
    const numbers = due.map((row) => row.outTradeNo)
    const days = [...new Set(due.map((row) => row.day))]
    return tx
      .update(attempts)
      .set({ nextQueryAt: claimUntil(ctx) })
      .where(and(inArray(attempts.outTradeNo, numbers), inArray(attempts.day, days)))
      .returning()
  })
}

export async function claimDueRefunds(ctx: Context, limit: number): Promise<RefundRow[]> {
  return ctx.duties.transaction(async (tx) => {
    const due = await tx
      .select({ outRefundNo: refunds.outRefundNo, day: refunds.day })
      .from(refunds)
      .where(lte(refunds.nextTryAt, new Date(ctx.clock.nowMs())))
      .orderBy(refunds.nextTryAt)
      .limit(limit)
      .for("update", { skipLocked: true })
    if (due.length === 0) return []
    const numbers = due.map((row) => row.outRefundNo)
    const days = [...new Set(due.map((row) => row.day))]
    return tx
      .update(refunds)
      .set({ nextTryAt: claimUntil(ctx) })
      .where(and(inArray(refunds.outRefundNo, numbers), inArray(refunds.day, days)))
      .returning()
  })
}
