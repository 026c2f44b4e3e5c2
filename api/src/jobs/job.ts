import type { Context } from "../context"
import { reasonOf } from "../errors"
import { type Rest, restingWell } from "../rest"

/** Work that goes on by itself. Any number of gateways may run the same job: what must be one has a lease. */
export type Job = {
  readonly name: string
  readonly everyMs: number
  /** When it has had nothing to do for a while; left out: as before. */
  readonly idleEveryMs?: number
  /**
   * How much was done; while there is some it is called again at once. `busy` says that there is something to wait for.
   * Work that may take longer than a moment rests between its bites.
   */
  readonly run: (ctx: Context, busy?: () => void, rest?: Rest) => Promise<number>
}

/** So long without work a job is idle. */
const idleAfterMs = 5_000

/** Runs jobs until stopped, each by itself and never twice at once. A failure is logged and tried again in its time. */
export function runJobs(ctx: Context, jobs: readonly Job[]): { stop(): Promise<void>; wake(name: string): void } {
  let stopped = false
  const stopping = new AbortController()
  const wakers = new Map<string, () => void>()
  const loops = jobs.map(async (job) => {
    let busyMs = performance.now()
    const busy = () => {
      busyMs = performance.now()
    }
    while (!stopped) {
      const isIdle = performance.now() - busyMs > idleAfterMs
      const pauseMs = isIdle ? (job.idleEveryMs ?? job.everyMs) : job.everyMs
      const pause = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs)
        wakers.set(job.name, () => {
          clearTimeout(timer)
          resolve()
        })
      })
      const done = await job.run(ctx, busy, restingWell(stopping.signal)).catch((error: unknown) => {
        if (!stopped) ctx.log.warn({ job: job.name, error: reasonOf(error) }, "a job failed and will be tried again")
        return 0
      })
      if (stopped) break
      if (done > 0) {
        busy()
        wakers.get(job.name)?.()
      }
      await pause
    }
  })
  return {
    async stop() {
      stopped = true
      stopping.abort()
      for (const wake of wakers.values()) wake()
      await Promise.all(loops)
    },
    wake: (name) => wakers.get(name)?.(),
  }
}
