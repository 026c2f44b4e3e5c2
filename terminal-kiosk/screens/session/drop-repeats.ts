/** An impatient thumb taps twice: what is asked while the same is under way is dropped, not queued. */
export type Once = <T>(work: () => Promise<T>) => Promise<T | undefined>

/** `undefined` for what was dropped. */
export function dropRepeats(): Once {
  let isBusy = false
  return async (work) => {
    if (isBusy) return undefined
    isBusy = true
    try {
      return await work()
    } finally {
      isBusy = false
    }
  }
}

/** For what happens once in a page's life: every call is the first one. */
export function firstOnly<T>(work: () => Promise<T>): () => Promise<T> {
  let first: Promise<T> | undefined
  return () => {
    first ??= work()
    return first
  }
}
