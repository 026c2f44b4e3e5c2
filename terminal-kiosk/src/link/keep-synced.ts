import { THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"

/** When the gateway was last heard of, and how far the clock was off then. */
export interface Synced {
  readonly lastSyncAtMs: number | undefined
  readonly clockOffsetMs: number | undefined
}

/** Not in turn, since it reads nothing: no tap waits behind it. */
export function keepSynced({ store }: Pick<Terminal, "store">, synced: Synced): Promise<void> {
  return store.commit([{ table: "synced", change: "put", key: THE_ONE, row: synced }])
}

export async function readSynced({ store }: Pick<Terminal, "store">): Promise<Synced> {
  return (await store.get("synced", THE_ONE)) ?? { lastSyncAtMs: undefined, clockOffsetMs: undefined }
}
