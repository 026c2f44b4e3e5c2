import type { StallPhotoRow } from "../store/heard-rows"
import { THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import { PHOTO_BYTES_MAX, type SendBytes, sendPhoto } from "./send-photo"

const PREFIX = "data:image/jpeg;base64,"

/** Keeps a photo of the stall until the gateway has it. @param jpeg as a `data:` address */
export function keepStallPhoto({ store, clock, inTurn }: Terminal, jpeg: string): Promise<StallPhotoRow> {
  return inTurn(async () => {
    if (jpegBytes(jpeg).length > PHOTO_BYTES_MAX) throw new RangeError("a photo is at most 512 KB")
    const row = { jpeg, takenAtMs: clock.nowMs() }
    await store.commit([{ table: "stallPhoto", change: "put", key: THE_ONE, row }])
    return row
  })
}

/**
 * Sends what waits, if anything does. Gone from the tablet only after the gateway's own answer; without one it goes
 * again with the next line. What it will not take stays with the reason, until another photo is taken.
 */
export async function sendStallPhoto(terminal: Terminal, send: SendBytes): Promise<StallPhotoRow | undefined> {
  const { store } = terminal
  const waiting = await store.get("stallPhoto", THE_ONE)
  if (waiting === undefined || waiting.code !== undefined) return waiting
  const sent = await sendPhoto(terminal, send, "stall-photo", jpegBytes(waiting.jpeg))
  return terminal.inTurn(async () => {
    const now = await store.get("stallPhoto", THE_ONE)
    // Another one was taken meanwhile: it waits for its own turn.
    if (now === undefined || now.takenAtMs !== waiting.takenAtMs) return now
    if (sent.ok) {
      await store.commit([{ table: "stallPhoto", change: "delete", key: THE_ONE }])
      return undefined
    }
    if (sent.error.kind !== "refused") return now
    const row = { ...now, code: sent.error.code }
    await store.commit([{ table: "stallPhoto", change: "put", key: THE_ONE, row }])
    return row
  })
}

/** @throws RangeError for anything but a JPEG's `data:` address. */
export function jpegBytes(jpeg: string): Uint8Array {
  if (!jpeg.startsWith(PREFIX)) throw new RangeError("a photo is a JPEG")
  return Uint8Array.from(atob(jpeg.slice(PREFIX.length)), (character) => character.charCodeAt(0))
}
