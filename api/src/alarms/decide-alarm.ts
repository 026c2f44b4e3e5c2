import { alarms } from "@suyuan/drizzle/schema/alarms"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { type AlarmState, requireAlarmSite } from "./read-alarms"

export type AlarmDecision = {
  readonly id: string
  /** Of the evidence that the person saw. */
  readonly version: number
  readonly state: Exclude<AlarmState, "new">
  /** How it is explained or what confirmed it; no names of buyers. */
  readonly note?: string | undefined
}

const after: Readonly<Record<AlarmState, readonly AlarmState[]>> = {
  new: ["looked-at"],
  "looked-at": ["explained", "confirmed"],
  explained: [],
  confirmed: [],
}

/**
 * A person says what became of an alarm: looked at, then explained or confirmed, with a note. Decided by the evidence that
 * was shown; where there is more by now it is refused. The same again is success.
 */
export async function decideAlarm(ctx: Context, actor: Actor, decision: AlarmDecision): Promise<void> {
  requireScope(actor, "alarms:write")
  // A machine explains nothing.
  if (actor.kind !== "operator" && actor.kind !== "inspector") throw new ServiceError("request/forbidden")
  const { id, version, state, note } = decision
  await ctx.db.transaction(async (tx) => {
    const [alarm] = await tx.select().from(alarms).where(eq(alarms.id, id)).for("update")
    if (!alarm) throw new ServiceError("alarm/unknown")
    requireAlarmSite(actor, alarm)
    const isSame = alarm.state === state && alarm.decidedBy === actor.id && (alarm.note ?? undefined) === note
    if (isSame && alarm.version === version) return
    if (alarm.version !== version) throw new ServiceError("alarm/changed", { field: "version" })
    if (!after[alarm.state].includes(state)) throw new ServiceError("alarm/wrong-state", { field: "state" })
    if (state !== "looked-at" && note === undefined) throw new ServiceError("alarm/note-needed", { field: "note" })
    const decidedAt = new Date(ctx.clock.nowMs())
    await tx
      .update(alarms)
      .set({ state, decidedBy: actor.id, decidedAt, note: note ?? null })
      .where(eq(alarms.id, id))
    await writeAudit(ctx, tx, actor, {
      verb: "alarms/decide",
      subject: id,
      ...(alarm.siteId !== null && { siteId: alarm.siteId }),
      detail: { kind: alarm.kind, about: alarm.subject, from: alarm.state, state, version, note: note ?? "" },
    })
  })
}
