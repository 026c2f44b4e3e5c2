import { endDaysThatAreOver } from "../trace/end-day"
import { forgetPileDays, rememberPiles } from "../trace/remember-piles"
import { rememberPurchases } from "../trace/remember-purchases"
import { forgetPileSums, sumPileDays } from "../trace/sum-days"
import type { Job } from "./job"

export const traceJobs: Job[] = [
  { name: "trace/end-days", everyMs: 600_000, run: (ctx) => endDaysThatAreOver(ctx).then(() => 0) },
  // Two gateways may find out the same: it is the same.
  { name: "trace/remember-purchases", everyMs: 2_000, run: rememberPurchases },
  { name: "trace/remember-piles", everyMs: 300_000, run: rememberPiles },
  { name: "trace/sum-days", everyMs: 600_000, run: (ctx) => sumPileDays(ctx).then(() => 0) },
  { name: "trace/forget-pile-sums", everyMs: 86_400_000, run: (ctx) => forgetPileSums(ctx).then(() => 0) },
  { name: "trace/forget-pile-days", everyMs: 86_400_000, run: forgetPileDays },
]
