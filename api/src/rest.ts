/** Long work that nobody waits for, done in bites: whoever asks meanwhile has most of the machine to himself. */
import { setTimeout as pause } from "node:timers/promises"

/** Between two bites. False: end here, the rest is done another time. */
export type Rest = () => Promise<boolean>

/** For whoever waits for the work. */
export const noRest: Rest = async () => true

/** So many times as long as was worked: a quarter of one core is left to the work. */
const restPerWork = 3
/** After a bite that was slow because others were busy too. */
const restMsMax = 5_000

/** Begins to count the work now. */
export function restingWell(stopping: AbortSignal): Rest {
  let sinceMs = performance.now()
  return async () => {
    const restMs = Math.min((performance.now() - sinceMs) * restPerWork, restMsMax)
    await pause(restMs, undefined, { signal: stopping }).catch(() => {})
    sinceMs = performance.now()
    return !stopping.aborted
  }
}
