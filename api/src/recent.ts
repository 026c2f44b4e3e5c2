/**
 * What was read a moment ago, for answers that many ask for and that change seldom: names, lots. Each gateway has its
 * own; a change is seen after `keptMs` at the latest.
 */
export class Recent<K, V> {
  private readonly known = new Map<K, { readonly value: V; readonly readAtMs: number }>()
  private readonly keptMs: number
  private readonly countMax: number

  constructor(keptMs: number, countMax: number) {
    this.keptMs = keptMs
    this.countMax = countMax
  }

  /** The values of these keys; `read` is asked for those that are not known, or were read too long ago. */
  async of(keys: readonly K[], nowMs: number, read: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>) {
    const { found, missing } = this.look(keys, nowMs)
    if (missing.length > 0) this.keep(await read(missing), nowMs, found)
    return found
  }

  /** What was read lately of these keys, and those of which nothing was. */
  look(keys: readonly K[], nowMs: number): { found: Map<K, V>; missing: K[] } {
    const found = new Map<K, V>()
    const missing: K[] = []
    for (const key of keys) {
      const known = this.known.get(key)
      if (known && Math.abs(nowMs - known.readAtMs) <= this.keptMs) found.set(key, known.value)
      else missing.push(key)
    }
    return { found, missing }
  }

  /** Keeps what was read just now; `found` gets it too. */
  keep(read: ReadonlyMap<K, V>, nowMs: number, found: Map<K, V>): void {
    for (const [key, value] of read) {
      found.set(key, value)
      // The newest are last: what was read longest ago goes first.
      this.known.delete(key)
      this.known.set(key, { value, readAtMs: nowMs })
    }
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.countMax) break
      this.known.delete(oldest)
    }
  }
}

/** One for each database: a program may serve several, as tests do. */
export function recentOf<K, V>(keptMs: number, countMax: number): (of: { readonly sql: object }) => Recent<K, V> {
  const all = new WeakMap<object, Recent<K, V>>()
  return ({ sql }) => {
    const known = all.get(sql) ?? new Recent<K, V>(keptMs, countMax)
    all.set(sql, known)
    return known
  }
}
