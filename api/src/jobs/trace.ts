import type { Context } from "../context"
import { underLease } from "../leases"
import { noRest, type Rest } from "../rest"
import { endDaysThatAreOver } from "../trace/end-day"
import { forgetPileDays, rememberPiles } from "../trace/remember-piles"
import { rememberPurchases } from "../trace/remember-purchases"
import { forgetPileSums, sumPileDays } from "../trace/sum-days"
import type { Job } from "./job"

/** @param holder this process, as it takes leases. */
export const traceJobs = (holder: string): Job[] => [
  { name: "trace/end-days", everyMs: 600_000, run: (ctx, _busy, rest) => endDaysThatAreOver(ctx, rest).then(() => 0) },
  // Two gateways may find out the same: it is the same.
  { name: "trace/remember-purchases", everyMs: 2_000, run: rememberPurchases },
  { name: "trace/remember-piles", everyMs: 300_000, run: (ctx, _busy, rest) => rememberPiles(ctx, rest) },
  { name: "trace/sum-days", everyMs: 600_000, run: (ctx, _busy, rest) => sumAlone(ctx, holder, rest) },
  { name: "trace/forget-pile-sums", everyMs: 86_400_000, run: (ctx) => forgetPileSums(ctx).then(() => 0) },
  { name: "trace/forget-pile-days", everyMs: 86_400_000, run: forgetPileDays },
]

/** Two gateways would write the same sums; one alone has the work of it. */
async function sumAlone(ctx: Context, holder: string, rest: Rest = noRest): Promise<number> {
  await underLease(ctx, "sum-days", holder, ctx.config.GATEWAY_LEASE_SECONDS, () => sumPileDays(ctx, { rest }))
  return 0
}
