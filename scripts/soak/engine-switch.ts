// A part that a test or a soak run stops, kills, silences and starts again, at the same address each time.
import type { RunningProcess } from "../engines/processes"

export type Part = { readonly process: RunningProcess; stop(): Promise<void> }

export type Switch<P extends Part> = {
  readonly name: string
  /** The one that runs now, or ran last. */
  current(): P
  isRunning(): boolean
  /** Asks it to stop, as an operator does. */
  stop(): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** Alive, and silent: what a stuck machine or a broken line looks like from outside. */
  silence(): void
  speak(): void
  /** Brings it back when it is not running. */
  start(): Promise<void>
}

export function openSwitch<P extends Part>(name: string, first: P, start: () => Promise<P>): Switch<P> {
  let part = first
  let isSilent = false
  /** False where there is nobody (any more) to take it: another fault was quicker. */
  function send(signal: NodeJS.Signals): boolean {
    if (!part.process.isRunning()) return false
    try {
      return process.kill(part.process.pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return false
      throw error
    }
  }
  function speak(): void {
    if (isSilent) send("SIGCONT")
    isSilent = false
  }
  return {
    name,
    current: () => part,
    isRunning: () => part.process.isRunning(),
    async stop() {
      speak()
      await part.stop()
    },
    async kill() {
      send("SIGKILL")
      isSilent = false
      await part.process.exited
    },
    silence() {
      isSilent = send("SIGSTOP")
    },
    speak,
    async start() {
      speak()
      if (!part.process.isRunning()) part = await start()
    },
  }
}
