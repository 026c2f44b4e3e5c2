import type { Terminal } from "../terminal"

/** Where the gateway's newest word on what the stall has of a commodity is kept. */
export function bookKey(commodity: number): string {
  return `book/${commodity}`
}

/**
 * What the stall had of a commodity after this upload; `undefined` until the gateway has answered. It knows what the
 * stall's other terminals sold, and not yet what waits in this one's outbox.
 */
export async function readBook(
  { store }: Pick<Terminal, "store">,
  commodity: number,
  uploadId: string,
): Promise<number | undefined> {
  const row = await store.get("notices", bookKey(commodity))
  if (row === undefined) return undefined
  // Parsed when it came.
  const heard = JSON.parse(row.text) as { readonly uploadId: string; readonly bookGrams: number }
  return heard.uploadId === uploadId ? heard.bookGrams : undefined
}
