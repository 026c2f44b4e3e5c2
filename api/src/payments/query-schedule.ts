/** When to look at an attempt or a refund next. Pure; docs/specs/payments.md, PY-7 to PY-9. */

/** A closed attempt is still looked at for so long: the payer may have had the sheet open. */
export const watchMs = 48 * 3_600_000
const watchStepMsMin = 60_000
const watchStepMsMax = 3_600_000

/**
 * The next query of an attempt that may still be paid: at the scheduled seconds after it was made, then every last
 * step, and in any case at its expiry.
 */
export function nextQueryMs(
  attempt: { readonly createdAtMs: number; readonly expiresAtMs: number },
  scheduleSeconds: readonly number[],
  nowMs: number,
): number {
  const offsets = scheduleSeconds.map((seconds) => attempt.createdAtMs + seconds * 1000)
  const next = offsets.find((atMs) => atMs > nowMs) ?? nowMs + lastStepMs(scheduleSeconds)
  return nowMs < attempt.expiresAtMs ? Math.min(next, attempt.expiresAtMs) : nowMs + lastStepMs(scheduleSeconds)
}

/** The next look at a closed attempt: each wait is as long as all before it, 1 minute to 1 hour; undefined at the end. */
export function nextWatchMs(
  attempt: { readonly expiresAtMs: number; readonly watchUntilMs: number },
  nowMs: number,
): number | undefined {
  if (nowMs >= attempt.watchUntilMs) return undefined
  const waitedMs = nowMs - attempt.expiresAtMs
  const stepMs = Math.min(Math.max(waitedMs, watchStepMsMin), watchStepMsMax)
  return Math.min(nowMs + stepMs, attempt.watchUntilMs)
}

/** The next try of what a person may have to mend first, a refusal or a record: as with a closed attempt, and it goes on. */
export function nextPatientTryMs(sinceMs: number, nowMs: number): number {
  return nowMs + Math.min(Math.max(nowMs - sinceMs, watchStepMsMin), watchStepMsMax)
}

/** The next try of a refund; `tries` counts those made. It goes on until the outcome is known. */
export function nextRefundTryMs(tries: number, scheduleSeconds: readonly number[], nowMs: number): number {
  const index = Math.min(Math.max(tries - 1, 0), scheduleSeconds.length - 1)
  return nowMs + (scheduleSeconds[index] ?? 60) * 1000
}

function lastStepMs(scheduleSeconds: readonly number[]): number {
  return (scheduleSeconds.at(-1) ?? 60) * 1000
}
