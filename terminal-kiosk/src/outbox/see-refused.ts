import type { Terminal } from "../terminal"

/** A person has read why an upload was refused: it is kept, and asks for nobody any more. */
export function seeRefused(terminal: Terminal, uploadId: string): Promise<void> {
  return terminal.inTurn(async () => {
    const row = await terminal.store.get("refused", uploadId)
    if (row === undefined || row.isSeen === true) return
    await terminal.store.commit([{ table: "refused", change: "put", key: uploadId, row: { ...row, isSeen: true } }])
  })
}
