import { judgeDays } from "../alarms/judge-days"
import { forgetJudgedDays } from "../alarms/judged-days"
import type { Job } from "./job"

export const alarmJobs: Job[] = [
  // Two gateways may find the same: it is raised once.
  { name: "alarms/judge-days", everyMs: 600_000, run: (ctx, _busy, rest) => judgeDays(ctx, rest).then(() => 0) },
  { name: "alarms/forget-judged-days", everyMs: 86_400_000, run: (ctx) => forgetJudgedDays(ctx).then(() => 0) },
]
