// Chance that repeats itself: the same seed plays the same day.

export type Dice = {
  /** 0 ≤ x < 1 */
  roll(): number
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number
  isLucky(chance: number): boolean
  pick<T>(items: readonly T[]): T
  /** `count` different ones, in random order; all when there are fewer. */
  several<T>(items: readonly T[], count: number): T[]
  /** Independent of how often this one is used. */
  fork(name: string): Dice
}

/** mulberry32. */
export function openDice(seed: number): Dice {
  let state = seed >>> 0
  function roll(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1))
  function several<T>(items: readonly T[], count: number): T[] {
    const left = [...items]
    const taken: T[] = []
    while (taken.length < count && left.length > 0) taken.push(...left.splice(between(0, left.length - 1), 1))
    return taken
  }
  return {
    roll,
    between,
    several,
    isLucky: (chance) => roll() < chance,
    pick: (items) => {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error("nothing to pick from")
      return item
    },
    fork: (name) => openDice(hashOf(`${seed}/${name}`)),
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash
}
