/**
 * Collects items and hands them over in groups: as soon as `sizeMax` wait, or `waitMs` after the first. One group is
 * worked on at a time; what arrives meanwhile becomes the next. The consumer must not throw.
 */
export class GroupCommit<T> {
  readonly #consume: (group: T[]) => Promise<void>
  readonly #sizeMax: number
  readonly #waitMs: number
  #waiting: T[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #working: Promise<void> | undefined

  constructor(consume: (group: T[]) => Promise<void>, sizeMax = 200, waitMs = 5) {
    this.#consume = consume
    this.#sizeMax = sizeMax
    this.#waitMs = waitMs
  }

  push(item: T): void {
    this.#waiting.push(item)
    if (this.#waiting.length >= this.#sizeMax) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), this.#waitMs)
  }

  get depth(): number {
    return this.#waiting.length
  }

  /** Resolves when everything pushed so far has been worked on. */
  async drain(): Promise<void> {
    while (this.#working || this.#waiting.length > 0) {
      this.#start()
      await this.#working
    }
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#working || this.#waiting.length === 0) return
    const group = this.#waiting.splice(0, this.#sizeMax)
    this.#working = this.#consume(group).finally(() => {
      this.#working = undefined
      if (this.#waiting.length >= this.#sizeMax) this.#start()
      else if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#start(), this.#waitMs)
    })
  }
}
