import { billReadings } from "@suyuan/drizzle/schema/payments"
import { and, gt, gte, inArray, or } from "drizzle-orm"
import { gatewayActor } from "../actor"
import type { Context } from "../context"
import { underLease } from "../leases"
import type { PaymentDeps } from "../payments/payment-deps"
import { platforms } from "../payments/payment-provider"
import { reconcileDay } from "../payments/reconcile-day"
import type { Job } from "./job"

const dayMs = 86_400_000
/** After the midnight in China that ends the day: both platforms have their bills by 10:00. */
const readyMs = 10.5 * 3_600_000
/** So many days back a day that was missed is made up for. */
const daysBack = 7
/** A day whose bills are not all there is asked for again after so long, by whichever gateway looks then. */
const againMs = 600_000

/** Reconciles each past day once, oldest first, in one process; a bill that is not there is asked for again next time. */
export function reconcileJobs(deps: PaymentDeps, holder: string): Job[] {
  const reconcile = async (ctx: Context, isHeld: () => boolean): Promise<number> => {
    const newest = chinaDay(ctx.clock.nowMs() - readyMs - dayMs)
    const days = Array.from({ length: daysBack }, (_, back) => chinaDay(Date.parse(newest) - back * dayMs, 0)).reverse()
    // A bill that is too large would be fetched whole each time, for nothing: a person asks for it again.
    const isDone = inArray(billReadings.state, ["reconciled", "too-large"])
    const isRecent = gt(billReadings.triedAt, new Date(ctx.clock.nowMs() - againMs))
    const done = await ctx.db
      .select({ platform: billReadings.platform, day: billReadings.day })
      .from(billReadings)
      .where(and(gte(billReadings.day, days[0] ?? newest), or(isDone, isRecent)))
    let reconciled = 0
    for (const day of days) {
      for (const platform of platforms) {
        if (done.some((row) => row.platform === platform && row.day === day)) continue
        // Two gateways at one day would only do it twice: what both find is kept once.
        if (!isHeld()) return reconciled
        const result = await reconcileDay(ctx, deps, gatewayActor, { platform, day })
        if (result.state === "reconciled") reconciled += 1
        if (result.state === "reconciled" && result.differences > 0) {
          ctx.log.error({ platform, day, differences: result.differences }, "a bill differs from our books")
        }
        if (result.state === "too-large") ctx.log.error({ platform, day }, "a bill is larger than we read")
      }
    }
    return reconciled
  }
  const run = async (ctx: Context): Promise<number> => {
    const { GATEWAY_LEASE_SECONDS: seconds } = ctx.config
    return (await underLease(ctx, "reconcile", holder, seconds, (isHeld) => reconcile(ctx, isHeld))) ?? 0
  }
  return [{ name: "payments/reconcile-days", everyMs: 30_000, run }]
}

function chinaDay(ms: number, offsetMs = 8 * 3_600_000): string {
  return new Date(ms + offsetMs).toISOString().slice(0, 10)
}
