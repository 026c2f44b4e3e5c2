import { outbox } from "@suyuan/drizzle/schema/outbox"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "./context"
import { utcDay } from "./day"
import { fixedText, placeholder } from "./fixed-text"
import { arrayLiteral } from "./unnest"

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

const queued = fixedText<"ids" | "channels" | "recipients" | "topics" | "versions" | "payloads" | "day" | "at">(sql`
  INSERT INTO ${outbox} (id, day, channel, recipient, topic, version, payload, next_try_at, created_at)
  SELECT id, ${placeholder("day")}::date, channel, recipient, topic, version, payload::jsonb,
    ${placeholder("at")}::timestamptz, ${placeholder("at")}::timestamptz
  FROM unnest(${placeholder("ids")}::uuid[], ${placeholder("channels")}::text[], ${placeholder("recipients")}::text[],
    ${placeholder("topics")}::text[], ${placeholder("versions")}::integer[], ${placeholder("payloads")}::text[])
    AS message(id, channel, recipient, topic, version, payload)`)

/** Queues messages in the domain's own transaction; the relay sends them after commit, at least once. */
export async function enqueue(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  messages: readonly OutboxMessage[],
): Promise<void> {
  if (messages.length === 0) return
  const at = new Date(ctx.clock.nowMs())
  const texts = (of: (message: OutboxMessage) => string) => arrayLiteral("text", messages.map(of))
  await tx.execute(
    queued({
      ids: texts(() => ctx.random.uuid()),
      channels: texts(({ channel }) => channel),
      recipients: texts(({ recipient }) => recipient),
      topics: texts(({ topic }) => topic),
      versions: texts(({ version }) => String(version)),
      payloads: texts(({ payload }) => JSON.stringify(payload)),
      ...{ day: utcDay(at), at: at.toISOString() },
    }),
  )
}
