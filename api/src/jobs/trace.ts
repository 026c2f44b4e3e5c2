import { endDaysThatAreOver } from "../trace/end-day"
import { rememberPurchases } from "../trace/remember-purchases"
import type { Job } from "./job"

export const traceJobs: Job[] = [
  { name: "trace/end-days", everyMs: 600_000, run: (ctx) => endDaysThatAreOver(ctx).then(() => 0) },
  // Two gateways may find out the same: it is the same.
  { name: "trace/remember-purchases", everyMs: 2_000, run: rememberPurchases },
]
