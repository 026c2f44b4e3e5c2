import { extendActiveRecalls } from "../recalls/activate-recall"
import type { BuyerNotifiers } from "../recalls/buyer-notifier"
import { noteStallsTold } from "../recalls/read-recall"
import { sendNotices } from "../recalls/send-notices"
import type { Job } from "./job"

export function recallJobs(notifiers: BuyerNotifiers): Job[] {
  return [
    { name: "recalls/send-notices", everyMs: 2000, run: (ctx) => sendNotices(ctx, notifiers) },
    { name: "recalls/note-stalls-told", everyMs: 1000, run: (ctx) => noteStallsTold(ctx).then(() => 0) },
    // Late records reach further; a recall in force looks again by itself.
    { name: "recalls/extend", everyMs: 120_000, run: (ctx) => extendActiveRecalls(ctx).then(() => 0) },
  ]
}
