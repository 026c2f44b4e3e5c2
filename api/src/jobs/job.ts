import type { Context } from "../context"
import { reasonOf } from "../errors"

/** Work that goes on by itself. Any number of gateways may run the same job: what must be one has a lease. */
export type Job = {
  readonly name: string
  readonly everyMs: number
  /** How much was done; while there is some it is called again at once. */
  readonly run: (ctx: Context) => Promise<number>
}

/** Runs jobs until stopped, each by itself and never twice at once. A failure is logged and tried again in its time. */
export function runJobs(ctx: Context, jobs: readonly Job[]): { stop(): Promise<void>; wake(name: string): void } {
  let stopped = false
  const wakers = new Map<string, () => void>()
  const loops = jobs.map(async (job) => {
    while (!stopped) {
      const pause = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, job.everyMs)
        wakers.set(job.name, () => {
          clearTimeout(timer)
          resolve()
        })
      })
      const done = await job.run(ctx).catch((error: unknown) => {
        if (!stopped) ctx.log.warn({ job: job.name, error: reasonOf(error) }, "a job failed and will be tried again")
        return 0
      })
      if (stopped) break
      if (done > 0) wakers.get(job.name)?.()
      await pause
    }
  })
  return {
    async stop() {
      stopped = true
      for (const wake of wakers.values()) wake()
      await Promise.all(loops)
    },
    wake: (name) => wakers.get(name)?.(),
  }
}
