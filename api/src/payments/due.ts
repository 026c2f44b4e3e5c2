/** Rows that the schedule has made due. A claim is a short lease: after a crash the row becomes due again. */
import { attempts, refunds } from "@suyuan/drizzle/schema/payments"
import { and, inArray, lte } from "drizzle-orm"
import type { Context } from "../context"
import type { AttemptRow, RefundRow } from "./attempts"

/** The longest chain of calls for one row is query, close, query, send: each may take the whole time-out. */
const callsMax = 5
const claimMsMin = 2000

/** Until when a row that is being worked on is left alone by others. */
export function claimUntil(ctx: Pick<Context, "clock" | "config">): Date {
  return new Date(ctx.clock.nowMs() + Math.max(callsMax * ctx.config.PLATFORM_TIMEOUT_MS, claimMsMin))
}

export async function claimDueAttempts(ctx: Context, limit: number): Promise<AttemptRow[]> {
  return ctx.db.transaction(async (tx) => {
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
  return ctx.db.transaction(async (tx) => {
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
