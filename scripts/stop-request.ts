// How a person, a service manager or the end of `npm` asks a program of this folder to stop.
import { onParentGone } from "./parent-pipe"

/** A terminal sends Ctrl-C to the whole group and with-bun.mjs hands it on, so the same one may come twice. */
const SAME_KEY_PRESS_MS = 1_500
const INTERRUPTED = 130

/** Aborts at the first request, after saying so; a later one ends this process, and a watcher ends what is left. */
export function awaitStopRequest(say: (sentence: string) => void): AbortSignal {
  const asked = new AbortController()
  let askedAtMs = 0

  function stop(): void {
    if (!asked.signal.aborted) {
      askedAtMs = performance.now()
      say("\nStopping …")
      asked.abort()
    } else if (performance.now() - askedAtMs > SAME_KEY_PRESS_MS) {
      process.exit(INTERRUPTED)
    }
  }

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop)
  onParentGone(stop)
  // A terminal that was closed takes no more words.
  process.stdout.on("error", () => {})
  return asked.signal
}
