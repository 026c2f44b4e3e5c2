import type { Logger } from "pino"
import { reasonOf } from "./errors"

const waitingMax = 1000

/**
 * Work that nobody waits for and that may be lost: remembering what can be computed anew. One after another, a name only
 * once while it waits; what comes when too much waits already is dropped.
 */
export class Afterwards {
  private readonly log: Logger
  private readonly waiting = new Map<string, () => Promise<unknown>>()
  private working: Promise<void> | undefined

  constructor(log: Logger) {
    this.log = log
  }

  do(name: string, work: () => Promise<unknown>): void {
    if (this.waiting.has(name) || this.waiting.size >= waitingMax) return
    this.waiting.set(name, work)
    this.working ??= this.workOff()
  }

  /** When nothing is waiting any more. */
  async settled(): Promise<void> {
    while (this.working) await this.working
  }

  /** Drops what is waiting, and waits for what is being done. */
  async stop(): Promise<void> {
    this.waiting.clear()
    await this.settled()
  }

  private async workOff(): Promise<void> {
    // Not within the caller's turn: whoever asked is answered first.
    await new Promise<void>((resolve) => setImmediate(resolve))
    for (;;) {
      const [next] = this.waiting
      if (!next) break
      const [name, work] = next
      this.waiting.delete(name)
      await work().catch((error: unknown) => this.log.warn({ work: name, error: reasonOf(error) }, "work was dropped"))
    }
    this.working = undefined
  }
}
