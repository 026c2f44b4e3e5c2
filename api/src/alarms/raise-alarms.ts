import { alarms } from "@suyuan/drizzle/schema/alarms"
import { sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { type AlarmKind, type Evidence, evidenceSchemas } from "./evidence"

/** What was found, before it is known whether somebody knows already. */
export type FoundAlarm = {
  [K in AlarmKind]: {
    readonly kind: K
    /** An id that names no person. */
    readonly subject: string
    /** Business day of the site, or UTC day. */
    readonly day: string
    readonly siteId: string | null
    readonly merchantId: string | null
    readonly evidence: Evidence<K>
  }
}[AlarmKind]

/**
 * Raises each once for its kind, subject and day; the same again with other evidence updates that. What was explained by
 * other evidence is new again. Returns how many were raised or changed.
 */
export async function raiseAlarms(
  ctx: Pick<Context, "clock" | "random" | "log">,
  tx: Transaction,
  found: readonly FoundAlarm[],
): Promise<number> {
  if (found.length === 0) return 0
  const now = new Date(ctx.clock.nowMs())
  // In one order, so that two transactions cannot wait in a ring.
  const sorted = found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const changed = await tx
    .insert(alarms)
    .values(
      sorted.map(({ evidence, ...about }) => ({
        ...about,
        id: ctx.random.uuid(),
        evidence: evidenceSchemas[about.kind].parse(evidence),
        ...{ state: "new" as const, holds: true, version: 1, raisedAt: now, changedAt: now },
      })),
    )
    .onConflictDoUpdate({
      target: [alarms.kind, alarms.subject, alarms.day],
      set: {
        evidence: sql`excluded.evidence`,
        holds: true,
        version: sql`${alarms.version} + 1`,
        changedAt: now,
        state: sql`CASE ${alarms.state} WHEN 'explained' THEN 'new' ELSE ${alarms.state} END`,
      },
      setWhere: sql`${alarms.evidence} <> excluded.evidence OR NOT ${alarms.holds}`,
    })
    .returning({ kind: alarms.kind, subject: alarms.subject, day: alarms.day, version: alarms.version })
  for (const { version, ...alarm } of changed) if (version === 1) ctx.log.warn(alarm, "an alarm was raised")
  return changed.length
}

const keyOf = ({ kind, subject, day }: FoundAlarm) => `${kind} ${subject} ${day}`
