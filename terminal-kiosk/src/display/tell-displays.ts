import type { BrokerLink } from "../link/broker-link"

/** Display id → what it shows. An empty text takes away what it showed before. */
export type Shown = ReadonlyMap<string, string>

/**
 * Tells the terminal's displays over whatever session there is: the newest only, one after another, and all of it again
 * over a new session, because a broker may have forgotten. Nothing waits for it.
 */
export class DisplayTeller {
  #link: Pick<BrokerLink, "show"> | undefined
  #wanted: Shown = new Map()
  readonly #told = new Map<string, string>()
  #isTelling = false

  speakOver(link: Pick<BrokerLink, "show"> | undefined): void {
    this.#link = link
    this.#told.clear()
    void this.#tell()
  }

  say(shown: Shown): void {
    this.#wanted = shown
    void this.#tell()
  }

  async #tell(): Promise<void> {
    if (this.#isTelling) return
    this.#isTelling = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        const [displayId, text, link] = next
        await link.show(displayId, text)
        if (link === this.#link) this.#told.set(displayId, text)
      }
    } catch {
      // The session is over; the next one begins anew.
    } finally {
      this.#isTelling = false
    }
  }

  #next(): readonly [string, string, Pick<BrokerLink, "show">] | undefined {
    const link = this.#link
    if (link === undefined) return undefined
    const untold = [...this.#wanted].find(([displayId, text]) => this.#told.get(displayId) !== text)
    return untold === undefined ? undefined : [...untold, link]
  }
}
