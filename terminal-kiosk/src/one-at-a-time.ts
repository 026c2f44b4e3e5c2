/** Runs what it is given one after the other, in the order of asking; a failure does not hold up the next. */
export interface OneAtATime {
  <T>(work: () => Promise<T>): Promise<T>
  /** How many have asked for a turn: while it is the same, what was read in the last one is still so. */
  readonly asked: () => number
}

export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  let asked = 0
  const run = <T>(work: () => Promise<T>): Promise<T> => {
    asked += 1
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }
  return Object.assign(run, { asked: () => asked })
}
