/** Deleting one's data, once: its id is kept from before it is sent until the gateway has answered. */
import type { AnswerOf, ClientAnswer, GatewayClient } from "@suyuan/client/client"
import type { Kept } from "./kept"
import { dropLeaves } from "./message-leave"
import { dropReports } from "./problem-report"
import { makeRequestId } from "./request-id"

const KEY = "forget-me"

/** It was asked for, and nobody heard whether it was done. */
export function isForgettingOpen(kept: Kept): boolean {
  return kept.read(KEY) !== undefined
}

/** Rejects without a network: then nothing is known, and the same again is safe, also without the session. */
export async function forgetMe(
  gateway: Pick<GatewayClient, "post">,
  kept: Kept,
  nowMs: number,
): Promise<ClientAnswer<AnswerOf<"/buyers/data/forget", "post">>> {
  const id = kept.read(KEY) ?? makeRequestId(nowMs)
  kept.write(KEY, id)
  const answer = await gateway.post("/buyers/data/forget", { body: { id, isUnderstood: true } })
  if (answer.ok || answer.status < 500) kept.write(KEY, undefined)
  if (answer.ok) {
    dropLeaves(kept)
    dropReports(kept)
  }
  return answer
}
