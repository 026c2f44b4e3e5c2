/** A value that screens look at; each change is a new object. */
export class Observed<T extends object> {
  #value: T
  readonly #watchers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get = (): T => this.#value

  set(changes: Partial<T>): void {
    this.#value = { ...this.#value, ...changes }
    for (const look of this.#watchers) look()
  }

  watch = (look: () => void): (() => void) => {
    this.#watchers.add(look)
    return () => this.#watchers.delete(look)
  }
}
