import { slotKey } from "../store/rows"
import type { Terminal } from "../terminal"

/** A photo of a tile is small, or the tablet's memory is soon full of them: 192 pixels square are some 10 KB. */
export const PHOTO_CHARACTERS_MAX = 120_000

/** Keeps a tile's photo on this tablet alone. @param jpeg as a `data:` address; undefined takes it away */
export function keepPhoto({ store, inTurn }: Terminal, slot: number, jpeg: string | undefined): Promise<void> {
  const key = slotKey(slot)
  return inTurn(async () => {
    if (jpeg === undefined) return store.commit([{ table: "photos", change: "delete", key }])
    if (!jpeg.startsWith("data:image/jpeg;base64,") || jpeg.length > PHOTO_CHARACTERS_MAX) {
      throw new RangeError("a photo is a small JPEG")
    }
    return store.commit([{ table: "photos", change: "put", key, row: { jpeg } }])
  })
}

/** By slot. */
export async function listPhotos({ store }: Pick<Terminal, "store">): Promise<ReadonlyMap<number, string>> {
  return new Map((await store.list("photos")).map(([key, { jpeg }]) => [Number(key), jpeg]))
}
