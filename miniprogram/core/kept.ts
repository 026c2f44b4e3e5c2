/** Port to the little that a phone keeps for us across starts. */
export interface Kept {
  readonly read: (key: string) => string | undefined
  /** `undefined` lets go of it. */
  readonly write: (key: string, text: string | undefined) => void
}

/** As kept; nothing for what another version, or somebody else, wrote there. */
export function readKeptList(kept: Kept, key: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(kept.read(key) ?? "[]")
    return Array.isArray(list) ? list.filter((one) => typeof one === "string") : []
  } catch {
    return []
  }
}

/** The newest last, at most `most` of them. */
export function writeKeptList(kept: Kept, key: string, list: readonly string[], most: number): void {
  kept.write(key, list.length === 0 ? undefined : JSON.stringify(list.slice(-most)))
}
