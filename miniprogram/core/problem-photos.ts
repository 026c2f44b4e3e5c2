/** Photos of a report, sent one after the other once the report itself has arrived. */
import type { GatewayClient } from "@suyuan/client/client"

export interface PhotoToSend {
  /** Its place in the report: the same photo in the same place again is the same. */
  readonly position: number
  readonly base64: string
}

export interface SentPhotos {
  /** Those of which nothing is known; sending them again is safe. */
  readonly unsent: readonly PhotoToSend[]
  /** What the gateway said of one that it will never take. */
  readonly refusal?: string
}

const TOO_MANY = 429

export async function sendPhotos(
  gateway: Pick<GatewayClient, "put">,
  problemId: string,
  photos: readonly PhotoToSend[],
): Promise<SentPhotos> {
  const unsent: PhotoToSend[] = []
  let refusal: string | undefined
  for (const photo of photos) {
    const path = { id: problemId, position: photo.position }
    const body = { picture: photo.base64 }
    const answer = await gateway.put("/buyers/problems/{id}/photos/{position}", { path, body }).catch(() => undefined)
    if (answer?.ok === true) continue
    if (answer === undefined || answer.status >= 500 || answer.status === TOO_MANY) unsent.push(photo)
    else refusal = answer.refusal.message
  }
  return { unsent, ...(refusal === undefined ? {} : { refusal }) }
}
