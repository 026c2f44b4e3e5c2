// Starts a service again when it ends without having been asked to.
import type { RunningProcess } from "./engines/processes"

const BACK_OFF_MS_MIN = 500
const BACK_OFF_MS_MAX = 10_000
/** A service that ran this long has recovered. */
const STABLE_MS = 60_000
const FAILURES_MAX = 8

export type Service = { readonly process: RunningProcess; stop(): Promise<void> }

export type KeptService<S extends Service> = {
  /** The one that runs now, or ran last. */
  current(): S
  stop(): Promise<void>
}

export type KeepEvents<S extends Service> = {
  onTrouble(sentence: string): void
  onRestart?(service: S): void
  /** It failed too often in a row. */
  onGivenUp(error: Error): void
}

/** Throws when the first start fails: then something is wrong that trying again does not mend. */
export async function keepRunning<S extends Service>(
  name: string,
  start: () => Promise<S>,
  events: KeepEvents<S>,
): Promise<KeptService<S>> {
  let service = await start()
  let startedAtMs = performance.now()
  let failures = 0
  let restarting: Promise<void> | undefined
  const stopping = Promise.withResolvers<"stopping">()
  let isStopping = false

  function watch(): void {
    service.process.exited.then(({ code, signal }) => {
      if (isStopping) return
      events.onTrouble(`${name} ended (${signal ?? `exit code ${code}`}); starting it again …`)
      restarting = restart()
    })
  }

  async function restart(): Promise<void> {
    if (performance.now() - startedAtMs > STABLE_MS) failures = 0
    for (;;) {
      failures += 1
      if (failures > FAILURES_MAX) return events.onGivenUp(new Error(`${name} ended ${failures} times in a row.`))
      const waitMs = Math.min(BACK_OFF_MS_MIN * 2 ** (failures - 1), BACK_OFF_MS_MAX)
      if ((await Promise.race([Bun.sleep(waitMs), stopping.promise])) === "stopping") return
      try {
        service = await start()
        break
      } catch (error) {
        if (isStopping) return
        events.onTrouble(`${name} could not be started again: ${(error as Error).message}`)
      }
    }
    startedAtMs = performance.now()
    if (isStopping) return
    watch()
    events.onRestart?.(service)
  }

  watch()
  return {
    current: () => service,
    async stop() {
      isStopping = true
      stopping.resolve("stopping")
      await service.stop()
      // A start that was under way may have brought up another one.
      await restarting
      await service.stop()
    },
  }
}
