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
  const send = (signal: NodeJS.Signals) => void process.kill(part.process.pid, signal)
  function speak(): void {
    if (isSilent && part.process.isRunning()) send("SIGCONT")
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
      if (part.process.isRunning()) send("SIGKILL")
      isSilent = false
      await part.process.exited
    },
    silence() {
      isSilent = true
      send("SIGSTOP")
    },
    speak,
    async start() {
      speak()
      if (!part.process.isRunning()) part = await start()
    },
  }
}
