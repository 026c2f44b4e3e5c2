import { audit } from "@suyuan/drizzle/schema/outbox"
import type { Actor } from "./actor"
import type { Context, Transaction } from "./context"
import { utcDay } from "./day"

/** Writes one line of the audit trail inside the verb's own transaction. No secrets and no personal data in `detail`. */
export async function writeAudit(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  actor: Actor,
  entry: { verb: string; subject: string; siteId?: string; detail?: Record<string, unknown> },
): Promise<void> {
  const at = new Date(ctx.clock.nowMs())
  await tx.insert(audit).values({
    id: ctx.random.uuid(),
    day: utcDay(at),
    siteId: entry.siteId ?? null,
    actorKind: actor.kind,
    actorId: actor.id,
    verb: entry.verb,
    subject: entry.subject,
    detail: entry.detail ?? {},
    at,
  })
}
