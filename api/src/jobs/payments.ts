import type { Context } from "../context"
import { describeFailure } from "../errors"
import { completeLateTrades } from "../payments/complete-late-trades"
import { claimDueAttempts, claimDueRefunds } from "../payments/due"
import type { PaymentDeps } from "../payments/payment-deps"
import { recordLateRefunds } from "../payments/record-refund"
import { pursueRefund } from "../payments/refund"
import { resolveAttempt } from "../payments/resolve-unknown"
import { settling } from "../questions"
import type { Job } from "./job"

/** Rows of one claim; their platform calls run side by side. */
const groupMax = 16

/** Of so many days the partitions are looked at every moment; a terminal that was away for longer is rare. */
const lateDays = 8

/** What heals money after any crash, lost message or silence: everything unfinished is due in the database. */
export function paymentJobs(deps: PaymentDeps): Job[] {
  return [
    {
      name: "payments/resolve-attempts",
      everyMs: 500,
      run: async (ctx) => {
        const due = await claimDueAttempts(ctx, groupMax)
        await each(ctx, due, (attempt) => resolveAttempt(settling(ctx), deps, attempt))
        return due.length
      },
    },
    {
      name: "payments/pursue-refunds",
      everyMs: 500,
      run: async (ctx) => {
        const due = await claimDueRefunds(ctx, groupMax)
        await each(ctx, due, (refund) => pursueRefund(settling(ctx), deps, refund))
        return due.length
      },
    },
    {
      name: "payments/complete-late-trades",
      everyMs: 10_000,
      run: (ctx) => completeLateTrades(ctx, deps, groupMax, lateDays),
    },
    {
      name: "payments/complete-very-late-trades",
      everyMs: 3_600_000,
      run: (ctx) => completeLateTrades(ctx, deps, groupMax),
    },
    {
      name: "payments/record-late-refunds",
      everyMs: 2000,
      run: (ctx) => recordLateRefunds(ctx, deps, groupMax, lateDays),
    },
    {
      name: "payments/record-very-late-refunds",
      everyMs: 3_600_000,
      run: (ctx) => recordLateRefunds(ctx, deps, groupMax),
    },
  ]
}

/** One row's failure is logged and leaves the others alone; the row is due again when its claim runs out. */
async function each<Row>(ctx: Context, rows: readonly Row[], work: (row: Row) => Promise<unknown>): Promise<void> {
  const results = await Promise.allSettled(rows.map(work))
  for (const result of results) {
    if (result.status === "rejected")
      ctx.log.error(describeFailure(result.reason), "a due payment could not be worked on")
  }
}
