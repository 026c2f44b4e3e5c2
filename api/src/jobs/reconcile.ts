import { billReadings } from "@suyuan/drizzle/schema/payments"
import { and, gte, inArray } from "drizzle-orm"
import { gatewayActor } from "../actor"
import type { Context } from "../context"
import { releaseLease, takeLease } from "../leases"
import type { PaymentDeps } from "../payments/payment-deps"
import { platforms } from "../payments/payment-provider"
import { reconcileDay } from "../payments/reconcile-day"
import type { Job } from "./job"

const dayMs = 86_400_000
/** After the midnight in China that ends the day: both platforms have their bills by 10:00. */
const readyMs = 10.5 * 3_600_000
/** So many days back a day that was missed is made up for. */
const daysBack = 7
const leaseSeconds = 600

/** Reconciles each past day once, oldest first, in one process; a bill that is not there is asked for again next time. */
export function reconcileJobs(deps: PaymentDeps, holder: string): Job[] {
  const run = async (ctx: Context): Promise<number> => {
    const lease = await takeLease(ctx, "reconcile", holder, leaseSeconds)
    if (lease === undefined) return 0
    const newest = chinaDay(ctx.clock.nowMs() - readyMs - dayMs)
    const days = Array.from({ length: daysBack }, (_, back) => chinaDay(Date.parse(newest) - back * dayMs, 0)).reverse()
    // A bill that is too large would be fetched whole each time, for nothing: a person asks for it again.
    const done = await ctx.db
      .select({ platform: billReadings.platform, day: billReadings.day })
      .from(billReadings)
      .where(and(gte(billReadings.day, days[0] ?? newest), inArray(billReadings.state, ["reconciled", "too-large"])))
    let reconciled = 0
    for (const day of days) {
      for (const platform of platforms) {
        if (done.some((row) => row.platform === platform && row.day === day)) continue
        const result = await reconcileDay(ctx, deps, gatewayActor, { platform, day })
        if (result.state === "reconciled") reconciled += 1
        if (result.state === "reconciled" && result.differences > 0) {
          ctx.log.error({ platform, day, differences: result.differences }, "a bill differs from our books")
        }
        if (result.state === "too-large") ctx.log.error({ platform, day }, "a bill is larger than we read")
      }
    }
    if (reconciled === 0) await releaseLease(ctx, lease)
    return reconciled
  }
  return [{ name: "payments/reconcile-days", everyMs: 600_000, run }]
}

function chinaDay(ms: number, offsetMs = 8 * 3_600_000): string {
  return new Date(ms + offsetMs).toISOString().slice(0, 10)
}
