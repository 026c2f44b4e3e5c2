import type { Change } from "../store/local-store"
import type { Tables } from "../store/rows"
import type { Terminal } from "../terminal"

/** Of those that wait for a person so many are read at once: a terminal whose every upload is refused still sells. */
export const REFUSED_READ_MAX = 50

/** A person has read why an upload was refused: it is kept, and asks for nobody any more. */
export function seeRefused(terminal: Terminal, uploadId: string): Promise<void> {
  return terminal.inTurn(async () => {
    const row = await terminal.store.get("refused", uploadId)
    if (row !== undefined) await terminal.store.commit(putAside(uploadId, row))
  })
}

/** Once: what an earlier version of this program kept among those that wait. */
export function putAsideSeen(terminal: Terminal): Promise<void> {
  return terminal.inTurn(async () => {
    const seen = (await terminal.store.list("refused")).filter(([, { isSeen }]) => isSeen === true)
    if (seen.length > 0) await terminal.store.commit(seen.flatMap(([key, row]) => putAside(key, row)))
  })
}

function putAside(key: string, row: Tables["refused"]): Change[] {
  return [
    { table: "refused", change: "delete", key },
    { table: "refusedSeen", change: "put", key, row },
  ]
}
