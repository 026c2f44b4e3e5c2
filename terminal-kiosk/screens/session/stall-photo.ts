/** The stall's photo, from the camera to the gateway: kept first, sent when there is a line. */
import type { SendBytes } from "../../src/photos/send-photo"
import { keepStallPhoto, sendStallPhoto } from "../../src/photos/stall-photo"
import type { Kiosk } from "./kiosk"

const TIMEOUT_MS = 30_000

/** To the gateway that served these pages. */
export const sendBytes: SendBytes = async (path, bytes) => {
  const response = await fetch(path, {
    ...{ method: "PUT", body: bytes as Uint8Array<ArrayBuffer>, redirect: "manual" },
    headers: { accept: "application/json", "content-type": "application/octet-stream" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return { status: response.status, body: await response.text() }
}

export async function takeStallPhoto(kiosk: Kiosk, jpeg: string): Promise<void> {
  const stallPhoto = await kiosk.attempt(() => keepStallPhoto(kiosk.terminal, jpeg))
  if (stallPhoto === undefined) return
  kiosk.state.set({ stallPhoto })
  await sendWaitingPhoto(kiosk)
  await kiosk.readTests()
}

export async function sendWaitingPhoto(kiosk: Kiosk): Promise<void> {
  if (kiosk.state.get().stallPhoto === undefined) return
  await kiosk.attempt(async () => kiosk.state.set({ stallPhoto: await sendStallPhoto(kiosk.terminal, sendBytes) }))
}
