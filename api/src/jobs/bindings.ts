import { proposeBindings } from "../bindings/propose-bindings"
import { dropExpiredSessions } from "../buyers/drop-sessions"
import type { Job } from "./job"

export const bindingJobs: Job[] = [
  // Counts of two weeks change little in a quarter of a day.
  { name: "bindings/propose", everyMs: 6 * 3_600_000, run: (ctx) => proposeBindings(ctx).then(() => 0) },
  { name: "buyers/drop-sessions", everyMs: 3_600_000, run: dropExpiredSessions },
]
