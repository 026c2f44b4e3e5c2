import { outbox } from "@suyuan/drizzle/schema/outbox"
import type { Context, Transaction } from "./context"
import { utcDay } from "./day"

export type OutboxMessage = {
  readonly channel: "terminal" | "buyer"
  /** terminal: terminal id in hex; buyer: `<terminal hex>/<counter>` of the sale. */
  readonly recipient: string
  /** terminal: last part of the topic (`payment`, `notice`); buyer: event name (`state`). */
  readonly topic: string
  /** Version of the entity: receivers drop older ones. */
  readonly version: number
  readonly payload: Record<string, unknown>
}

/** Queues messages in the domain's own transaction; the relay sends them after commit, at least once. */
export async function enqueue(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return
  const at = new Date(ctx.clock.nowMs())
  await tx
    .insert(outbox)
    .values(
      messages.map((message) => ({ ...message, id: ctx.random.uuid(), day: utcDay(at), nextTryAt: at, createdAt: at })),
    )
}
