/** Shares of one's own purchase. What had no answer is found by asking what is there. */
import type { GatewayClient } from "@suyuan/client/client"

/** The newest that is there, or a new one: one link is enough, and easier to take back. Undefined when refused. */
export async function shareOf(
  gateway: Pick<GatewayClient, "get" | "post">,
  recordId: string,
): Promise<string | undefined> {
  const known = await gateway.get("/traces/purchases/{recordId}/shares", { path: { recordId } })
  const newest = known.ok ? known.value.shares[0] : undefined
  if (newest !== undefined) return newest.id
  const made = await gateway.post("/shares", { body: { recordId } })
  return made.ok ? made.value.id : undefined
}

/** Whether none is left. */
export async function takeSharesBack(
  gateway: Pick<GatewayClient, "get" | "delete">,
  recordId: string,
): Promise<boolean> {
  const known = await gateway.get("/traces/purchases/{recordId}/shares", { path: { recordId } })
  if (!known.ok) return false
  const ids = known.value.shares.map(({ id }) => id)
  const answers = await Promise.all(ids.map((shareId) => gateway.delete("/shares/{shareId}", { path: { shareId } })))
  return answers.every((answer) => answer.ok || answer.status === 404)
}
